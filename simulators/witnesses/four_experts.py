"""Theorem 8's instance family: its Bayes risk by enumeration, and an algorithm that loses no more on any instance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import ClassVar, Self

from simulators.errors import DomainError, positive_int
from simulators.tables import Number
from simulators.witnesses.base import distance, number

Dataset = tuple[tuple[int, Number], ...]
"""The observed (x_1, label) of each demonstration."""


@dataclass(frozen=True)
class Expert:
    """One of the four: `high` plays 2 eps at x_1 = 0 instead of 0; `mirrored` plays one minus that at x_1 = 1.

    Attributes:
        high: the raw action at x_1 = 0 is 2 eps.
        mirrored: the raw action at x_1 = 1 is one minus that at 0, else the same.
    """

    high: bool
    mirrored: bool


EXPERTS = tuple(
    Expert(high, mirrored) for high, mirrored in product((False, True), repeat=2)
)  # their signs in both states


@dataclass(frozen=True)
class FourExperts:
    """U = [0, 1] in bins of width 2 eps; x_1 = 1 with probability Δ, else 0; every r_h = 1 − |u_1 − target(x_1)|.

    At x_1 = 0 the raw action is 0 or 2 eps; both lie at the ends of one bin with the label eps. At x_1 = 1 the expert
    plays the same, or one minus it, with the label 1 − eps. So labels tell the bin at x_1 = 1 once it was seen, and
    never the raw action. (An end that belongs to the next bin is meant as a limit.)

    Attributes:
        n: number of demonstrations, ≥ 1.
        eps: eps_q, in [0, 1/4].
        horizon: H ≥ 1.
        rare: Δ, in (0, 1); 1/(n + 1) unless given.

    Raises:
        DomainError: a parameter out of range.

    Source: arXiv:2603.20538, Theorem 8; the constants are explicit.

    >>> family = FourExperts(n=2, eps=Fraction(1, 8))
    >>> family.exact() == family.formula(), set(map(family.loss, EXPERTS)) == {family.formula()}
    (True, True)
    """

    n: int
    eps: Number
    horizon: int = 1
    rare: Number | None = None

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = ()  # the worst over a family of experts, no single one's regret

    def __post_init__(self) -> None:
        positive_int("n", self.n)
        positive_int("horizon", self.horizon)
        object.__setattr__(self, "eps", number("eps", self.eps, least=0, most=Fraction(1, 4)))
        rare = Fraction(1, self.n + 1) if self.rare is None else self.rare
        object.__setattr__(self, "rare", number("rare", rare, above=0, below=1))

    @classmethod
    def tightest(cls) -> Self:
        return cls(3, Fraction(1, 50), 10)

    def values(self) -> Mapping[str, float]:
        return {"H": self.horizon, "n": self.n, "eps_q": float(self.eps)}

    @property
    def chance(self) -> Number:
        """Δ = P(x_1 = 1)."""
        return Fraction(1, self.n + 1) if self.rare is None else self.rare

    @property
    def unseen(self) -> Number:
        """(1 − Δ)^n: the probability that no demonstration starts at 1."""
        return (1 - self.chance) ** self.n

    def formula(self) -> Number:
        """H·[eps + (1 − 4 eps)/2·Δ(1 − Δ)^n], the family's minimax value."""
        return self.horizon * (self.eps + (1 - 4 * self.eps) / 2 * self.chance * self.unseen)

    def _starts(self) -> Mapping[int, Number]:
        return {0: 1 - self.chance, 1: self.chance}

    def target(self, expert: Expert, start: int) -> Number:
        """The expert's raw action at x_1 = start."""
        action = (2 if expert.high else 0) * self.eps
        return 1 - action if start and expert.mirrored else action

    def label(self, expert: Expert, start: int) -> Number:
        """The code of the expert's action: the centre of its bin."""
        return 1 - self.eps if start and expert.mirrored else self.eps

    def datasets(self, expert: Expert) -> Mapping[Dataset, Number]:
        """All sets of n labelled demonstrations with their probabilities; 2^n of them."""
        weight = self._starts()
        result: dict[Dataset, Number] = {}
        for starts in product((0, 1), repeat=self.n):
            chance: Number = Fraction(1)
            for start in starts:
                chance = chance * weight[start]
            result[tuple((start, self.label(expert, start)) for start in starts)] = chance
        return result

    def exact(self) -> Number:
        """The Bayes risk, by enumerating all data and solving each median problem; `loss` attains it on each expert."""
        laws = {expert: self.datasets(expert) for expert in EXPERTS}
        total: Number = Fraction(0)
        for data in dict.fromkeys(data for law in laws.values() for data in law):
            weights = [laws[expert].get(data, Fraction(0)) / len(EXPERTS) for expert in EXPERTS]
            for start, chance in self._starts().items():
                total = total + chance * _least_loss([self.target(expert, start) for expert in EXPERTS], weights)
        return self.horizon * total

    def play(self, data: Dataset, start: int) -> Number:
        """The minimax algorithm: eps at 0; at 1 the middle ½ if unseen, else the bin's centre moved outward by s.

        Here s = eps(1 − Δ)^n/(1 − (1 − Δ)^n), which is at most eps for Δ = 1/(n + 1).
        """
        if start == 0:
            return self.eps
        seen = {label for where, label in data if where == 1}
        if not seen:
            return Fraction(1, 2)
        shift = self.eps * self.unseen / (1 - self.unseen)
        return self.eps - shift if self.eps in seen else 1 - self.eps + shift

    def loss(self, expert: Expert) -> Number:
        """The minimax algorithm's expected regret against one expert, by enumerating all data.

        Raises:
            DomainError: (1 − Δ)^n > 1/2, where the shift would leave the bin.
        """
        if self.unseen > Fraction(1, 2):
            raise DomainError(f"rare must satisfy (1 − rare)^n <= 1/2, got {self.unseen}")
        total: Number = Fraction(0)
        for data, probability in self.datasets(expert).items():
            for start, chance in self._starts().items():
                total = total + probability * chance * distance(self.play(data, start), self.target(expert, start))
        return self.horizon * total


def _least_loss(targets: Sequence[Number], weights: Sequence[Number]) -> Number:
    """min over m of Σ weight·|m − target|: a weighted median is among the targets."""
    zero: Number = Fraction(0)
    return min(sum((w * distance(m, t) for t, w in zip(targets, weights, strict=True)), zero) for m in targets)
