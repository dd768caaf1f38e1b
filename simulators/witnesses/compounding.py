"""A Lipschitz policy without relaxed TV continuity compounds exponentially."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulators.errors import StabilityError
from simulators.tables import Number
from simulators.witnesses.base import LipschitzLearner


@dataclass(frozen=True)
class Compounding(LipschitzLearner):
    """x' = eta x + C u from x_1 = 0; the expert rests at 0 with the label eps; the learner plays eps + ell x.

    The learner is ell-Lipschitz and matches every label on the expert's states, and the open loop may be stable
    (eta < 1). Yet rho = eta + C ell > 1 and the state is C eps (rho^(h−1) − 1)/(rho − 1). A bound whose hazards were
    dropped because the policy is Lipschitz (Theorem 3 with a modulus that is 0) would be broken.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q > 0.
        C: gain constant, > 0.
        eta: gain decay, ≥ 0.
        lipschitz: ell > 0 with eta + C ell > 1.
        L_x: the reward's slope in the state; r = max(0, 1 − L_x x − L_u u).
        L_u: its slope in the action.

    Raises:
        DomainError: a parameter out of range.
        StabilityError: eta + C ell ≤ 1.

    Source: the paper's remark in arXiv:2603.20538 on Theorem 3; instance ours.

    >>> from fractions import Fraction
    >>> witness = Compounding(horizon=4, eps=Fraction(1, 100), C=1, eta=Fraction(1, 2), lipschitz=Fraction(3, 2))
    >>> [str(x) for x in witness.states()], witness.growth
    (['0', '1/100', '3/100', '7/100'], Fraction(2, 1))
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.growth <= 1:
            raise StabilityError(f"eta + C·lipschitz must exceed 1, got {self.growth}")

    @property
    def growth(self) -> Number:
        """rho = eta + C ell."""
        return self.eta + self.C * self.lipschitz

    def values(self) -> Mapping[str, float]:
        """H, C, eta, L_x, L_u, eps_q, and L = k = 0: what a reader who forgot the hazards would put in."""
        named = {"C": self.C, "eta": self.eta, "L_x": self.L_x, "L_u": self.L_u, "eps_q": self.eps, "L": 0, "k": 0}
        return {"H": self.horizon, **{name: float(value) for name, value in named.items()}}

    def states(self) -> Iterator[Number]:
        """The learner's states x_1..x_H, exact."""
        x: Number = self.eps * 0
        for _ in range(self.horizon):
            yield x
            x = self.growth * x + self.C * self.eps

    def exact(self) -> Number:
        zero: Number = self.eps * 0
        costs = (self.L_x * x + self.L_u * (self.eps + self.lipschitz * x) for x in self.states())
        return sum((min(1 + zero, cost) for cost in costs), zero)
