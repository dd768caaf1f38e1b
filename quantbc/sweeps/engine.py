"""Computing the cells of a sweep on any executor; finished cells are never computed again.

Cells travel in batches that are sized to take a moment, so that tiny cells cost little and long ones go one by one.
Only this process writes to the store, as soon as a batch has come back.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from typing import NamedTuple

from quantbc import interrupts
from quantbc.errors import ProblemError
from quantbc.sweeps.batches import Computed, compute_batch, traceback_of
from quantbc.sweeps.executors import Workers
from quantbc.sweeps.store import Outcome, Store
from quantbc.sweeps.sweep import Cell, Computation, Sweep

Batch = Future[tuple[list[Computed], float]]

_LARGEST_BATCH = 200
_REPORTED_TOGETHER = 1000
_STRIKES = 2
"""Times that nothing comes back for a cell before it is run alone; if that fails too, it is to blame."""


class Tally(NamedTuple):
    """How a run went, in cells.

    Attributes:
        known: were in the store already.
        computed: were computed and stored, failures included.
        failed: failed.
    """

    known: int
    computed: int
    failed: int


def run(
    sweep: Sweep,
    computation: Computation,
    store: Store,
    workers: Workers,
    progress: Callable[[int], object],
    *,
    resume: bool = True,
) -> Tally:
    """Compute every cell that the store does not hold.

    A cell that raises is stored with its traceback, the rest goes on, and the next run tries it again. So it does with
    a cell whose worker dies again and again.

    Args:
        sweep: the cells.
        computation: what computes them; its version is the sweep's.
        store: where results are written, by this process only.
        workers: where cells are computed.
        progress: called with the number of cells that have become stored, or were found to be already.
        resume: if false, all cells are computed again, and replace what is stored as they finish.

    Raises:
        ProblemError: the versions differ, the store cannot be written, or the workers are gone or run other code. What
            was finished is stored.
        KeyboardInterrupt: passed on, once what was finished is stored.
    """
    if computation.version != sweep.version:
        raise ProblemError(f"sweep must have the computation's version {computation.version}, got {sweep.version!r}")
    store.record(sweep)
    missing = _Missing(sweep, store if resume and len(store) else None, progress)
    dispatch = _Dispatch(iter(missing), computation, store, workers, progress)
    dispatch.run()
    return Tally(missing.known, dispatch.computed, dispatch.failed)


class _Missing:
    """The cells that a store does not hold, found one at a time: the first is there at once, however many they are."""

    def __init__(self, sweep: Sweep, store: Store | None, progress: Callable[[int], object]) -> None:
        self.known = 0
        self._sweep, self._store, self._progress = sweep, store, progress

    def __iter__(self) -> Iterator[Cell]:
        reported = 0
        for cell in self._sweep.cells():
            if self._store is not None and self._store.finished(cell):
                self.known += 1
                if self.known - reported >= _REPORTED_TOGETHER:
                    self._progress(self.known - reported)
                    reported = self.known
                continue
            if self.known > reported:
                self._progress(self.known - reported)
                reported = self.known
            yield cell
        if self.known > reported:
            self._progress(self.known - reported)


class _Dispatch:
    """Cells on their way: waiting, in flight, computed and about to be stored."""

    def __init__(
        self,
        cells: Iterator[Cell],
        computation: Computation,
        store: Store,
        workers: Workers,
        progress: Callable[[int], object],
    ) -> None:
        self.computed = self.failed = 0
        self._computation, self._version = computation, computation.version
        self._store, self._workers, self._progress = store, workers, progress
        self._fresh = cells
        self._unfinished: deque[Cell] = deque()
        self._retries: deque[Cell] = deque()
        self._suspects: deque[Cell] = deque()
        self._strikes: Counter[str] = Counter()
        self._size = 1
        self._running: dict[Batch, list[Cell]] = {}
        self._done: SimpleQueue[Batch] = SimpleQueue()
        self._unsaved: dict[str, Outcome] = {}

    def run(self) -> None:
        try:
            self._fill()
            while self._running:
                self._settle(self._done.get())
                while not self._done.empty():
                    self._settle(self._done.get())
                self._save()
                if interrupts.received():  # raised where nothing could pass it on
                    raise KeyboardInterrupt
                self._fill()
        except (KeyboardInterrupt, ProblemError):
            self._rescue()
            raise
        finally:
            for future in self._running:
                future.cancel()

    def _fill(self) -> None:
        """Keep the workers busy; a suspect runs alone, so that nothing else can be at fault."""
        if self._suspects:
            if not self._running:
                self._submit([self._suspects.popleft()])
            return
        while len(self._running) < self._workers.in_flight and (cells := self._next()):
            self._submit(cells)

    def _next(self) -> list[Cell]:
        if self._retries:
            return [self._retries.popleft()]
        if self._unfinished:
            return [self._unfinished.popleft() for _ in range(min(self._size, len(self._unfinished)))]
        return list(islice(self._fresh, self._size))

    def _submit(self, cells: list[Cell]) -> None:
        try:
            future = self._workers.executor.submit(
                compute_batch, self._computation, self._version, cells, self._workers.batch_seconds
            )
        except RuntimeError as error:
            raise ProblemError(f"executor must accept work, got {type(error).__name__}: {error}") from None
        self._running[future] = cells
        future.add_done_callback(self._done.put)

    def _settle(self, future: Batch) -> None:
        """Take in what has come back; forget the future last, so that no interruption can lose it.

        What is kept twice, then and at the rescue, is kept once: outcomes go by the key of their cell.
        """
        cells = self._running[future]
        if future.cancelled():
            raise ProblemError("workers must stay reachable, but the scheduler dropped cells that it had accepted")
        error = future.exception()
        if isinstance(error, ProblemError):
            raise error
        if error is None:
            done, seconds = future.result()
            self._keep(cells, done)
            self._unfinished.extend(cells[len(done) :])
            self._resize(seconds / len(done))
        else:
            self._crashed(cells, error)
        del self._running[future]

    def _keep(self, cells: Sequence[Cell], done: Sequence[Computed]) -> None:
        self._unsaved |= {cell.key: Outcome(cell, *computed) for cell, computed in zip(cells, done, strict=False)}

    def _resize(self, seconds_each: float) -> None:
        wanted = self._workers.batch_seconds
        self._size = _LARGEST_BATCH if seconds_each * _LARGEST_BATCH <= wanted else max(1, int(wanted / seconds_each))

    def _crashed(self, cells: Sequence[Cell], error: BaseException) -> None:
        """Nothing came back: a worker died, or the batch could not travel. One by one, cells show who is to blame."""
        for cell in cells:
            self._strikes[cell.key] += 1
            if self._strikes[cell.key] > _STRIKES:
                self._keep([cell], [(None, traceback_of(error))])
            elif self._strikes[cell.key] == _STRIKES:
                self._suspects.append(cell)
            else:
                self._retries.append(cell)

    def _save(self) -> None:
        if not self._unsaved:
            return
        self._store.put(self._unsaved.values())
        count = len(self._unsaved)
        self.failed += sum(outcome.error is not None for outcome in self._unsaved.values())
        self.computed += count
        self._unsaved = {}
        self._progress(count)

    def _rescue(self) -> None:
        """Store whatever has come back by now."""
        for future, cells in self._running.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(cells, future.result()[0])
        self._save()
