"""The trap under Gaussian noise of fixed variance: share trapped, regret and error by its density."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from simulators.errors import FloatArray, IntArray, StabilityError, open_unit, positive_int, positive_number
from simulators.exact.density import Enclosure, grid
from simulators.exact.gaussian_chain import GaussianChain
from simulators.quantizers.traps import NoisyTrap

_FAR = 9.0  # standard deviations beyond which there is less than TAIL


@dataclass(frozen=True)
class GaussianTrapWitness:
    """x' = A x + B u + w, w ~ N(0, sigma²), expert c x from its stationary law, codes exact but on trigger and trap.

    With z = √(2 log(2/eps²)), spread = sigma/√(1 − (A + B c)²), r = sigma z/(1 − A), x_c = spread z + r: the code is
    x_c/B on the trigger [0, eps/z], (1 − A) x_c/B on the trap [x_c − r, x_c + r], c x elsewhere; the reward is
    max(0, 1 − |u − c x|).
    Noise beyond sigma z, without which the trap is not left, has probability at most eps² a step; the expert is beyond
    spread z as rarely; the trigger is entered with probability of order eps/z a step. So the error is O(eps), and the
    regret H (1 − o(1)) times a constant.

    Attributes:
        A: state coefficient, in (0, 1).
        B: action coefficient, > 0.
        c: the expert's slope, > 0, A + B c < 1.
        sigma: standard deviation of the noise, > 0.
        eps: scale, in (0, 1).
        cells: number of cells, roughly.
        quantizer: the trap, which holds all noise up to sigma z.

    Raises:
        DomainError, StabilityError: a parameter out of range.

    Source: ours; after arXiv:2603.20538, Theorem 6.

    >>> witness = GaussianTrapWitness(A=0.2, B=0.3, c=1.0, sigma=0.1, eps=0.05, cells=400)
    >>> round(witness.expert_error() / 0.05, 2), round(float(witness.trapped(100)[-1]), 2)
    (2.76, 0.99)
    """

    A: float
    B: float
    c: float
    sigma: float
    eps: float
    cells: int = 1200
    quantizer: NoisyTrap = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("A", "B", "c", "sigma"):
            object.__setattr__(self, name, positive_number(name, getattr(self, name)))
        object.__setattr__(self, "eps", open_unit("eps", self.eps))
        positive_int("cells", self.cells, minimum=10)
        if self.loop >= 1:
            raise StabilityError(f"A + B·c must be below 1, got {self.loop}")
        inner, trigger = self.sigma * self.z, self.eps / self.z
        centre = self.spread * self.z + inner / (1 - self.A)
        quantizer = NoisyTrap(A=self.A, B=self.B, c=self.c, W=inner, eps=trigger, centre=centre)
        object.__setattr__(self, "quantizer", quantizer)

    @property
    def loop(self) -> float:
        """Slope of the expert's closed loop."""
        return self.A + self.B * self.c

    @property
    def z(self) -> float:
        """Standard deviations of noise that are exceeded with probability at most eps²."""
        return math.sqrt(2 * math.log(2 / self.eps**2))

    @property
    def spread(self) -> float:
        """Standard deviation of the expert's stationary law."""
        return self.sigma / math.sqrt(1 - self.loop**2)

    @cached_property
    def chain(self) -> GaussianChain:
        """The deployed policy's chain; trigger and trap are whole cells."""
        trap, first = self.quantizer, min(-_FAR * self.spread, -_FAR * self.sigma / (1 - self.loop))
        held = (trap.centre - trap.trap_radius, trap.centre + trap.trap_radius)
        ends = (first, 0.0, trap.eps, *held, held[1] + _FAR * self.sigma)
        width = (ends[-1] - ends[0]) / self.cells
        low, high = grid([(a, b, math.ceil((b - a) / width)) for a, b in pairwise(ends)])
        high = np.append(low[1:], high[-1])
        region = trap.region((low + high) / 2)
        slope = np.where(region > 0, self.A, self.loop)
        offset = np.select([region == 1, region == 2], [trap.centre, (1 - self.A) * trap.centre], 0.0)
        return GaussianChain(low, high, slope, offset, self.sigma)

    @cached_property
    def _region(self) -> IntArray:
        """Of each cell: 1 in the trigger, 2 in the trap, 0 elsewhere."""
        return self.quantizer.region((self.chain.low + self.chain.high) / 2)

    def _start(self) -> FloatArray:
        from scipy.special import ndtr

        return np.diff(ndtr(self.chain.low[1:] / self.spread), prepend=0.0, append=1.0)

    def trapped(self, horizon: int) -> FloatArray:
        """P(the state is in the trap before step h), h from 0; off by at most half of `chain.error(h)`."""
        mass = self.chain.laws(self._start(), positive_int("horizon", horizon))
        return np.asarray(mass[:, self._region == 2].sum(axis=1))

    def regret(self, horizon: int) -> Enclosure:
        """Enclose the expected regret: loss min(1, |u − c x|), between its least and largest value on each cell."""
        mass = self.chain.laws(self._start(), positive_int("horizon", horizon))
        code = np.where(self._region == 1, self.quantizer.trigger_action, self.quantizer.trap_action)
        losses = [
            np.where(self._region > 0, np.minimum(1.0, np.abs(code - self.c * x)), 0.0)
            for x in (self.chain.low, self.chain.high)
        ]
        slack = sum(self.chain.error(h) for h in range(horizon)) / 2
        low, high = (float((mass @ pick(*losses)).sum()) for pick in (np.minimum, np.maximum))
        return Enclosure(low - slack, high + slack)

    def expert_error(self) -> float:
        """E|q(u) − u| under the expert at any step, by quadrature: the state is N(0, spread²)."""
        from scipy.integrate import quad

        def part(low: float, high: float, code: float) -> float:
            def weighed(x: float) -> float:
                density = math.exp(-((x / self.spread) ** 2) / 2) / (self.spread * math.sqrt(2 * math.pi))
                return abs(code - self.c * x) * density

            return float(quad(weighed, low, high, epsabs=1e-14)[0])

        q = self.quantizer
        caught = part(q.centre - q.trap_radius, q.centre + q.trap_radius, q.trap_action)
        return part(0.0, q.eps, q.trigger_action) + caught

    def values(self) -> Mapping[str, float]:
        return {name: getattr(self, name) for name in ("eps", "A", "B", "c")} | {"sigma_w": self.sigma}
