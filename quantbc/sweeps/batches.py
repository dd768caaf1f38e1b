"""The worker's side of a sweep: a batch of cells in, results or tracebacks out."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Sequence
from functools import lru_cache
from types import TracebackType

from threadpoolctl import ThreadpoolController

from quantbc import interrupts
from quantbc.errors import ProblemError
from quantbc.sweeps.sweep import Cell, Computation

Computed = tuple[str | None, str | None]
"""A result as JSON text, or the traceback of a failure."""


def traceback_of(error: BaseException) -> str:
    """An error with its traceback."""
    return "".join(traceback.format_exception(error))


class _Recorder:
    """Keeps the traceback of whatever ends its block, but for the user's own interruption."""

    traceback: str | None = None

    def __enter__(self) -> _Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None or isinstance(error, KeyboardInterrupt):
            return False
        if interrupts.received():  # its echo: a library made another error of it
            raise KeyboardInterrupt from error
        self.traceback = traceback_of(error)
        return True


@lru_cache(maxsize=1)
def _linear_algebra(_modules: int) -> ThreadpoolController:
    """The libraries to hold to one thread; looked up again once more modules are there, which may have loaded some."""
    return ThreadpoolController()


def compute_batch(
    computation: Computation, version: str, cells: Sequence[Cell], seconds: float
) -> tuple[list[Computed], float]:
    """Compute cells until the time is over, at least one.

    Cells do small linear algebra, so one thread each is fastest, leaves the cores to other cells, and gives the same
    bits everywhere.

    Args:
        computation: what computes a cell.
        version: the version that the sender's computation has.
        cells: the cells.
        seconds: no further cell is begun after so long.

    Returns:
        An outcome for each cell that was computed, the first ones given; and the seconds spent on them.

    Raises:
        ProblemError: this process has other sources than the sender.
    """
    if computation.version != version:
        raise ProblemError(
            f"workers must run the same code and libraries as this process, version {version[:12]}, "
            f"got {computation.version[:12]}"
        )
    done: list[Computed] = []
    start = time.perf_counter()
    for cell in cells:
        result, recorder = None, _Recorder()
        with recorder, _linear_algebra(len(sys.modules)).limit(limits=1):
            result = json.dumps(dict(computation.function(cell)))
        done.append((result, recorder.traceback))
        if time.perf_counter() - start >= seconds:
            break
    return done, time.perf_counter() - start
