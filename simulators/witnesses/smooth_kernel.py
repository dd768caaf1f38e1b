"""Smooth kernels: decoupling and drift are attained together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import LEARNT, number, require_rewards


@dataclass(frozen=True)
class SmoothKernel:
    """A good state is left for ever with probability L_P |u|; the expert plays 0, its only label executes eps.

    The reward is 1 − L_u |u| in the good state and 0 in the bad one. Only leaving a second time, which is impossible,
    and the action's cost once the reward is lost are counted twice by the bound: both are of order eps².

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q ≥ 0.
        L_P: the kernel's slope in the action, ≥ 0, L_P eps ≤ 1.
        L_u: the reward's slope in the action, ≥ 0.

    Raises:
        DomainError: a parameter out of range, or a reward that would fall below 0.

    Source: ours.

    >>> SmoothKernel(horizon=2, eps=Fraction(1, 10), L_P=Fraction(3), L_u=Fraction(1)).exact()
    Fraction(47, 100)
    """

    horizon: int
    eps: Number
    L_P: Number
    L_u: Number = 1

    limit: ClassVar[str] = "eps -> 0"
    holds: ClassVar[tuple[str, ...]] = (*LEARNT, "any_expert", "sup_error", "smooth_kernel", "lipschitz_reward")

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("eps", "L_u"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
        object.__setattr__(self, "L_P", number("L_P", self.L_P, least=0, most=1 / self.eps if self.eps else None))
        require_rewards(1 - self.L_u * self.eps)

    @classmethod
    def tightest(cls) -> Self:
        """Five steps, eps = 1e-6: decoupling and drift are of one size."""
        return cls(5, Fraction(1, 10**6), L_P=Fraction(3), L_u=Fraction(2))

    def values(self) -> Mapping[str, float]:
        return {"H": self.horizon, "L_P": float(self.L_P), "L_u": float(self.L_u), "eps_q": float(self.eps)}

    def _good(self) -> Iterator[Number]:
        """P(the learner is still in the good state) at each step."""
        alive: Number = 1 + 0 * self.eps
        for _ in range(self.horizon):
            yield alive
            alive = alive * (1 - self.L_P * self.eps)

    def exact(self) -> Number:
        zero: Number = 0 * self.eps
        return sum((1 - alive * (1 - self.L_u * self.eps) for alive in self._good()), zero)
