"""Gaussian policies around any mean function."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, choice, positive_int
from simulators.norms import NORMS
from simulators.policies.base import ClippedActions, MeanFunction, clip_range, column, number_or_vector


@dataclass(frozen=True, eq=False)
class ClippedGaussian(ClippedActions):
    """Raw action u = clip(mean(x) + std·z, low, high) with independent standard normals z.

    Attributes:
        mean: a deterministic policy.
        std: a number for all action dimensions, or one per dimension; positive.
        low: lower clip, −inf for none.
        high: upper clip, inf for none.

    Raises:
        DomainError: the mean is random, a std is not positive and finite, or high ≤ low.

    >>> from simulators.policies.linear import LinearFeedback
    >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 0.5), 0.1, -1.0, 1.0)
    >>> policy.act(np.array([[0.2]]), np.array([[1.0]]))
    array([[0.]])
    """

    mean: MeanFunction
    std: npt.ArrayLike
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        std = number_or_vector("std", self.std)
        if not self.mean.deterministic:
            raise DomainError(f"mean must be a deterministic policy, got {self.mean!r}")
        if np.any(std <= 0):
            raise DomainError(f"std must be positive, got {std}")
        low, high = clip_range(self.low, self.high)
        for name, value in (("std", std), ("low", low), ("high", high)):
            object.__setattr__(self, name, value)

    @property
    def deterministic(self) -> bool:
        return False

    def normals(self, du: int) -> int:
        return du

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        """Return raw actions, shape (…, du, M), from standard normals z of shape (…, ≥ du, M).

        Raises:
            DomainError: no normals were given.
        """
        if z is None:
            raise DomainError("z must hold standard normals for a Gaussian policy, got None")
        u = self.mean.act(x)
        u += z[..., : u.shape[-2], :] * column(np.asarray(self.std))
        if math.isfinite(self.low) or math.isfinite(self.high):
            np.clip(u, self.low, self.high, out=u)
        return u

    def tv_lipschitz(self, norm: str, dimension: int) -> float:
        """Return L with TV(π(·|x), π(·|x')) ≤ L‖x − x'‖, before and after any quantizer.

        TV(N(μ, σ²I), N(μ', σ²I)) ≤ ‖μ − μ'‖₂/(σ√(2π)), and ‖·‖₂ ≤ √d ‖·‖_∞ when the norm is "linf"; clipping and
        quantizing never increase TV. With several stds the smallest counts.

        Args:
            norm: "linf" or "l2", for states.
            dimension: d, number of action dimensions.

        Source: explicit (arXiv:2603.20538, Proposition 5, part ii).

        >>> from simulators.policies.linear import LinearFeedback
        >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 0.5), 0.1)
        >>> round(policy.tv_lipschitz("linf", 4) / policy.tv_lipschitz("l2", 4), 12)
        2.0
        """
        positive_int("dimension", dimension)
        spread = math.sqrt(dimension) if choice("norm", norm, NORMS) == "linf" else 1.0
        return self.mean.lipschitz(norm) * spread / (float(np.min(self.std)) * math.sqrt(2 * math.pi))
