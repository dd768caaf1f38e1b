"""Theorem 2's decoupling term of order H² eps_q is attained."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import DETERMINISTIC, LEARNT, STABLE, SUP, number


@dataclass(frozen=True)
class Decoupling:
    """x' = (x + u)/2, x_1 = 0; the expert plays 1 with probability min(1, 2x), else 0; q(0) = eps, q(1) = 1.

    The expert stays at 0 and earns 1 a step from r = max(0, 1 − 2x − u). The learner imitates the labels perfectly,
    drifts to (1 − 2^(1−h)) eps until it plays 1, and then plays 1 and earns 0 for ever, since x ≥ 1/2.
    Away from 0, where it never is, the expert may as well play 0: then its labels are deterministic, and the learner is
    one of two policies that explain them. TV-Lipschitz constant L = 2, gains 2^−(j+1), L_x = 2, L_u = 1.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q, in [0, 1/3], so that no reward saturates before the learner plays 1.

    Raises:
        DomainError: a parameter out of range.

    Source: ours.

    >>> Decoupling(horizon=2, eps=Fraction(1, 100)).exact()
    Fraction(199, 5000)
    """

    horizon: int
    eps: Number

    limit: ClassVar[str] = "eps -> 0"
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "tvc",
        "rtvc",
        "tvc_deployed",
        "held_out_errors",
    )
    lipschitz: ClassVar[int] = 2

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        object.__setattr__(self, "eps", number("eps", self.eps, least=0, most=Fraction(1, 3)))

    @classmethod
    def tightest(cls) -> Self:
        return cls(50, Fraction(1, 10**7))

    def values(self) -> Mapping[str, float]:
        errors = dict.fromkeys(("eps_q", "average_error", "action_error"), float(self.eps))
        known = {"C": 0.5, "eta": 0.5, "L": 2.0, "k": 0.0, "L_x": 2.0, "L_u": 1.0, "log_class_size": math.log(2)}
        return {"H": self.horizon, **known, **errors}

    def _steps(self) -> Iterator[tuple[Number, Number]]:
        """(x_h while no 1 was played, probability that none was played up to and including step h)."""
        x: Number = self.eps * 0
        quiet: Number = 1 + x
        for _ in range(self.horizon):
            quiet = quiet * (1 - self.lipschitz * x)
            yield x, quiet
            x = (x + self.eps) / 2

    def exact(self) -> Number:
        zero: Number = self.eps * 0
        return sum((1 - quiet * (1 - 2 * x - self.eps) for x, quiet in self._steps()), zero)
