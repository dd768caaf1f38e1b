"""Ross and Bagnell's bound is attained when all errors fall on the first step."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

import numpy as np

from simulators.errors import positive_int
from simulators.exact.dp import regret
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP
from simulators.tables import Number
from simulators.witnesses.base import number


@dataclass(frozen=True)
class FirstStepErrors:
    """Two states, good and bad (absorbing, reward 0); in good, action 0 stays and earns 1, action 1 falls into bad.

    The expert plays 0. The learner plays 1 at the first step with probability min(1, H·step_error) and never again, so
    its error under the expert's law is step_error a step on average, and an error costs the whole horizon:
    regret H·min(1, H·step_error).

    Attributes:
        horizon: H ≥ 1.
        step_error: mean over steps of P(learner's action differs) under the expert, in [0, 1/H].

    Raises:
        DomainError: a parameter out of range.

    Source: S. Ross, J. A. Bagnell (2010), Theorem 2.1; instance ours.

    >>> FirstStepErrors(horizon=4, step_error=Fraction(1, 8)).exact()
    Fraction(2, 1)
    """

    horizon: int
    step_error: Number

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = ("deterministic_actions", "unit_rewards")

    def __post_init__(self) -> None:
        H = positive_int("horizon", self.horizon)
        object.__setattr__(self, "step_error", number("step_error", self.step_error, least=0, most=Fraction(1, H)))

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, Fraction(1, 100))

    def values(self) -> Mapping[str, float]:
        return {"H": self.horizon, "step_error": float(self.step_error)}

    def exact(self) -> Number:
        zero: Number = self.step_error * 0
        one = 1 + zero
        good, bad = [one, zero], [zero, one]
        mdp = TabularMDP(
            transition=np.array([[good, bad], [bad, bad]]),
            reward=np.array([[[one, zero], [zero, zero]]] * self.horizon),
            initial=np.array(good),
        )
        slip = self.horizon * self.step_error
        expert = np.array([[good, good]] * self.horizon)
        learner = expert.copy()
        learner[0, 0] = [1 - slip, slip]
        return regret(mdp, TabularPolicy(expert), TabularPolicy(learner))
