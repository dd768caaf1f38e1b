"""Running the cells of a study: serially, on processes, or on any executor; finished cells are never computed again."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Any

from threadpoolctl import threadpool_limits

from proofs_check.cloning import measure
from quantbc.errors import ProblemError
from quantbc.problem import Cell, as_json
from quantbc.store import Store, cell_key

__all__ = ["Outcome", "compute", "connect", "run"]

Computed = tuple[dict[str, Any] | None, str | None]
"""A result, or the traceback of a failure."""

_IN_FLIGHT = 64
_CONNECT_TIMEOUT = "10s"


@dataclass(frozen=True)
class Outcome:
    """What became of a cell: a result, or the traceback of its failure.

    Attributes:
        cell: the cell.
        result: settings and measurement, flat; None if it failed.
        error: traceback; None if it succeeded.
    """

    cell: Cell
    result: dict[str, Any] | None
    error: str | None


def compute(cell: Cell) -> Computed:
    """Measure one cell; a failure comes back as its traceback instead of ending the study.

    Cells do small linear algebra, so one BLAS thread is fastest and leaves the cores to other cells.
    """
    with threadpool_limits(1):
        try:
            measured = measure(
                cell.build(),
                horizon=cell.H,
                demonstrations=cell.n,
                delta=cell.delta,
                episodes=cell.episodes,
                confidence=cell.confidence,
                rng=cell.rng(),
            )
        except (ValueError, ArithmeticError, MemoryError):
            return None, traceback.format_exc()
    return as_json(cell) | measured.as_dict(), None


def _ignore_interrupts() -> None:
    """Ctrl-C reaches the whole process group; the parent alone decides what to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def connect(*, workers: int, cluster: str | None) -> Iterator[Executor | None]:
    """The executor a study runs on; None means in this process.

    Args:
        workers: processes on this machine.
        cluster: address of a Dask scheduler, ``tcp://host:port``; then ``workers`` is ignored.

    Raises:
        ProblemError: the scheduler cannot be reached, or the extra is not installed.
    """
    if cluster is not None:
        with _dask_executor(cluster) as executor:
            yield executor
    elif workers == 1:
        yield None
    else:
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts)
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise ProblemError("cluster needs the extra: pip install 'quantbc[cluster]'") from None
    try:
        client = Client(address, timeout=_CONNECT_TIMEOUT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise ProblemError(
            f"cluster must be the address of a running Dask scheduler, got {address!r}: {error}"
        ) from None
    try:
        yield client.get_executor()  # type: ignore[no-untyped-call]
    finally:
        client.close()  # type: ignore[no-untyped-call]


def run(
    cells: Sequence[Cell], store: Store, executor: Executor | None, progress: Callable[[int], None]
) -> list[Outcome]:
    """Compute every cell that the store does not hold, and return all outcomes in the order of the cells.

    Args:
        cells: the study.
        store: where results are written, by this process only.
        executor: where cells are computed; None for this process.
        progress: called with the number of cells that have become available.
    """
    known = store.finished(cells)
    progress(len(known))
    outcomes: dict[str, Computed] = {key: (result, None) for key, result in known.items()}
    missing = [cell for cell in cells if cell_key(cell) not in outcomes]
    for cell, outcome in _computed(missing, executor):
        store.put(cell, result=outcome[0], error=outcome[1])
        outcomes[cell_key(cell)] = outcome
        progress(1)
    return [Outcome(cell, *outcomes[cell_key(cell)]) for cell in cells]


def _computed(cells: Sequence[Cell], executor: Executor | None) -> Iterator[tuple[Cell, Computed]]:
    """Outcomes as they become available, a bounded number of cells in flight."""
    if executor is None:
        for cell in cells:
            yield cell, compute(cell)
        return
    waiting = iter(cells)
    running: dict[Future[Computed], Cell] = {}
    while True:
        for cell in islice(waiting, _IN_FLIGHT - len(running)):
            running[executor.submit(compute, cell)] = cell
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future.result()
