"""Theorem 9's two instances: exact event probabilities and the policy that loses exactly the bound on both."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, Self

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import distance, number

Sign = Literal[1, -1]


@dataclass(frozen=True)
class TwoExperts:
    """Sign s = ±1: u_1 = c_b + s·eps, b ~ Bernoulli(½ + s·gap), codes c_0 = eps and c_1 = 1 − eps, kept for H steps.

    r = u_1 for s = +1 and 1 − u_1 for s = −1. The labels b tell the sign only through their bias; a learner is its mean
    action m, a function of the number of ones among n labels.

    Attributes:
        n: number of demonstrations, ≥ 1.
        eps: eps_q, in [0, 1/2).
        horizon: H ≥ 1.
        gap: Δ, in [0, 1/2]; 3/(8√n) unless given (a Fraction where √n is whole).

    Raises:
        DomainError: a parameter out of range; in particular 3/(5√n) at n = 1 gives no probability.

    Source: arXiv:2603.20538, Theorem 9; the constants are explicit.

    >>> TwoExperts(n=1, eps=Fraction(1, 10)).guaranteed_probability()
    Fraction(1, 8)
    """

    n: int
    eps: Number
    horizon: int = 1
    gap: Number | None = None

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = ()  # the worst over a family of experts, no single one's regret

    def __post_init__(self) -> None:
        positive_int("n", self.n)
        positive_int("horizon", self.horizon)
        object.__setattr__(self, "eps", number("eps", self.eps, least=0, below=Fraction(1, 2)))
        if self.gap is not None:
            object.__setattr__(self, "gap", number("gap", self.gap, least=0, most=Fraction(1, 2)))

    @classmethod
    def tightest(cls) -> Self:
        return cls(4, Fraction(1, 50), 10)

    def values(self) -> Mapping[str, float]:
        return {"H": self.horizon, "n": self.n, "eps_q": float(self.eps)}

    @property
    def bias(self) -> Number:
        """Δ."""
        return scaled_gap(self.n, Fraction(3, 8)) if self.gap is None else self.gap

    def formula(self) -> Number:
        """H·[eps + (1 − 2 eps)·Δ]."""
        return self.horizon * (self.eps + (1 - 2 * self.eps) * self.bias)

    def expert_mean(self, sign: Sign) -> Number:
        """E u_1 under the expert."""
        return self.eps + (1 - 2 * self.eps) * (Fraction(1, 2) + sign * self.bias) + sign * self.eps

    def exact(self) -> Number:
        """The regret of the learner that always plays 1/2, on either instance."""
        return self.regret(1, Fraction(1, 2))

    def regret(self, sign: Sign, mean: Number) -> Number:
        """Regret of a learner whose mean action is `mean`; negative if it does better than the expert.

        >>> family = TwoExperts(n=4, eps=Fraction(1, 10))
        >>> {family.regret(sign, Fraction(1, 2)) for sign in (1, -1)} == {family.formula()}
        True
        """
        return self.horizon * sign * (self.expert_mean(sign) - mean)

    def counts(self, sign: Sign) -> tuple[Number, ...]:
        """P(j ones among the n labels), j = 0..n, exact for Fractions."""
        p = Fraction(1, 2) + sign * self.bias
        return tuple(math.comb(self.n, j) * p**j * (1 - p) ** (self.n - j) for j in range(self.n + 1))

    def total_variation(self) -> Number:
        """TV between the two laws of the data."""
        gaps = (distance(a, b) for a, b in zip(self.counts(1), self.counts(-1), strict=True))
        return sum(gaps, self.bias * 0) / 2

    def guaranteed_probability(self) -> Number:
        """(1 − TV)/2: every algorithm regrets at least `formula` with this probability on one of the two instances."""
        return (1 - self.total_variation()) / 2

    def event_probability(self, sign: Sign, means: tuple[Number, ...]) -> Number:
        """P(regret ≥ formula) of the learner that plays mean action means[j] after j ones.

        >>> family = TwoExperts(n=1, eps=Fraction(1, 10))
        >>> [str(family.event_probability(sign, family.follow_majority())) for sign in (1, -1)]
        ['1/8', '1/8']
        """
        half, law = Fraction(1, 2), self.counts(sign)
        bad = (p for p, mean in zip(law, means, strict=True) if sign * (half - mean) >= 0)
        return sum(bad, self.bias * 0)

    def follow_majority(self) -> tuple[Number, ...]:
        """The learner that plays the code seen more often, c_1 at a tie; for odd n both its events are rarest."""
        return tuple(self.eps if 2 * j < self.n else 1 - self.eps for j in range(self.n + 1))


def scaled_gap(n: int, constant: Fraction) -> Number:
    """Return constant/√n, a Fraction where √n is whole.

    >>> scaled_gap(4, Fraction(3, 8))
    Fraction(3, 16)
    """
    root = math.isqrt(positive_int("n", n))
    return constant / root if root * root == n else float(constant) / math.sqrt(n)
