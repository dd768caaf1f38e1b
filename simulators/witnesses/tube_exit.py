"""Local stability of a Gaussian expert fails with a known probability; the bound covers it, without equality."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.witnesses.base import number


@dataclass(frozen=True)
class TubeExit:
    """x' = f(x, u) + w from 0, f = C u on |x| ≤ 2 tube and C u + x beyond; the expert plays N(0, sigma²).

    On the region f forgets its state (eta = 0). Stability at step h + 1 says that action gaps of at most tube / C move
    the state by at most C times the last gap. The states reach N(0, C² sigma² + sigma_w²), and gaps move them by up to
    tube: stability holds at all steps if and only if no state before the last leaves [−tube, tube]. Beyond, a gap takes
    it over the region's edge, and f jumps.

    Attributes:
        horizon: H ≥ 1.
        tube: rho > 0.
        C: gain constant, > 0.
        sigma: of the expert, > 0.
        sigma_w: of the process, > 0.

    Raises:
        DomainError: a parameter out of range.

    Source: ours, for arXiv:2603.20538, Appendix B. No instance is known that attains the bound: it asks each source of
    noise to stay within half a tube, which is more than is needed.

    >>> f"{TubeExit.tightest().exact():.4f}"
    '0.0033'
    """

    horizon: int
    tube: float
    C: float
    sigma: float
    sigma_w: float

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("tube", "C", "sigma", "sigma_w"):
            object.__setattr__(self, name, float(number(name, getattr(self, name), above=0)))

    @classmethod
    def tightest(cls) -> Self:
        """Ten steps, either noise a fifth of the tube: the bound is 0.25."""
        return cls(10, tube=1.0, C=0.5, sigma=0.4, sigma_w=0.2)

    def values(self) -> Mapping[str, float]:
        """H, C, eta = 0, a constant mean action, the tube, both noises, dimensions of one."""
        named = {name: getattr(self, name) for name in ("C", "tube", "sigma", "sigma_w")}
        return {"H": self.horizon, "eta": 0.0, "lipschitz": 0.0, "state_dimension": 1, "dimension": 1, **named}

    def exact(self) -> float:
        """The probability that one of the states x_2..x_(H−1) has |x| > tube."""
        tail = math.erfc(self.tube / math.hypot(self.C * self.sigma, self.sigma_w) / math.sqrt(2))
        return -math.expm1(max(0, self.horizon - 2) * math.log1p(-tail))
