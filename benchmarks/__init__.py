"""Speed, measured side by side in one run: `python -m benchmarks`.

What is measured is data: every module has `BENCHMARKS`, a tuple of `Benchmark`, each with the names and targets of
its rows beside the function that measures them. A row that was promised and not measured is a failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from subprocess import CalledProcessError
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class NotMeasured(RuntimeError):  # noqa: N818 – it is what the report says
    """A row that cannot be measured here, or whose result disagrees with its reference."""


class Measured(NamedTuple):
    """One measurement.

    Attributes:
        name: what was timed, against what.
        ours: median seconds, or another quantity.
        reference: median seconds of the reference, or what is allowed.
        ratio: the number the target speaks of: the median over the rounds of the ratio within a round.
        low: lower quartile of the ratios.
        high: upper quartile.
        unit: what ours and reference are in.
    """

    name: str
    ours: float
    reference: float
    ratio: float
    low: float
    high: float
    unit: str = "s"


def within(name: str, values: Sequence[float], allowed: float, unit: str = "s") -> Measured:
    """What has no reference but a limit.

    Example:
        >>> within("a walk", [2.0, 3.0, 4.0], 6.0).ratio
        0.5
    """
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return Measured(name, middle, allowed, middle / allowed, low / allowed, high / allowed, unit)


@dataclass(frozen=True)
class Row:
    """A measurement and what was wanted of it.

    Attributes:
        measured: the measurement.
        target: ``"<= 1.3"`` or ``">= 1e5"``.
    """

    measured: Measured
    target: str

    @property
    def met(self) -> bool:
        """Whether the ratio meets the target.

        Example:
            >>> Row(Measured("a sum", 1.0, 2.0, 0.5, 0.5, 0.5), "<= 1.3").met
            True
        """
        relation, number = self.target.split()
        ratio = self.measured.ratio
        return ratio <= float(number) if relation == "<=" else ratio >= float(number)


@dataclass(frozen=True)
class Benchmark:
    """Rows that are measured together.

    Attributes:
        targets: name of each row and its target.
        measure: whether to be quick → the measurements.
    """

    targets: Mapping[str, str]
    measure: Callable[[bool], Iterable[Measured]]

    def rows(self, quick: bool) -> Iterator[Row]:
        """Measure; rows as they come.

        Raises:
            NotMeasured: a row cannot be measured, disagrees with its reference, or did not come.
        """
        waiting = dict(self.targets)
        try:
            for measured in self.measure(quick):
                yield Row(measured, waiting.pop(measured.name))
        except (ImportError, OSError, CalledProcessError) as error:
            raise NotMeasured(f"{', '.join(waiting)}: {error}") from error
        except NotMeasured as error:
            raise NotMeasured(f"{', '.join(waiting)}: {error}") from error
        if waiting:
            raise NotMeasured(f"{', '.join(waiting)}: no number came")


@dataclass(frozen=True, eq=False)
class Timings:
    """Seconds of several works, taken in turns.

    Attributes:
        seconds: seconds[turn, work].
    """

    seconds: NDArray[np.float64]

    def median(self, work: int) -> float:
        """Median seconds of one work."""
        return float(np.median(self.seconds[:, work]))

    def row(self, name: str, ours: int, reference: int, *, speedup: bool = False, scale: float = 1.0) -> Measured:
        """A measurement: ours over reference within each round, or the reverse if it is a speed-up.

        Args:
            name: name of the row.
            ours: index of our work.
            reference: index of the reference.
            speedup: whether the ratio is reference over ours.
            scale: what the reference's seconds are multiplied by, when it did only a part of the work.

        Example:
            >>> Timings(np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 8.0]])).row("a", 0, 1, speedup=True).ratio
            4.0
        """
        first, second = self.seconds[:, ours], scale * self.seconds[:, reference]
        low, ratio, high = np.quantile(second / first if speedup else first / second, [0.25, 0.5, 0.75]).tolist()
        return Measured(name, float(np.median(first)), float(np.median(second)), ratio, low, high)


def paired(works: Sequence[Callable[[], object]], repeats: int) -> Timings:
    """Time works in turns, after one warm-up each, so that a busy machine troubles all alike.

    Every other round runs backwards: no work always finds the cache as the same neighbour left it.

    Example:
        >>> paired([lambda: sum(range(9)), lambda: sum(range(99))], 3).seconds.shape
        (3, 2)
    """
    seconds = np.empty((repeats, len(works)))
    for work in works:
        work()
    for turn in range(repeats):
        forwards = range(len(works))
        for index in forwards if turn % 2 == 0 else reversed(forwards):
            start = time.perf_counter()
            works[index]()
            seconds[turn, index] = time.perf_counter() - start
    return Timings(seconds)


def compare(
    name: str,
    ours: Callable[[], object],
    reference: Callable[[], object],
    repeats: int,
    *,
    speedup: bool = False,
    scale: float = 1.0,
) -> Measured:
    """Time one work against its reference; see `Timings.row`."""
    return paired([ours, reference], repeats).row(name, 0, 1, speedup=speedup, scale=scale)
