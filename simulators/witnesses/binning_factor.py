"""The factor 3 of the binning corollary cannot be lowered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.errors import DomainError
from simulators.tables import Number
from simulators.witnesses.base import DETERMINISTIC, LEARNT, STABLE, SUP, LipschitzLearner, require_rewards


@dataclass(frozen=True)
class BinningFactor(LipschitzLearner):
    """x' = eta x + C u from x_1 = 0, cells [0, 2 eps], (2 eps, 4 eps], …; expert 0, learner q(2 eps + ell x).

    On the expert's state 0 the learner sits at the right end of the expert's own cell: no mismatch. Any displacement
    lifts its code to 3 eps, three radii from the expert's action. From the second step on it errs by 3 eps; the first
    step errs by eps. Bound / regret → 1 as ell → 0 and H → ∞.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q > 0.
        C: gain constant, > 0.
        eta: gain decay, ≥ 0.
        lipschitz: ell > 0, so small that the code stays in the second cell: ell x_H ≤ 2 eps.
        L_x: the reward's slope in the state; r = 1 − L_x x − L_u u.
        L_u: its slope in the action.

    Raises:
        DomainError: a parameter out of range, a learner that leaves the second cell, or a saturated reward.

    Source: ours.

    >>> witness = BinningFactor(horizon=3, eps=Fraction(1, 50), C=Fraction(1, 2), eta=Fraction(1, 2),
    ...                         lipschitz=Fraction(1, 100))
    >>> [str(u) for u in witness.actions()]
    ['1/50', '3/50', '3/50']
    """

    limit: ClassVar[str] = "lipschitz -> 0 and H -> infinity"
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "deterministic_class",
        "quantized_lipschitz",
        "noisy_lipschitz",
        "coupled_lipschitz",
        "greedy_deployment",
        "greedy_coupled_lipschitz",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        furthest = max(x for x, _ in self._steps())
        if self.lipschitz * furthest > 2 * self.eps:
            limit = 2 * self.eps / furthest
            raise DomainError(
                f"lipschitz must be at most {limit}, or the learner leaves the cell, got {self.lipschitz}"
            )
        require_rewards(1 - max(self.L_x * x + self.L_u * u for x, u in self._steps()))

    @classmethod
    def tightest(cls) -> Self:
        half, eps = Fraction(1, 2), Fraction(1, 2**14)
        return cls(4000, eps, C=half, eta=half, lipschitz=Fraction(1, 10**12), L_x=Fraction(0))

    def values(self) -> Mapping[str, float]:
        """H, C, eta, lipschitz, L_x, L_u, eps_q and k; codes jump by 2 eps more than lipschitz allows."""
        names = ("C", "eta", "lipschitz", "L_x", "L_u")
        named: dict[str, Number] = {name: getattr(self, name) for name in names}
        in_mean: dict[str, Number] = {"coupled_lipschitz": self.lipschitz, "jump": 2 * self.eps}
        errors: dict[str, Number] = {"eps_q": self.eps, "average_error": self.eps, "eps_max": self.eps}
        found = {"H": self.horizon, **{name: float(value) for name, value in (named | in_mean | errors).items()}}
        room = 1 - self.eta - self.C * self.lipschitz
        if room > 0:  # the least relaxation that absorbs the jumps, rounded up
            found["k"] = float((2 * (1 - self.eta) + self.C * self.lipschitz) / room) * (1 + 1e-12)
        return found

    def _steps(self) -> Iterator[tuple[Number, Number]]:
        """(x_h, executed code)."""
        x: Number = self.eps * 0
        for _ in range(self.horizon):
            u = self.eps if x == 0 else 3 * self.eps
            yield x, u
            x = self.eta * x + self.C * u

    def actions(self) -> tuple[Number, ...]:
        """The learner's codes: eps, then 3 eps."""
        return tuple(u for _, u in self._steps())

    def exact(self) -> Number:
        zero: Number = self.eps * Fraction(0)
        return sum((self.L_x * x + self.L_u * u for x, u in self._steps()), zero)
