"""Rewards r(x, u) ∈ [0, 1] with known Lipschitz constants."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import FloatArray, ShapeError, choice, nonnegative_number
from simulators.norms import NORMS, norm_along
from simulators.policies.base import MeanFunction, column, number_or_vector


@dataclass(frozen=True, eq=False)
class ReachReward:
    """r(x, u) = max(0, 1 − state_weight·‖x − target‖ − action_weight·‖u − target‖).

    Attributes:
        target: a number for all dimensions, or one per dimension (states and actions then share it).
        state_weight: L_x, nonnegative.
        action_weight: L_u, nonnegative.
        norm: "linf" or "l2".

    Raises:
        DomainError: a weight is negative, the target is not finite, or the norm is unknown.

    >>> reward = ReachReward(0.5, 1.0, 0.5, "linf")
    >>> reward(np.array([[0.25, 9.0]]), np.array([[0.5, 0.5]])), reward.lipschitz
    (array([0.75, 0.  ]), (1.0, 0.5))
    """

    target: npt.ArrayLike
    state_weight: float
    action_weight: float
    norm: str = "linf"

    def __post_init__(self) -> None:
        choice("norm", self.norm, NORMS)
        for name, value in (
            ("target", number_or_vector("target", self.target)),
            ("state_weight", nonnegative_number("state_weight", self.state_weight)),
            ("action_weight", nonnegative_number("action_weight", self.action_weight)),
        ):
            object.__setattr__(self, name, value)

    @property
    def lipschitz(self) -> tuple[float, float]:
        return self.state_weight, self.action_weight

    def __call__(self, x: FloatArray, u: FloatArray) -> FloatArray:
        """Return rewards, shape (…, M), of states (…, dx, M) and actions (…, du, M).

        Raises:
            ShapeError: the target is a vector of another dimension than states or actions.
        """
        target = column(np.asarray(self.target))
        reward = self._distance(x, target)
        reward *= -self.state_weight
        reward += 1.0
        action_loss = self._distance(u, target)
        action_loss *= self.action_weight
        reward -= action_loss
        return np.maximum(reward, 0.0, out=reward)

    def _distance(self, array: FloatArray, target: FloatArray) -> FloatArray:
        if target.ndim and len(target) != array.shape[-2]:
            raise ShapeError(f"target must have one entry per dimension, got {len(target)} for {array.shape[-2]}")
        away = array - target
        if self.norm == "l2":
            return np.asarray(np.sqrt(np.einsum("...jm,...jm->...m", away, away)))
        np.abs(away, out=away)
        return np.asarray(np.maximum.reduce(away, axis=-2))


@dataclass(frozen=True, eq=False)
class ImitationReward:
    """r(x, u) = max(0, 1 − weight·‖u − mean(x)‖): what is earned is closeness to the expert's own action.

    Attributes:
        mean: the expert, deterministic with a known Lipschitz constant.
        weight: L_u, nonnegative.
        norm: "linf" or "l2".

    Raises:
        DomainError: a negative weight, or the norm is unknown.

    >>> from simulators.policies.nonlinear import Arctan
    >>> reward = ImitationReward(Arctan(), 0.5)
    >>> reward(np.array([[0.0]]), np.array([[1.0]])), reward.lipschitz
    (array([0.5]), (0.5, 0.5))
    """

    mean: MeanFunction
    weight: float = 1.0
    norm: str = "linf"

    def __post_init__(self) -> None:
        choice("norm", self.norm, NORMS)
        object.__setattr__(self, "weight", nonnegative_number("weight", self.weight))

    @property
    def lipschitz(self) -> tuple[float, float]:
        return self.weight * self.mean.lipschitz(self.norm), self.weight

    def __call__(self, x: FloatArray, u: FloatArray) -> FloatArray:
        """Return rewards, shape (…, M), of states (…, dx, M) and actions (…, du, M)."""
        lost = norm_along(u - self.mean.act(x), self.norm, axis=-2)
        return np.asarray(np.maximum(1.0 - self.weight * lost, 0.0))
