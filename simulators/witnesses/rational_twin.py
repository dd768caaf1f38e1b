"""The arctan trap's rational twin: the same trap with the expert u = x, in exact Fractions."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from simulators.errors import DomainError, StabilityError, positive_int
from simulators.exact.density import Pieces
from simulators.tables import Table
from simulators.witnesses.base import number


@dataclass(frozen=True)
class RationalTwin:
    """x' = A x + B u, expert u = x, x_1 ~ Unif[−1, 1], r = 1 − |u − x|; codes are exact outside the three intervals.

    Attributes:
        eps: the quantizer's scale, a Fraction.
        A, B, k, d: Fractions with A + B < 1, d > k/2, A k < 1, and the two halves of the trap apart, below 1.

    Raises:
        DomainError, StabilityError: a condition is violated, or a number is no Fraction.

    Source: ours; twin of arXiv:2603.20538, Theorem 6.

    >>> [round(float(RationalTwin(Fraction(1, 2**j)).visits(40)), 6) for j in (6, 10, 14, 18)]
    [0.442188, 0.449512, 0.449969, 0.449998]
    """

    eps: Fraction
    A: Fraction = Fraction(1, 5)
    B: Fraction = Fraction(3, 10)
    k: Fraction = Fraction(2)
    d: Fraction = Fraction(6, 5)

    def __post_init__(self) -> None:
        for name in ("eps", "A", "B", "k", "d"):
            value = number(name, getattr(self, name), above=0)
            if not isinstance(value, Fraction):
                raise DomainError(f"{name} must be a Fraction, got {value!r}")
            object.__setattr__(self, name, value)
        if self.contraction >= 1:
            raise StabilityError(f"A + B must be below 1, got {self.contraction}")
        if self.d <= self.k / 2 or self.A * self.k >= 1:
            raise DomainError(f"d must exceed k/2 and A·k must be below 1, got d={self.d}, k={self.k}, A={self.A}")
        if self.intervals[1][1] >= self.intervals[2][0] or self.intervals[2][1] >= 1:
            raise DomainError(f"eps must keep the trap's halves apart and below 1, got {self.eps}")

    @property
    def contraction(self) -> Fraction:
        """A + B: the expert's state shrinks by it."""
        return self.A + self.B

    @property
    def intervals(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """I_P, T1 and T2."""
        low, high = self.d * self.eps, (self.d + 1) * self.eps
        half = self.k * self.eps / 2
        return (-half, half), (low, high), (self.B + self.A * low, self.B + self.A * high)

    @property
    def codes(self) -> tuple[Fraction, ...]:
        """Codes executed in I_P, T1 and T2."""
        d, eps = self.d, self.eps
        return (d + Fraction(1, 2)) * eps / self.B, Fraction(1), (d + 1) * (1 - self.A**2) * eps / self.B - self.A

    def values(self) -> Mapping[str, float]:
        """eps, A, B, k and d; the twin's expert and first state are not the theorem's, so only orders compare."""
        return {name: float(getattr(self, name)) for name in ("eps", "A", "B", "k", "d")}

    def visits(self, horizon: int) -> Fraction:
        """Σ_h P(x_h in T1) under the expert over the horizon."""
        return sum(
            (self._expert_mass(*self.intervals[1], h) for h in range(positive_int("horizon", horizon))), Fraction(0)
        )

    def _expert_mass(self, low: Fraction, high: Fraction, h: int) -> Fraction:
        """P(low <= x_h <= high) under the expert, h from 0."""
        scale = self.contraction**h
        return max(min(high / scale, Fraction(1)) - max(low / scale, Fraction(-1)), Fraction(0)) / 2

    def average_error(self, horizon: int) -> Fraction:
        """Mean over the steps of E|q(u_h) − u_h| under the expert."""
        total = Fraction(0)
        for h in range(positive_int("horizon", horizon)):
            reach = self.contraction**h
            for (low, high), code in zip(self.intervals, self.codes, strict=True):
                left, right = max(low, -reach), min(high, reach)
                if left < right:
                    total += self._expert_mass(low, high, h) * _mean_distance(left, right, code)
        return total / horizon

    def regret(self, horizon: int) -> Fraction:
        """H minus the return of the policy that imitates the labels perfectly."""
        cuts = np.array(sorted(end for pair in self.intervals for end in pair), dtype=object)
        pieces, total = Pieces.between(np.array([Fraction(-1), Fraction(1)], dtype=object)), Fraction(0)
        for _ in range(positive_int("horizon", horizon)):
            pieces = pieces.split(cuts)
            special = self._special(pieces)
            slope, offset = [], []
            for i, which in enumerate(special):
                weight = (pieces.start_high[i] - pieces.start_low[i]) / 2
                if which is not None:
                    total += weight * _mean_distance(pieces.low[i], pieces.high[i], self.codes[which])
                slope.append(self.contraction if which is None else self.A)
                offset.append(Fraction(0) if which is None else self.B * self.codes[which])
            pieces = pieces.move(_exact(slope), _exact(offset))
        return total

    def _special(self, pieces: Pieces) -> list[int | None]:
        """Which of the three intervals holds each piece."""
        middles = (pieces.low + pieces.high) / 2
        return [next((i for i, (low, high) in enumerate(self.intervals) if low <= x <= high), None) for x in middles]


def _exact(values: list[Fraction]) -> Table:
    return np.array(values, dtype=object)


def _mean_distance(low: Fraction, high: Fraction, point: Fraction) -> Fraction:
    """Mean of |x − point| for x uniform on [low, high]."""
    if not low < point < high:
        return abs((low + high) / 2 - point)
    return ((point - low) ** 2 + (high - point) ** 2) / (2 * (high - low))
