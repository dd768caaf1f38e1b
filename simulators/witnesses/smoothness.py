"""Proposition 5 is attained: the jump of a binned policy, and the total variation of a Gaussian one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.exact.density import gaussian_probability
from simulators.quantizers.scalar import uniform
from simulators.tables import Number
from simulators.witnesses.base import number


@dataclass(frozen=True)
class BinEdge:
    """Bins of width 2 eps from 0 on; g(x) = lipschitz·x is just below an edge at one state, just above one later.

    The two states are `distance` apart, and `distance·lipschitz` is `gap` more than a whole number of bins: the codes
    then differ by that many bins and one more. Quantization adds 2 eps − gap to the distance of the raw actions.

    Attributes:
        cells: how many whole bins lie between the two raw actions, ≥ 0.
        eps: eps_q > 0.
        gap: by how much the raw actions are further apart, in (0, 2 eps).
        lipschitz: ell > 0.

    Raises:
        DomainError: a parameter out of range.

    Source: arXiv:2603.20538, Proposition 5; instance ours.

    >>> BinEdge(cells=1, eps=Fraction(1, 4), gap=Fraction(1, 100)).exact()
    Fraction(1, 1)
    """

    cells: int
    eps: Number
    gap: Number
    lipschitz: Number = Fraction(1)

    limit: ClassVar[str] = "gap -> 0"
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        number("cells", self.cells, least=0)
        for name in ("eps", "lipschitz"):
            object.__setattr__(self, name, number(name, getattr(self, name), above=0))
        object.__setattr__(self, "gap", number("gap", self.gap, above=0, below=2 * self.eps))

    @classmethod
    def tightest(cls) -> Self:
        """Three bins between the actions, a gap of 2^-20."""
        return cls(3, Fraction(1, 8), Fraction(1, 2**20), Fraction(1, 2))

    @property
    def states(self) -> tuple[Number, Number]:
        """The two states: their raw actions are half the gap below the first edge, and as much above a later one."""
        edge = 2 * self.eps
        first = (edge - self.gap / 2) / self.lipschitz
        return first, (edge * (self.cells + 1) + self.gap / 2) / self.lipschitz

    def values(self) -> Mapping[str, float]:
        near, far = self.states
        return {"lipschitz": float(self.lipschitz), "distance": float(far - near), "eps_q": float(self.eps)}

    def play(self, state: Number) -> Number:
        """The centre of the bin that holds lipschitz·state."""
        return (2 * math.floor(self.lipschitz * state / (2 * self.eps)) + 1) * self.eps

    def exact(self) -> Number:
        """The jump of the action between the two states."""
        near, far = map(self.play, self.states)
        return far - near


@dataclass(frozen=True)
class TwoGaussians:
    """Actions N(lipschitz·x, sigma²) at two states of the line, in very many bins.

    The total variation between the codes is summed bin by bin; it falls short of the raw actions' by what happens
    inside the bin where the densities cross.

    Attributes:
        lipschitz: ell > 0.
        distance: of the two states, > 0.
        sigma: standard deviation, > 0.
        bins: equal bins on ±10 sigma around the midpoint, whose edges do not meet it: an odd number.

    Raises:
        DomainError: a parameter out of range.

    Source: arXiv:2603.20538, Proposition 5; instance ours.

    >>> round(TwoGaussians(lipschitz=1.0, distance=0.5, sigma=0.5, bins=10_001).exact(), 6)
    0.382925
    """

    lipschitz: float
    distance: float
    sigma: float
    bins: int

    limit: ClassVar[str] = "bins -> infinity"
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in ("lipschitz", "distance", "sigma"):
            number(name, getattr(self, name), above=0)
        number("bins", self.bins, least=1)

    @classmethod
    def tightest(cls) -> Self:
        return cls(1.0, 0.25, 0.5, 10_001)

    def values(self) -> Mapping[str, float]:
        return {"lipschitz": self.lipschitz, "distance": self.distance, "sigma": self.sigma}

    def exact(self) -> float:
        """Total variation between the laws of the codes, up to rounding."""
        half = self.lipschitz * self.distance / (2 * self.sigma)
        edges = uniform(self.bins, low=-10.0, high=10.0).edges
        laws = [gaussian_probability(edges[:-1] + shift, edges[1:] + shift) for shift in (half, -half)]
        return float(abs(laws[0] - laws[1]).sum() / 2)
