"""Theorem 7 needs a roll-out that shares the system's noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import number


@dataclass(frozen=True)
class IndependentNoise:
    """x_{h+1} = w_h with P(w = 1) = p, else 0; the expert plays x; q, policy and transition model are all exact.

    r = 1 − |u − x| and the gains are 0. The auxiliary state of Algorithm 1 starts at the observed x_1 and then draws
    its own noise, so from the second step on it is independent of the real one: regret 2p(1−p)(H − 1), with eps_q = 0
    and infinitely many demonstrations.

    Attributes:
        horizon: H ≥ 1.
        p: P(w = 1), in [0, 1].

    Raises:
        DomainError: a parameter out of range.

    Source: ours; against arXiv:2603.20538, Theorem 7 without its noise assumption.

    >>> IndependentNoise(horizon=5).exact()
    Fraction(2, 1)
    """

    horizon: int
    p: Number = Fraction(1, 2)

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        object.__setattr__(self, "p", number("p", self.p, least=0, most=1))

    def values(self) -> Mapping[str, float]:
        return {
            "H": self.horizon,
            "C": 0.0,
            "eta": 0.0,
            "eps_q": 0.0,
            "log_class_size": 0.0,
            "log_model_class_size": 0.0,
        }

    def exact(self) -> Number:
        return 2 * self.p * (1 - self.p) * (self.horizon - 1)

    def enumerated_regret(self, *, shared: bool = False) -> Number:
        """The same by summing over all noise sequences of both systems; 0 if the roll-out shares the noise."""
        total: Number = self.p * 0
        steps = self.horizon - 1
        chance = {0: 1 - self.p, 1: self.p}
        for real in product((0, 1), repeat=steps):
            for model in [real] if shared else product((0, 1), repeat=steps):
                weight: Number = 1 + self.p * 0
                for w in real if shared else (*real, *model):
                    weight = weight * chance[w]
                total = total + weight * sum(abs(x - u) for x, u in zip(real, model, strict=True))
        return total
