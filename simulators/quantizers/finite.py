"""A quantizer of continuous actions, or of chunks of them, on a finite action set."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError, finite_array
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
    values = _values(actions)
    if quantizer.unit != "step":
        raise DomainError(
            f"quantizer {quantizer.name!r} must act on single steps where actions are a finite set, "
            f"got unit {quantizer.unit!r}"
        )
    tokens = np.asarray(quantizer.encode(values)).reshape(len(values), -1)
    executed = np.reshape(quantizer.quantize(values), values.shape)
    require_in_codebook(quantizer, executed)
    distances = np.linalg.norm(executed - values, axis=-1)
    slack = _slack(values)
    labels = np.empty(len(values), dtype=np.int64)
    _, cell = np.unique(tokens, axis=0, return_inverse=True)
    for k in range(int(cell.max()) + 1):
        members = np.flatnonzero(cell.ravel() == k)
        near = members[distances[members] <= distances[members].min() + slack]
        labels[members] = near[np.lexsort(values[near].T[::-1])[0]]
    return LabelMap(labels, np.unique(labels))


@dataclass(frozen=True, eq=False)
class ChunkLabels:
    """A quantizer of chunks on a finite action set: at every step the member nearest to what it executes there.

    Attributes:
        quantizer: of chunks, fitted.
        actions: values of the fine actions, shape (A, d), or (A,) for scalars; on ties the lower one is nearest.

    Raises:
        ShapeError: neither a vector nor a matrix, or empty.
        DomainError: the quantizer acts on single steps.

    >>> from simulators.quantizers.chunk import FastDCT
    >>> ChunkLabels(FastDCT(2, gamma=1.0), [-1.0, 0.0, 1.0]).of_chunks(np.array([[2, 2], [1, 2]]))
    array([[2, 2],
           [1, 2]])
    """

    quantizer: Quantizer
    actions: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "actions", _values(self.actions))
        if self.quantizer.unit != "chunk":
            raise DomainError(f"quantizer {self.quantizer.name!r} must act on chunks, got unit {self.quantizer.unit!r}")

    @property
    def n_actions(self) -> int:
        """Size of the action set."""
        return len(self.actions)

    @property
    def steps(self) -> int:
        """Length of a chunk."""
        return self.quantizer.steps

    def of_chunks(self, raw: IntArray) -> IntArray:
        """Return codes[..., i] of chunks of raw actions raw[..., i], indices into the action set.

        Raises:
            DomainError: the quantizer executes what is not in its codebook.
        """
        executed = self.quantizer.quantize(self.actions[raw])
        require_in_codebook(self.quantizer, executed)
        order = np.lexsort(self.actions.T[::-1])
        distances = np.linalg.norm(executed[..., None, :] - self.actions[order], axis=-1)
        near = distances <= distances.min(axis=-1, keepdims=True) + _slack(self.actions)
        return np.asarray(order[near.argmax(axis=-1)])


def _values(actions: npt.ArrayLike) -> FloatArray:
    values = finite_array("actions", actions)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or values.size == 0:
        raise ShapeError(f"actions must have shape (A, d) or (A,) and not be empty, got {values.shape}")
    return values


def _slack(values: FloatArray) -> float:
    return TIE * max(float(np.abs(values).max()), float(np.finfo(float).tiny))
