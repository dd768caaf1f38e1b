"""What grows with what: the works of the growth figure, their sizes, and the exponents that are stated for them."""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import bounds
from benchmarks import paired
from benchmarks.exact import Case, laws
from benchmarks.rollouts import simulate
from benchmarks.sweep import compute, tiny
from quantbc.sweeps.executors import connect
from quantbc.sweeps.sweep import Axis, Computation, Sweep
from simulators.exact.divergences import affinity
from simulators.exact.dp import expected_returns

Work = Callable[[], object]

AXES = {
    "H": "horizon $H$ (steps)",
    "S": "number of states $S$",
    "K": "number of actions $K$",
    "cells": "cells, grid points or episodes",
}
"""What sizes count, and the label of the axis."""

_POLICIES = 16
_LEAST_SECONDS = 0.02
_CLEARLY = 0.05
_VALUES: dict[str, Any] = {"log_class_size": 50.0, "delta": 0.05, "C": 0.5, "eta": 0.9, "L": 0.01, "eps_q": 1e-3}


@dataclass(frozen=True)
class Curve:
    """A work whose size varies along one axis.

    Attributes:
        work: short name.
        axis: key of `AXES`.
        sizes: increasing.
        quick: how many of the smallest sizes a quick run takes.
        time: exponent stated for the time, an upper limit.
        memory: exponent stated for the memory.
        prepare: size → the work; what it prepares counts neither as time nor as memory.
    """

    work: str
    axis: str
    sizes: tuple[int, ...]
    quick: int
    time: int
    memory: int
    prepare: Callable[[int], Work]


def evaluate_horizon(H: int) -> Work:
    """Theorem 2 at one horizon."""
    return lambda: bounds.evaluate(bounds.catalog["theorem_2"], H=H, n=1000, **_VALUES).total


def evaluate_points(points: int) -> Work:
    """Theorem 2 at H = 100 and many n."""
    n = np.geomspace(10, 1e6, points)
    return lambda: bounds.evaluate(bounds.catalog["theorem_2"], H=100, n=n, **_VALUES).total


def exact(size: int, *, axis: str) -> Work:
    """Returns of 16 time-varying policies."""
    fixed = {"H": {"S": 100, "K": 8}, "S": {"K": 8, "H": 10}, "K": {"S": 200, "H": 10}}[axis] | {axis: size}
    case = Case.draw(fixed["S"], fixed["K"], fixed["H"])
    return partial(expected_returns, case.mdp, case.varying[:_POLICIES])


def distance(size: int, *, axis: str) -> Work:
    """Affinity of two laws that vary with the step."""
    fixed = {"H": {"S": 12, "K": 4}, "S": {"K": 4, "H": 10}, "K": {"S": 60, "H": 30}}[axis] | {axis: size}
    return partial(affinity, *laws(fixed["S"], fixed["K"], fixed["H"]))


def roll_out_horizon(H: int) -> Work:
    """Returns of 4 000 roll-outs."""
    return partial(simulate, horizon=H, episodes=4000)


def roll_out_episodes(episodes: int) -> Work:
    """Returns of roll-outs of 20 steps."""
    return partial(simulate, horizon=20, episodes=episodes)


def sweep_cells(cells: int) -> Work:
    """A sweep of nearly empty cells in this process, into a new store; as many settings as seeds."""
    side, nothing = math.isqrt(cells), Computation(tiny, ("benchmarks.sweep",))
    described = Sweep("growth", (Axis("row", tuple(range(side))),), tuple(range(side)), nothing.version)

    def work() -> None:
        with connect(workers=1, cluster=None) as alone:
            compute(described, nothing, alone)

    return work


def _powers(first: int, count: int, ratio: int = 2) -> tuple[int, ...]:
    return tuple(first * ratio**i for i in range(count))


CURVES = (
    Curve("bound", "H", _powers(64_000, 6), 4, 1, 1, evaluate_horizon),
    Curve("exact returns", "H", _powers(25, 6), 4, 1, 0, partial(exact, axis="H")),
    Curve("affinity", "H", _powers(160, 6), 4, 1, 0, partial(distance, axis="H")),
    Curve("roll-outs", "H", _powers(25, 6), 4, 1, 0, roll_out_horizon),
    Curve("exact returns", "S", _powers(25, 6), 4, 2, 1, partial(exact, axis="S")),
    Curve("affinity", "S", _powers(25, 5), 4, 2, 2, partial(distance, axis="S")),
    Curve("exact returns", "K", _powers(2, 6), 4, 1, 1, partial(exact, axis="K")),
    Curve("affinity", "K", _powers(2, 6), 4, 1, 1, partial(distance, axis="K")),
    Curve("bound", "cells", _powers(20_000, 6), 4, 1, 1, evaluate_points),
    Curve("roll-outs", "cells", _powers(4000, 5), 4, 1, 1, roll_out_episodes),
    Curve("sweep", "cells", (256, 576, 1296, 2916, 6561), 4, 1, 0, sweep_cells),
)


def timed(works: list[Work], repeats: int) -> list[float]:
    """Median seconds of each work, all in turns; a work too short for the clock runs many times in each turn."""
    counts = []
    for work in works:
        work()
        start = time.perf_counter()
        work()
        counts.append(max(1, round(_LEAST_SECONDS / max(time.perf_counter() - start, 1e-9))))

    def several(work: Work, count: int) -> None:
        for _ in range(count):
            work()

    timings = paired([partial(several, work, count) for work, count in zip(works, counts, strict=True)], repeats)
    return [timings.median(i) / count for i, count in enumerate(counts)]


def peak_bytes(work: Work) -> int:
    """The most memory that Python and numpy held at a time during the work beyond what they held before it.

    Example:
        >>> 8_000_000 <= peak_bytes(lambda: np.ones(1_000_000)) < 9_000_000
        True
    """
    work()  # modules that are imported late, caches that are filled once
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


class Slope(NamedTuple):
    """An exponent with its interval.

    Attributes:
        value: least-squares slope of log y against log x.
        low: lower end of the 95 % interval, which takes departures from a power law for independent noise.
        high: upper end.
    """

    value: float
    low: float
    high: float

    def exceeds(self, exponent: float) -> bool:
        """Whether the whole interval lies clearly above an exponent: a factor 1.03 or more for every doubling.

        Example:
            >>> Slope(2.0, 1.9, 2.1).exceeds(1), Slope(1.1, 0.9, 1.3).exceeds(1)
            (True, False)
        """
        return self.low > exponent + _CLEARLY


def slope(x: list[int], y: list[float]) -> Slope:
    """Fit a power law.

    Args:
        x: at least three sizes.
        y: positive values.

    Example:
        >>> [round(value, 9) for value in slope([1, 2, 4, 8], [3.0, 12.0, 48.0, 192.0])]
        [2.0, 2.0, 2.0]
    """
    from scipy.stats import linregress, t

    if len(set(y)) == 1:
        return Slope(0.0, 0.0, 0.0)
    fit = linregress(np.log(x), np.log(y))
    reach = float(t.ppf(0.975, len(x) - 2) * fit.stderr)
    return Slope(float(fit.slope), float(fit.slope) - reach, float(fit.slope) + reach)
