"""The drift term of Theorems 2, 3 and 7 is an equality."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import DETERMINISTIC, LEARNT, STABLE, SUP, number, require_rewards


@dataclass(frozen=True)
class Drift:
    """x' = eta x + C u from x_1 = 0; the expert plays 0, its only label executes eps; r = 1 − L_x x − L_u u.

    All errors have the same sign and no reward saturates, so the regret is the drift term, with nothing lost. The
    policy is constant (L = 0, k = 0) and the auxiliary roll-out of Theorem 7 would play the same actions.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q ≥ 0.
        C: gain constant, ≥ 0.
        eta: gain decay, ≥ 0; 1 and more are allowed.
        L_x: the reward's slope in the state, ≥ 0.
        L_u: the reward's slope in the action, ≥ 0.

    Raises:
        DomainError: a parameter out of range, or a reward that would fall below 0.

    Source: ours.

    >>> from fractions import Fraction
    >>> Drift(horizon=3, eps=Fraction(1, 10), C=Fraction(1, 2), eta=Fraction(1, 2)).exact()
    Fraction(17, 40)
    """

    horizon: int
    eps: Number
    C: Number
    eta: Number
    L_x: Number = 1
    L_u: Number = 1

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "deterministic_class",
        "tvc",
        "rtvc",
        "tvc_deployed",
        "held_out_errors",
        "realizable_models",
        "shared_noise",
        "deterministic_actions",
        "deterministic_dynamics",
        "chunked_deployment",
        "realizable_chunks",
        "chunk_tvc",
        "greedy_deployment",
        "greedy_rtvc",
    )

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("eps", "C", "eta", "L_x", "L_u"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
        require_rewards(1 - max(self.L_x * x + self.L_u * self.eps for x in self._states()))

    @classmethod
    def tightest(cls) -> Self:
        return cls(12, Fraction(1, 2**10), C=Fraction(1), eta=Fraction(1, 2), L_u=Fraction(2))

    def values(self) -> Mapping[str, float]:
        named = {"C": self.C, "eta": self.eta, "L": 0, "k": 0, "L_x": self.L_x, "L_u": self.L_u, "chunk": 1}
        errors = {"eps_q": self.eps, "average_error": self.eps, "action_error": self.eps, "tv": 0}
        return {"H": self.horizon, **{name: float(value) for name, value in (named | errors).items()}}

    def _states(self) -> Iterator[Number]:
        x: Number = self.eps * 0
        for _ in range(self.horizon):
            yield x
            x = self.eta * x + self.C * self.eps

    def exact(self) -> Number:
        zero: Number = self.eps * 0
        return sum((self.L_x * x + self.L_u * self.eps for x in self._states()), zero)
