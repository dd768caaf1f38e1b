"""A quantizer of continuous actions on a finite action set."""

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, ShapeError, finite_array
from simulators.policies.tabular import LabelMap
from simulators.quantizers.base import Quantizer, require_in_codebook

TIE = 1e-9
"""Distances that differ by less than this, relative to the largest action, are equal."""


def label_map(quantizer: Quantizer, actions: npt.ArrayLike) -> LabelMap:
    """Return the quantizer as a map of a finite action set to itself.

    Actions of equal tokens are one cell. Its code is the member of the cell nearest (ℓ2) to what the quantizer executes
    there, the centre for midpoint bins; on ties the lower one (smaller in the first entry that differs).

    Args:
        quantizer: of single steps, fitted.
        actions: values of the fine actions, shape (A, d), or (A,) for scalars.

    Raises:
        ShapeError: not a vector or a matrix, or empty.
        DomainError: the quantizer acts on chunks, or executes what is not in its codebook.

    >>> from simulators.quantizers.scalar import uniform
    >>> label_map(uniform(2, low=0.0, high=3.0), [0.0, 1.0, 2.0, 3.0]).labels
    array([1, 1, 2, 2])
    """
    values = finite_array("actions", actions)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or values.size == 0:
        raise ShapeError(f"actions must have shape (A, d) or (A,) and not be empty, got {values.shape}")
    if quantizer.unit != "step":
        raise DomainError(
            f"quantizer {quantizer.name!r} must act on single steps where actions are a finite set, "
            f"got unit {quantizer.unit!r}"
        )
    tokens = np.asarray(quantizer.encode(values)).reshape(len(values), -1)
    executed = np.reshape(quantizer.quantize(values), values.shape)
    require_in_codebook(quantizer, executed)
    distances = np.linalg.norm(executed - values, axis=-1)
    slack = TIE * max(float(np.abs(values).max()), float(np.finfo(float).tiny))
    labels = np.empty(len(values), dtype=np.int64)
    _, cell = np.unique(tokens, axis=0, return_inverse=True)
    for k in range(int(cell.max()) + 1):
        members = np.flatnonzero(cell.ravel() == k)
        near = members[distances[members] <= distances[members].min() + slack]
        labels[members] = near[np.lexsort(values[near].T[::-1])[0]]
    return LabelMap(labels, np.unique(labels))
