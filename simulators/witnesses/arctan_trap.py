"""Theorem 6's trap: the deployed policy's regret and the error under the expert's law, enclosed to any accuracy."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from simulators.errors import FloatArray, IntArray, positive_int
from simulators.exact.density import Enclosure, Pieces, enclose_distance, gaussian_probability
from simulators.quantizers.traps import FIRST, PASS, SECOND, ArctanTrap
from simulators.systems.arctan import ArctanSystem

SETTLED = 1e-18
"""A trapped state this close to the end of its interval stays there in float64."""

FARTHEST = 38.0
"""First states beyond this have probability below 1e-315."""


@dataclass(frozen=True)
class DeployedTrap:
    """What the deployed policy does.

    Attributes:
        regret: expected regret over the horizon.
        trapped: trapped[h] = P(the state is in T1 or T2 before step h), h from 0.
        pieces: how many intervals of first states were told apart.
    """

    regret: Enclosure
    trapped: FloatArray
    pieces: int


@dataclass(frozen=True)
class ArctanTrapWitness:
    """x' = A x + B u, x_1 ~ N(0, 1), expert arctan, r = 1 − |u − arctan x|, the trap quantizer imitated perfectly.

    The deployed loop is affine with slope A between the quantizer's boundaries, so intervals of first states are
    followed exactly; a state in the trap is followed by its closed form, which no rounding can free. Enclosures hold up
    to rounding (relative 1e-12, tested against Monte Carlo and against refinement).

    Attributes:
        A, B, k, d, eps: parameters of the quantizer, in its order and with its conditions.
        quantizer: the trap quantizer.
        system: the closed loop of the expert.

    Raises:
        DomainError, StabilityError: the quantizer's conditions.

    Source: arXiv:2603.20538, Theorem 6; the numbers are ours.

    >>> witness = ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
    >>> deployed = witness.deployed(50, resolution=2000)
    >>> round(deployed.regret.middle, 2), deployed.regret.width < 0.02
    (31.16, True)
    """

    A: float
    B: float
    k: float
    d: float
    eps: float
    quantizer: ArctanTrap = field(init=False, repr=False, compare=False)
    system: ArctanSystem = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantizer", ArctanTrap(A=self.A, B=self.B, k=self.k, d=self.d, eps=self.eps))
        object.__setattr__(self, "system", ArctanSystem(self.A, self.B))

    def values(self) -> Mapping[str, float]:
        return {"eps": self.eps, "A": self.A, "B": self.B, "k": self.k, "d": self.d}

    @cached_property
    def boundaries(self) -> FloatArray:
        """States at which the executed code changes, increasing."""
        inner = self.quantizer.binning.edges[1:-1]
        return np.unique(np.concatenate([np.tan(inner), self.quantizer.intervals.ravel()]))

    @cached_property
    def _middles(self) -> FloatArray:
        """One state inside each cell between boundaries."""
        ends = np.concatenate([[self.boundaries[0] - 1], self.boundaries, [self.boundaries[-1] + 1]])
        return np.asarray((ends[1:] + ends[:-1]) / 2)

    @cached_property
    def codes(self) -> FloatArray:
        """Executed action of each cell between boundaries."""
        return self.quantizer.quantize_state(self._middles)

    @cached_property
    def regions(self) -> IntArray:
        """The quantizer's region of each cell between boundaries."""
        return self.quantizer.region(self._middles)

    def deployed(self, horizon: int, *, resolution: int = 20_000) -> DeployedTrap:
        """Follow all first states to the horizon.

        Args:
            horizon: H ≥ 1.
            resolution: how many equal intervals of [−8, 8] to start from; once they are narrower than the quantizer's
                cells, the enclosure narrows in proportion.
        """
        positive_int("horizon", horizon)
        inner = np.linspace(-8.0, 8.0, positive_int("resolution", resolution) + 1)
        pieces = Pieces.between(np.concatenate([[-FARTHEST], inner, [FARTHEST]]))
        low = high = 0.0
        trapped, count = np.zeros(horizon), 0
        for h in range(horizon):
            if not len(pieces):
                break
            pieces = pieces.split(self.boundaries)
            cell = pieces.cells(self.boundaries)
            region, weight = self.regions[cell], pieces.weights(gaussian_probability)
            caught = (region == FIRST) | (region == SECOND)
            trapped[h:] += weight[caught].sum()
            count += int(caught.sum())
            for which in (FIRST, SECOND):
                mine = region == which
                least, most = self._trapped_losses(pieces.select(mine), which, horizon - h)
                low, high = low + float(weight[mine] @ least), high + float(weight[mine] @ most)
            free = ~caught
            pieces, weight, code = pieces.select(free), weight[free], self.codes[cell[free]]
            least, most = enclose_distance(np.arctan(pieces.low), np.arctan(pieces.high), code)
            low, high = low + float(weight @ least), high + float(weight @ most)
            pieces = pieces.move(np.full(len(pieces), self.A), self.B * code)
        return DeployedTrap(Enclosure(low, high), trapped, count + len(pieces))

    def _trapped_losses(self, pieces: Pieces, region: int, steps: int) -> tuple[FloatArray, FloatArray]:
        """Least and largest loss of each piece over `steps` steps that begin in T1 or T2.

        T1's state is y = (d+1) eps − z, T2's is B + A y, and each round multiplies z by A².
        """
        top = (self.d + 1) * self.eps
        shift, scale = (0.0, 1.0) if region == FIRST else (self.B, self.A)
        gaps = [np.clip(top - (x - shift) / scale, 0.0, self.eps) for x in (pieces.high, pieces.low)]
        jump = top * (1 - self.A**2) / self.B - self.A
        low, high = np.zeros(len(pieces)), np.zeros(len(pieces))
        first = region == FIRST
        settled = min(steps, 2 * math.ceil(math.log(SETTLED) / (2 * math.log(self.A))))
        for step in range(settled + min(2, steps - settled)):  # two more steps stand for all later ones
            near, far = top - gaps[1], top - gaps[0]
            code, x = (1.0, (near, far)) if first else (jump, (self.B + self.A * near, self.B + self.A * far))
            least, most = enclose_distance(np.arctan(x[0]), np.arctan(x[1]), code)
            times = 1 if step < settled else (steps - step + 1) // 2
            low, high = low + times * least, high + times * most
            if not first:
                gaps = [self.A**2 * gap for gap in gaps]
            first = not first
        return low, high

    def expert_error(self, horizon: int, *, resolution: int = 16) -> list[Enclosure]:
        """Enclose E|q(u_h) − u_h| under the expert at each step h = 0..horizon − 1.

        The expert's closed loop is increasing, so P(x_h ≤ z) is that of the first state that is taken to z. The law is
        symmetric and the trigger's code above the trigger's actions, so there the mean error is the code itself.

        Args:
            horizon: H ≥ 1.
            resolution: parts of each half cell, on which the error is monotone.
        """
        positive_int("horizon", horizon)
        inner = self.codes[np.abs(self.codes) < np.pi / 2]
        monotone = np.unique(np.concatenate([self.boundaries, np.tan(inner), [-FARTHEST, FARTHEST]]))
        shares = np.linspace(0.0, 1.0, positive_int("resolution", resolution) + 1)[:-1]
        points = np.append((monotone[:-1, None] + np.diff(monotone)[:, None] * shares).ravel(), monotone[-1])
        cell = np.searchsorted(self.boundaries, (points[1:] + points[:-1]) / 2)
        least, most = enclose_distance(np.arctan(points[:-1]), np.arctan(points[1:]), self.codes[cell])
        inside = self.regions[cell] == PASS
        least[inside] = most[inside] = self.codes[cell[inside]]
        result = []
        for _ in range(horizon):
            first, last = np.searchsorted(points, -FARTHEST, "right") - 1, np.searchsorted(points, FARTHEST) + 1
            points, least, most = points[first:last], least[first : last - 1], most[first : last - 1]
            weight = gaussian_probability(points[:-1], points[1:])
            result.append(Enclosure(float(weight @ least), float(weight @ most)))
            points = self._origin(points)
        return result

    def _origin(self, states: FloatArray) -> FloatArray:
        """Where the expert was one step before, cut off where no first state lies."""
        return np.clip(self.system.closed_loop_inverse(states), -2 * FARTHEST, 2 * FARTHEST)

    def average_error(self, horizon: int, *, resolution: int = 16) -> Enclosure:
        """Enclose the mean of `expert_error` over the horizon: the in-distribution error of `theorem_6_error`."""
        steps = self.expert_error(horizon, resolution=resolution)
        return Enclosure(sum(e.low for e in steps) / horizon, sum(e.high for e in steps) / horizon)
