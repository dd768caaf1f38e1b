"""Quantizers on finite action sets: fine actions cut into the quantizer's cells."""

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, ShapeError, finite_array
from simulators.policies.tabular import LabelMap
from simulators.quantizers.base import Quantizer

TIE = 1e-9
"""Distances from a cell's centre that differ by less, relative to their size, count as equal."""


def nearest_labels(quantizer: Quantizer, actions: npt.ArrayLike, *, norm: str = "linf") -> LabelMap:
    """Return the quantizer's map on a finite set of actions, whose codes are members of the set.

    Actions with the same tokens are a cell. Its code is the member nearest to the cell's centre, which is what the
    quantizer itself would execute; of two equally near ones the lower one (first coordinate first).

    Args:
        quantizer: a map of single steps.
        actions: positions, shape (A,) or (A, du), distinct.
        norm: "linf" or "l2", for "nearest".

    Raises:
        DomainError: the quantizer acts on chunks, or two actions are the same.
        ShapeError: no positions.

    Source: ours.

    >>> from simulators.quantizers.scalar import uniform
    >>> nearest_labels(uniform(2), [-1.0, -0.6, -0.4, 0.0, 0.5]).labels
    array([1, 1, 1, 1, 4])
    """
    if quantizer.unit != "step":
        raise DomainError(f"quantizer {quantizer.name!r} must act on single steps, got unit {quantizer.unit!r}")
    points = finite_array("actions", np.asarray(actions, dtype=np.float64))
    points = points[:, None] if points.ndim == 1 else points
    if points.ndim != 2 or not points.size:
        raise ShapeError(f"actions must be positions of shape (A,) or (A, du), got shape {points.shape}")
    if len(np.unique(points, axis=0)) < len(points):
        raise DomainError(f"actions must be distinct positions, got {len(points)} with repetitions")
    tokens = quantizer.encode(points).reshape(len(points), -1)
    away = np.linalg.norm(quantizer.quantize(points) - points, ord=np.inf if norm == "linf" else 2, axis=1)
    lower = np.lexsort(points.T[::-1])
    labels = np.empty(len(points), dtype=np.int64)
    for cell in np.unique(tokens, axis=0):
        members = lower[(tokens[lower] == cell).all(axis=1)]
        near = away[members] <= away[members].min() * (1 + TIE) + TIE * np.abs(points).max()
        labels[members] = members[near][0]
    return LabelMap(labels, np.unique(labels))
