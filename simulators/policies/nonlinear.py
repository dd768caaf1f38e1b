"""Deterministic policies that are not linear: arctan, and any mean function clipped."""

import math
from dataclasses import dataclass

import numpy as np

from simulators.errors import DomainError, FloatArray, choice, finite_number
from simulators.norms import NORMS
from simulators.policies.base import ClippedActions, Deterministic, MeanFunction, clip_range


@dataclass(frozen=True, eq=False)
class Arctan(Deterministic):
    """u = scale·arctan x, entry by entry, du = dx.

    Attributes:
        scale: a finite factor.

    >>> Arctan().act(np.array([[0.0, 1.0]])).round(4)
    array([[0.    , 0.7854]])
    """

    scale: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", finite_number("scale", self.scale))

    @property
    def action_range(self) -> tuple[float, float]:
        """±|scale|·π/2."""
        end = abs(self.scale) * math.pi / 2
        return -end, end

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        u: FloatArray = np.arctan(x)
        u *= self.scale
        return u

    def lipschitz(self, norm: str) -> float:
        """Return |scale|, in both norms: arctan has slope at most 1."""
        choice("norm", norm, NORMS)
        return abs(self.scale)


@dataclass(frozen=True, eq=False)
class Clipped(ClippedActions, Deterministic):
    """u = clip(mean(x), low, high), entry by entry.

    Attributes:
        mean: a deterministic policy.
        low: lower clip, −inf for none.
        high: upper clip, inf for none.

    Raises:
        DomainError: the mean is random, or high ≤ low.

    >>> Clipped(Arctan(), -0.5, 0.5).act(np.array([[0.0, 1.0]]))
    array([[0. , 0.5]])
    """

    mean: MeanFunction
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        if not self.mean.deterministic:
            raise DomainError(f"mean must be a deterministic policy, got {self.mean!r}")
        low, high = clip_range(self.low, self.high)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        return np.clip(self.mean.act(x), self.low, self.high)

    def lipschitz(self, norm: str) -> float:
        """Return that of the mean: clipping never stretches."""
        return self.mean.lipschitz(norm)
