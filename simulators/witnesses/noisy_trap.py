"""The noisy trap: absorption, regret and error under the expert's law, with the error of every number stated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from simulators.errors import DomainError, FloatArray, positive_int
from simulators.exact.density import Enclosure, NoisyChain, grid
from simulators.quantizers.traps import NoisyTrap


@dataclass(frozen=True)
class NoisyTrapWitness:
    """x' = A x + B u + w, w ~ Unif[−W, W], expert c x, x_1 ~ Unif[−R, R], the noisy trap quantizer imitated perfectly.

    r = max(0, 1 − |u − c x|). Laws are carried on cells whose ends meet the trigger's and the trap's.

    Attributes:
        A, B, c, W, eps, x_c: parameters of the quantizer (x_c is its centre) with its conditions.
        cells: number of cells, roughly; errors fall with its square.
        quantizer: the noisy trap quantizer.

    Raises:
        DomainError, StabilityError: the quantizer's conditions, or a trap that the expert can enter.

    Source: ours; after arXiv:2603.20538, Theorem 6.

    >>> witness = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.01, x_c=0.525, cells=600)
    >>> [round(float(witness.absorbed(200)[h - 1]), 4) for h in (50, 200)]
    [0.9209, 1.0]
    """

    A: float
    B: float
    c: float
    W: float
    eps: float
    x_c: float
    cells: int = 1200
    quantizer: NoisyTrap = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        quantizer = NoisyTrap(A=self.A, B=self.B, c=self.c, W=self.W, eps=self.eps, centre=self.x_c)
        least = quantizer.trap_radius + quantizer.expert_radius
        if self.x_c <= least:
            raise DomainError(f"x_c must exceed {least}, where the expert could enter the trap, got {self.x_c}")
        positive_int("cells", self.cells, minimum=10)
        object.__setattr__(self, "quantizer", quantizer)

    def values(self) -> Mapping[str, float]:
        return {name: getattr(self, name) for name in ("eps", "A", "B", "c", "W", "x_c")}

    @cached_property
    def _expert_cells(self) -> tuple[FloatArray, FloatArray]:
        """Cells of [−R, R]; 0 and eps are ends."""
        R = self.quantizer.expert_radius
        width = 2 * (R + self.quantizer.trap_radius) / self.cells
        ends = (-R, 0.0, self.eps, R)
        return grid([(a, b, int(np.ceil((b - a) / width))) for a, b in pairwise(ends)])

    @cached_property
    def expert(self) -> NoisyChain:
        low, high = self._expert_cells
        slope = np.full(len(low), self.A + self.B * self.c)
        return NoisyChain(low, high, slope, np.zeros(len(low)), self.W)

    @cached_property
    def deployed(self) -> NoisyChain:
        """The deployed policy's chain, on the expert's cells and the trap's."""
        low, high = self._expert_cells
        radius = self.quantizer.trap_radius
        count = max(self.cells - len(low), 10)
        trap_low, trap_high = grid([(self.x_c - radius, self.x_c + radius, count)])
        inside = (low >= 0) & (high <= self.eps)
        slope = np.concatenate([np.where(inside, self.A, self.A + self.B * self.c), np.full(count, self.A)])
        held = np.full(count, (1 - self.A) * self.x_c)
        offset = np.concatenate([np.where(inside, self.x_c, 0.0), held])
        return NoisyChain(np.append(low, trap_low), np.append(high, trap_high), slope, offset, self.W)

    def _start(self, chain: NoisyChain) -> FloatArray:
        R = self.quantizer.expert_radius
        return np.where(chain.high <= R, (chain.high - chain.low) / (2 * R), 0.0)

    def absorbed(self, horizon: int) -> FloatArray:
        """P(the trigger was met at one of the steps 0..h), h < horizon; off by at most `deployed.error(h + 1)`."""
        laws = self.deployed.laws(self._start(self.deployed), positive_int("horizon", horizon) + 1)
        return np.asarray(laws[1:, self.deployed.low > self.quantizer.expert_radius].sum(axis=1))

    def losses(self) -> FloatArray:
        """Mean loss min(1, |u − c x|) of each deployed cell, exact for a constant density."""
        low, high, quantizer = self.deployed.low, self.deployed.high, self.quantizer
        middle = (low + high) / 2
        code = quantizer.quantize_state(middle)
        gap = np.where(quantizer.region(middle) > 0, 1.0, 0.0)
        ends = [gap * (code - self.c * x) for x in (low, high)]
        return _mean_capped(ends[1], ends[0])

    def regret(self, horizon: int) -> Enclosure:
        """Enclose the expected regret over the horizon."""
        chain, H = self.deployed, positive_int("horizon", horizon)
        total = float((chain.laws(self._start(chain), H) @ self.losses()).sum())
        oscillation = float(self.c * (chain.high - chain.low).max())
        error = sum(chain.expectation_error(h, oscillation) for h in range(H))
        return Enclosure(total - error, total + error)

    def expert_error(self, horizon: int) -> list[Enclosure]:
        """Enclose E|q(u_h) − u_h| under the expert at each step h = 0..horizon − 1."""
        chain, top = self.expert, self.x_c / self.B
        inside = (chain.low >= 0) & (chain.high <= self.eps)
        error = np.where(inside, top - self.c * (chain.low + chain.high) / 2, 0.0)
        laws = chain.laws(self._start(chain), positive_int("horizon", horizon))
        oscillation = float(self.c * (chain.high - chain.low).max()) / top
        result = []
        for h, law in enumerate(laws):
            middle, slack = float(law @ error), top * chain.expectation_error(h, oscillation)
            result.append(Enclosure(middle - slack, middle + slack))
        return result


def _mean_capped(low: FloatArray, high: FloatArray) -> FloatArray:
    """Mean of min(1, v) for v uniform on [low, high], low ≥ 0 (or both 0)."""
    width = np.where(high > low, high - low, 1.0)
    over = np.maximum(high - 1, 0.0)
    crossing = (1 - (np.minimum(low, 1.0)) ** 2) / 2 + low - np.minimum(low, 1.0)
    part = np.where(low >= 1, 1.0, (crossing + over - np.maximum(low - 1, 0.0)) / width)
    return np.asarray(np.where(high <= 1, (low + high) / 2, part))
