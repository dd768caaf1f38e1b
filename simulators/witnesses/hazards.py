"""Random hazards: total variation and decoupling cost more together than each by itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

import numpy as np

from simulators.errors import positive_int
from simulators.exact.dp import regret
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number
from simulators.witnesses.base import number


@dataclass(frozen=True)
class RandomHazards:
    """x_{h+1} = u_h, and the learner's danger is greatest where the expert has left its path.

    Actions r, its code c = q(r) a distance error away, and a far one, F = q(F); the reward is 1 for F. At the first
    step the expert plays F with probability m = rho^steps, else r; the learner plays c. At r the learner plays F with
    probability 1 − rho, else c, and at c it plays c: it never gets away. The expert at r goes to F so that it is still
    at r after h more steps with probability rho^h − m; at the end it is at F for sure.

    Attributes:
        horizon: H > steps.
        steps: N ≥ 1.
        rho: in (0, 1).
        error: |q(r) − r| > 0.

    Raises:
        DomainError: a parameter out of range.

    Source: ours.

    >>> witness = RandomHazards(horizon=8, steps=2, rho=Fraction(1, 4))
    >>> witness.exact(), witness.total_variation * 8
    (Fraction(55, 8), Fraction(1, 2))
    """

    horizon: int
    steps: int
    rho: Fraction
    error: Fraction = Fraction(1)

    limit: ClassVar[str] = "H -> infinity"
    holds: ClassVar[tuple[str, ...]] = (
        "coupled_pairs",
        "average_error",
        "tvc_deployed",
        "locally_stable",
        "lipschitz_reward",
    )

    def __post_init__(self) -> None:
        positive_int("steps", self.steps)
        positive_int("horizon", self.horizon, minimum=self.steps + 1)
        object.__setattr__(self, "rho", number("rho", self.rho, above=0, below=1))
        object.__setattr__(self, "error", number("error", self.error, above=0))

    @classmethod
    def tightest(cls) -> Self:
        return cls(10**5, 4, Fraction(1, 4))

    @property
    def total_variation(self) -> Number:
        """TV between the laws of labels and states: rho^steps."""
        return self.rho**self.steps

    def left(self, h: int) -> Number:
        """P(the expert plays r at step h), h from 0."""
        return max(self.rho**h - self.total_variation, 0 * self.rho)

    def values(self) -> Mapping[str, Any]:
        """H, tv, the largest sum of hazards, L, gains 1, 0, 0, …, mean errors by step; F is so far that r is flat."""
        errors = np.zeros(self.horizon)
        errors[: self.steps] = [float(self.error * self.left(h)) for h in range(self.steps)]
        named = {
            "tv": self.total_variation, "hazard_sum": self.steps * (1 - self.rho), "L": (1 - self.rho) / self.error,
            "C": 1, "eta": 0, "L_x": 0, "L_u": 0, "eps_prime": 0, "excess_probability": 0, "local_failure": 0,
        }  # fmt: skip
        return {"H": self.horizon, "average_error": errors, **{name: float(value) for name, value in named.items()}}

    def exact(self) -> Number:
        """The regret: the expert earns 1 unless it is at r, the learner nothing."""
        return self.horizon - sum((self.left(h) for h in range(self.steps)), 0 * self.rho)


@dataclass(frozen=True)
class AdaptedHazards:
    """Imitation plus decoupling, A + B, is no bound where labels are stochastic and errors are averages.

    x_{h+1} = u_h; actions 0, error, 10, 20 and 21, of which error has the label 0. First the expert plays error with
    probability p, else 10; the learner plays 0. Then the expert plays 20 with probability danger/p at error, else 21,
    and 20 at 10; the learner plays 20 with probability danger at error, else 21, 21 at 0, and 20 at 10. From then on
    both repeat the state. The reward is 1 first, then max(0, 1 − |u − 20|).

    Attributes:
        horizon: H ≥ 2.
        p: in (0, 1).
        danger: in (0, p].
        error: mean quantization errors are p times it.

    Raises:
        DomainError: a parameter out of range.

    Source: ours.

    >>> AdaptedHazards(horizon=8, p=Fraction(1, 2), danger=Fraction(3, 10)).exact()
    Fraction(28, 5)
    """

    horizon: int
    p: Fraction
    danger: Fraction
    error: Fraction = Fraction(1, 10**6)

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon, minimum=2)
        object.__setattr__(self, "p", number("p", self.p, above=0, below=1))
        object.__setattr__(self, "danger", number("danger", self.danger, above=0, most=self.p))
        object.__setattr__(self, "error", number("error", self.error, above=0, below=1))

    def values(self) -> Mapping[str, Any]:
        """H, L, gains 1, 0, 0, …, the mean errors, and data from which TV = 1 − p follows in the simple form."""
        errors = np.zeros(self.horizon)
        errors[0] = float(self.p * self.error)
        named = {"L": self.danger / self.error, "C": 1, "eta": 0, "L_x": 0, "L_u": 1}
        data = {"n": 1.0, "delta": math.exp(-(1 - self.p) / 2), "log_class_size": 0.0}
        return {"H": self.horizon, "average_error": errors, **{name: float(v) for name, v in named.items()}, **data}

    def exact(self) -> Number:
        """The regret: (H − 1)(1 − p + danger), by dynamic programming."""
        zero, one = 0 * self.p, 1 + 0 * self.p
        actions = [zero, self.error, 10 + zero, 20 + zero, 21 + zero]
        H, count = self.horizon, len(actions)
        following = np.array([[[a] for a in range(count)] for _ in range(count)])
        gain = [max(zero, 1 - abs(u - 20)) for u in actions]
        reward = np.array([[[one] * count] * count] + [[gain] * count] * (H - 1), dtype=object)
        places, start = np.array(actions, dtype=object), np.array([one, zero, zero, zero, zero], dtype=object)
        system = FiniteSystem(places, places, np.array([one], dtype=object), following, start, reward)
        expert, learner = (np.full((H, count, count), zero, dtype=object) for _ in range(2))
        for policy in (expert, learner):
            policy[2:, np.arange(count), np.arange(count)] = one
            policy[1, [3, 4], [3, 4]] = policy[0, 1:, 0] = one
            policy[1, 2, 3] = policy[1, 0, 4] = one
        expert[0, 0, [1, 2]] = [self.p, 1 - self.p]
        learner[0, 0, 0] = one
        for policy, chance in ((expert, self.danger / self.p), (learner, self.danger)):
            policy[1, 1, [3, 4]] = [chance, 1 - chance]
        return regret(system, TabularPolicy(expert), TabularPolicy(learner))
