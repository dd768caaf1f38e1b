"""A sweep on two worker processes against one, and what a nearly empty cell costs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import Row, side_by_side
from quantbc.engine import run
from quantbc.executors import Workers, connect
from quantbc.store import Store
from quantbc.sweep import Axis, Cell, Computation, Sweep


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


def compute(cells: Sweep, computation: Computation, workers: Workers) -> None:
    """Everything from the description to the last row of a new store.

    Raises:
        RuntimeError: a cell failed.
    """
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "results.sqlite")) as store:
        if run(cells, computation, store, workers, lambda _: None).failed:
            raise RuntimeError("a cell of the sweep failed")


def rows(quick: bool) -> Iterator[Row]:
    """All rows of this module.

    Raises:
        RuntimeError: there is one core only.
    """
    if (os.cpu_count() or 1) < 2:
        raise RuntimeError("two workers need two cores")
    work = Computation(busy, ("benchmarks.sweep",))
    cells = sweep(work, Axis("size", (150,)), 60 if quick else 200)
    with connect(workers=1, cluster=None) as one, connect(workers=2, cluster=None) as two:
        both, alone = side_by_side(
            partial(compute, cells, work, two), partial(compute, cells, work, one), 2 if quick else 5
        )
        yield Row("a sweep on 2 workers / on 1", both, alone, alone / both, ">= 1.7")
        nothing = Computation(tiny, ("benchmarks.sweep",))
        count = 2000 if quick else 20000
        empty = sweep(nothing, Axis("size", (0,)), count)
        shared, own = side_by_side(partial(compute, empty, nothing, two), partial(compute, empty, nothing, one), 1)
        yield Row("a nearly empty cell on 2 workers / 1 ms", shared / count, 1e-3, shared / count / 1e-3, "<= 1")
        yield Row("a nearly empty cell in this process / 1 ms", own / count, 1e-3, own / count / 1e-3, "<= 1")
