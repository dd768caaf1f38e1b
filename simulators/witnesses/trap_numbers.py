"""The traps' regret and error at a horizon: the exact numbers that Theorem 6 bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.gaussian_trap import GaussianTrapWitness
from simulators.witnesses.noisy_trap import NoisyTrapWitness

_SETTLED = 100
"""Steps after which the arctan expert is in the trigger (|x| <= 38 / 2^100), and the noisy trap has caught its prey."""


@dataclass(frozen=True)
class _AtHorizon:
    """An arctan trap and H.

    Attributes:
        trap: the instance.
        horizon: H ≥ 1.
    """

    trap: ArctanTrapWitness
    horizon: int

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)

    def values(self) -> Mapping[str, float]:
        return {**self.trap.values(), "H": self.horizon}


@dataclass(frozen=True)
class TrapRegret(_AtHorizon):
    """The arctan trap's regret: the floor is reached as the start is forgotten and the trigger shrinks.

    Attributes:
        resolution: intervals of first states to start from.
    """

    resolution: int = 2_000

    limit: ClassVar[str] = "H -> infinity and eps -> 0"
    holds: ClassVar[tuple[str, ...]] = ("arctan_trap",)

    @classmethod
    def tightest(cls) -> Self:
        return cls(ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=1e-3), 10**5)

    def exact(self) -> float:
        """Middle of an enclosure narrower than 1e-6 of it at `tightest`."""
        return self.trap.deployed(self.horizon, resolution=self.resolution).regret.middle


@dataclass(frozen=True)
class TrapError(_AtHorizon):
    """The arctan trap's mean error under the expert: after the transient it is the trigger's error."""

    limit: ClassVar[str] = "H -> infinity"
    holds: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def tightest(cls) -> Self:
        return cls(ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01), 10**6)

    def exact(self) -> float:
        """Middle of an enclosure; after `_SETTLED` steps nothing changes."""
        first = min(self.horizon, _SETTLED)
        total = self.trap.average_error(first).middle * first
        if self.horizon > first:
            total += self.trap.expert_error(first)[-1].middle * (self.horizon - first)
        return total / self.horizon


@dataclass(frozen=True)
class NoisyTrapRegret:
    """The noisy trap's regret: H times a trapped step's loss, once absorption is over.

    Attributes:
        trap: the instance.
        horizon: H ≥ 1.
    """

    trap: NoisyTrapWitness
    horizon: int

    limit: ClassVar[str] = "H eps -> infinity"
    holds: ClassVar[tuple[str, ...]] = ("noisy_trap",)

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)

    @classmethod
    def tightest(cls) -> Self:
        return cls(NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.05, x_c=2.0, cells=400), 10**5)

    def values(self) -> Mapping[str, float]:
        return {**self.trap.values(), "H": self.horizon}

    def exact(self) -> float:
        """Middle of an enclosure; where every trapped step loses 1, who is trapped early loses 1 a step for ever."""
        trapped = self.trap.losses()[self.trap.deployed.low > self.trap.quantizer.expert_radius]
        first = min(self.horizon, _SETTLED) if trapped.min() == 1 else self.horizon
        return self.trap.regret(first).middle + (self.horizon - first) * float(self.trap.absorbed(first)[-1])


@dataclass(frozen=True)
class GaussianTrapRegret:
    """The Gaussian trap's regret: nearly H, as a trapped step loses 1, once the trigger is as wide as the noise.

    Attributes:
        trap: the instance.
        horizon: H ≥ 1.
        reach: standard deviations of the expert's states that the bound counts.
    """

    trap: GaussianTrapWitness
    horizon: int
    reach: float

    limit: ClassVar[str] = "eps -> 0 with sigma / eps fixed, reach -> infinity, 1 << H << 1/eps^2"
    holds: ClassVar[tuple[str, ...]] = ("gaussian_trap",)

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)

    @classmethod
    def tightest(cls) -> Self:
        return cls(GaussianTrapWitness(A=0.05, B=2e-5, c=1.0, sigma=8e-6, eps=1e-4, cells=200), 4000, 4.5)

    def values(self) -> Mapping[str, float]:
        return {**self.trap.values(), "H": self.horizon, "reach": self.reach}

    def exact(self) -> float:
        """Upper end of an enclosure, and no more than H: at `tightest` within 4e-4 of the floor, so of the regret."""
        return min(self.trap.regret(self.horizon).high, float(self.horizon))


@dataclass(frozen=True)
class NoisyTrapError:
    """The noisy trap's error under the expert at the third step: all of the trigger, where the expert's law is flat.

    Attributes:
        trap: the instance.
    """

    trap: NoisyTrapWitness

    limit: ClassVar[str] = "eps -> 0"
    holds: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def tightest(cls) -> Self:
        return cls(NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=1e-3, x_c=0.525, cells=1200))

    def values(self) -> Mapping[str, float]:
        return self.trap.values()

    def exact(self) -> float:
        """Middle of an enclosure."""
        return self.trap.expert_error(3)[-1].middle
