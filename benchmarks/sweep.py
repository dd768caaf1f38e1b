"""A sweep on two worker processes against one, and what a nearly empty cell costs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import Benchmark, Measured, NotMeasured, paired, within
from quantbc.sweeps.engine import run
from quantbc.sweeps.executors import Workers, connect
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep

_WORKERS = "a sweep on 2 workers / on 1"
_ALLOWED = 1e-3  # seconds
_OVERHEAD = {"a nearly empty cell on 2 workers / 1 ms": "<= 1", "a nearly empty cell in this process / 1 ms": "<= 1"}


def busy(cell: Cell) -> dict[str, Any]:
    """Some hundredths of a second of one core: Gaussian elimination, row by row."""
    matrix = cell.rng().standard_normal((cell.settings["size"], cell.settings["size"]))
    for i in range(len(matrix) - 1):
        for j in range(i + 1, len(matrix)):
            matrix[j] -= matrix[j, i] / matrix[i, i] * matrix[i]
    return {"determinant": float(np.prod(np.diag(matrix)))}


def tiny(cell: Cell) -> dict[str, Any]:
    """Next to nothing."""
    return {"seed": cell.seed}


def sweep(computation: Computation, axis: Axis, cells: int) -> Sweep:
    """Cells that differ in their seeds."""
    return Sweep("benchmark", (axis,), tuple(range(cells)), computation.version)


@contextmanager
def computed(cells: Sweep, computation: Computation, workers: Workers) -> Iterator[Store]:
    """Everything from the description to the last row of a new store, which is gone afterwards.

    Raises:
        NotMeasured: a cell failed.
    """
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "results.sqlite")) as store:
        if run(cells, computation, store, workers, lambda _: None).failed:
            raise NotMeasured("a cell of the sweep failed")
        yield store


def compute(cells: Sweep, computation: Computation, workers: Workers) -> None:
    """The work that is timed."""
    with computed(cells, computation, workers):
        pass


def results(cells: Sweep, computation: Computation, workers: Workers) -> list[dict[str, Any] | None]:
    """What the store holds afterwards, cell by cell."""
    with computed(cells, computation, workers) as store:
        return [result for _, result, _ in store.outcomes(cells.cells())]


@contextmanager
def one_and_two() -> Iterator[tuple[Workers, Workers]]:
    """This process alone, and two worker processes.

    Raises:
        NotMeasured: there is one core only.
    """
    if (os.cpu_count() or 1) < 2:
        raise NotMeasured("two workers need two cores")
    with connect(workers=1, cluster=None) as one, connect(workers=2, cluster=None) as two:
        yield one, two


def workers(quick: bool) -> Iterator[Measured]:
    """Cells of some hundredths of a second, on two workers and on one.

    Raises:
        NotMeasured: the results depend on the workers, or there is one core only.
    """
    work = Computation(busy, ("benchmarks.sweep",))
    cells = sweep(work, Axis("size", (150,)), 60 if quick else 200)
    with one_and_two() as (one, two):
        if results(cells, work, one) != results(cells, work, two):
            raise NotMeasured("two workers must store what one stores")
        timings = paired([partial(compute, cells, work, two), partial(compute, cells, work, one)], 3 if quick else 5)
        yield timings.row(_WORKERS, 0, 1, speedup=True)


def overhead(quick: bool) -> Iterator[Measured]:
    """What the engine itself costs, a cell; one millisecond is allowed.

    Raises:
        NotMeasured: there is one core only.
    """
    nothing, count = Computation(tiny, ("benchmarks.sweep",)), 2000 if quick else 20000
    cells = sweep(nothing, Axis("size", (0,)), count)
    with one_and_two() as (one, two):
        works = [partial(compute, cells, nothing, two), partial(compute, cells, nothing, one)]
        timings = paired(works, 2 if quick else 3).seconds / count
    for index, name in enumerate(_OVERHEAD):
        yield within(name, timings[:, index].tolist(), _ALLOWED)


BENCHMARKS = (Benchmark({_WORKERS: ">= 1.7"}, workers), Benchmark(_OVERHEAD, overhead))
