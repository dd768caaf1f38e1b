"""Local stability of a Gaussian expert fails with a known probability, which the bound attains for one noise alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import open_unit, positive_int
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
        share: of the tube that the bound leaves to the process noise, in (0, 1).

    Raises:
        DomainError: a parameter out of range.

    Source: ours, for arXiv:2603.20538, Appendix B. Two noises of the same size leave the tube less often than one of
    them its share of it: the bound is attained for one noise alone, and its share the whole tube.

    >>> f"{TubeExit.tightest().exact():.1e}"
    '1.0e-04'
    """

    horizon: int
    tube: float
    C: float
    sigma: float
    sigma_w: float
    share: float = 0.5

    limit: ClassVar[str] = "sigma -> 0, noise_share -> 1, then H -> infinity with H P(|w| > tube) -> 0"
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("tube", "C", "sigma", "sigma_w"):
            object.__setattr__(self, name, float(number(name, getattr(self, name), above=0)))
        object.__setattr__(self, "share", open_unit("share", self.share))

    @classmethod
    def tightest(cls) -> Self:
        """10⁴ steps; the process noise 5.73 times in the tube, the expert's almost nothing."""
        return cls(10**4, tube=1.0, C=0.5, sigma=1e-8, sigma_w=1 / 5.73, share=1 - 1e-6)

    def values(self) -> Mapping[str, float]:
        named = {name: getattr(self, name) for name in ("C", "tube", "sigma", "sigma_w")} | {"noise_share": self.share}
        return {"H": self.horizon, "eta": 0.0, "lipschitz": 0.0, "state_dimension": 1, "dimension": 1, **named}

    def exact(self) -> float:
        """The probability that one of the states x_2..x_(H−1) has |x| > tube."""
        tail = math.erfc(self.tube / math.hypot(self.C * self.sigma, self.sigma_w) / math.sqrt(2))
        return -math.expm1(max(0, self.horizon - 2) * math.log1p(-tail))
