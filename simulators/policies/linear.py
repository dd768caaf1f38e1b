"""Deterministic policies that are linear up to clipping."""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.errors import FloatArray, ShapeError, finite_array, finite_number
from simulators.norms import operator_norm
from simulators.policies.base import ClippedActions, Deterministic, clip_range, column, number_or_vector


@dataclass(frozen=True, eq=False)
class LinearFeedback(ClippedActions, Deterministic):
    """Per-joint feedback u = clip(target_action + gain·(target_state − x), low, high), du = dx.

    Attributes:
        target_action: the action at the target; a number for all joints or one per joint.
        target_state: the state steered to; a number or one per joint.
        gain: the feedback gain, one number.
        low: lower clip, −inf for none.
        high: upper clip, inf for none.

    Raises:
        DomainError: a target or the gain is not finite, or high ≤ low.

    >>> LinearFeedback(0.0, 1.0, 0.5, -1.0, 1.0).act(np.array([[0.0, 1.0, -9.0]]))
    array([[0.5, 0. , 1. ]])
    """

    target_action: npt.ArrayLike
    target_state: npt.ArrayLike
    gain: float
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        low, high = clip_range(self.low, self.high)
        for name, value in (
            ("target_action", number_or_vector("target_action", self.target_action)),
            ("target_state", number_or_vector("target_state", self.target_state)),
            ("gain", finite_number("gain", self.gain)),
            ("low", low),
            ("high", high),
        ):
            object.__setattr__(self, name, value)

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        offset = np.asarray(self.target_action) + self.gain * np.asarray(self.target_state)
        u = np.multiply(x, -self.gain)
        u += column(offset)
        if math.isfinite(self.low) or math.isfinite(self.high):
            np.clip(u, self.low, self.high, out=u)
        return u

    def lipschitz(self, norm: str) -> float:
        """Return |gain|, valid in both norms since clipping never stretches."""
        return operator_norm(np.array([[self.gain]]), norm)


@dataclass(frozen=True, eq=False)
class Linear(Deterministic):
    """Linear policy u = K x + offset.

    Attributes:
        K: shape (du, dx).
        offset: shape (du,), or a number for all dimensions.

    Raises:
        ShapeError: K is not a matrix, or the offset has another length.
        DomainError: an entry is not finite.

    >>> Linear([[1.0, -1.0]], 0.5).act(np.array([[2.0], [1.0]]))
    array([[1.5]])
    """

    K: FloatArray
    offset: npt.ArrayLike = 0.0
    _centred: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        K = finite_array("K", self.K, ndim=2)
        offset = number_or_vector("offset", self.offset)
        if K.size == 0:
            raise ShapeError(f"K must have at least one row and one column, got shape {K.shape}")
        if offset.ndim == 1 and len(offset) != len(K):
            raise ShapeError(f"offset must have length {len(K)}, got {len(offset)}")
        object.__setattr__(self, "K", K)
        object.__setattr__(self, "offset", offset)
        object.__setattr__(self, "_centred", not offset.any())

    @property
    def action_range(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        u: FloatArray = self.K @ x
        if not self._centred:
            u += column(np.asarray(self.offset))
        return u

    def lipschitz(self, norm: str) -> float:
        return operator_norm(self.K, norm)
