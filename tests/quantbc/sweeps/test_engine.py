"""A sweep's results depend on its cells alone, and what is finished stays finished, whatever happens."""

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.sweeps.engine import Tally, run
from quantbc.sweeps.executors import Workers, connect
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Axis, Computation, Sweep
from tests.quantbc.sweeps.stepping import interrupted

Texts = list[tuple[str, str | None, str | None]]


def quiet(_: int) -> None:
    """No progress."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.sqlite"


@pytest.fixture
def pool() -> Iterator[Workers]:
    with connect(workers=2, cluster=None) as crew:
        yield crew


@pytest.fixture
def serial() -> Iterator[Workers]:
    with connect(workers=1, cluster=None) as crew:
        yield crew


def stored(path: Path) -> Texts:
    """Settings, result and error of every row, to the letter; the file is sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return sorted(connection.execute("SELECT settings, result, error FROM cells"))


def undisturbed(toys: ModuleType, count: int, path: Path, folder: Path | str = "") -> Texts:
    """What a run in peace stores."""
    other = path.with_name("undisturbed.sqlite")
    with Store(other) as store, connect(workers=1, cluster=None) as crew:
        run(*toys.toy(count, folder), store, crew, quiet)
    return stored(other)


def backwards(sweep: Sweep) -> Sweep:
    axes = tuple(Axis(axis.name, axis.values[::-1], axis.labels[::-1]) for axis in sweep.axes)
    return Sweep(sweep.name, axes, sweep.seeds[::-1], sweep.version)


def test_order_workers_and_executor_do_not_change_a_bit(toys: ModuleType, path: Path, pool: Workers) -> None:
    sweep = toys.sweep(300)
    wanted = undisturbed(toys, 300, path)
    with ThreadPoolExecutor(3) as threads:
        ways = {"threads": (sweep, Workers(threads)), "two": (sweep, pool), "reversed": (backwards(sweep), pool)}
        for name, (cells, crew) in ways.items():
            file = path.with_name(f"{name}.sqlite")
            with Store(file) as store:
                assert run(cells, toys.computation(), store, crew, quiet) == Tally(0, 300, 0)
            assert stored(file) == wanted


def test_finished_cells_are_not_computed_again(toys: ModuleType, path: Path, serial: Workers) -> None:
    seen: list[int] = []
    with Store(path) as store:
        run(*toys.toy(4), store, serial, quiet)
        assert run(*toys.toy(6), store, serial, seen.append) == Tally(4, 2, 0)
        assert seen == [4, 1, 1]
        assert run(*toys.toy(6), store, serial, quiet, resume=False) == Tally(0, 6, 0)


def test_cells_of_other_code_are_computed_again(toys: ModuleType, path: Path, serial: Workers) -> None:
    other = Computation(toys.tiny, ("toy_cells", "quantbc.errors"))
    sweep = toys.sweep(3)
    with Store(path) as store:
        run(sweep, toys.computation(), store, serial, quiet)
        with pytest.raises(ProblemError, match="sweep must have the computation's version"):
            run(sweep, other, store, serial, quiet)
        again = Sweep(sweep.name, sweep.axes, sweep.seeds, other.version)
        assert run(again, other, store, serial, quiet) == Tally(0, 3, 0)
        assert store.sweeps()[0].version == other.version


def test_cells_that_raise_are_recorded_and_tried_again(toys: ModuleType, path: Path, pool: Workers) -> None:
    sweep, computation = toys.toy(20, path.parent, "failing")
    with Store(path) as store:
        assert run(sweep, computation, store, pool, quiet) == Tally(0, 20, 10)
        errors = [error for _, _, error in store.outcomes(sweep.cells())]
        assert errors[::2] == [None] * 10
        assert all("in failing" in error and "LookupError: no luck with" in error for error in errors[1::2] if error)
        (path.parent / "repaired").touch()
        assert run(sweep, computation, store, pool, quiet) == Tally(10, 10, 0)
    assert stored(path) == undisturbed(toys, 20, path, path.parent)


def test_a_dead_process_costs_nothing_but_time(toys: ModuleType, path: Path, pool: Workers) -> None:
    sweep, computation = toys.toy(200, path.parent, "deadly_once")
    with Store(path) as store:
        assert run(sweep, computation, store, pool, quiet) == Tally(0, 200, 0)
    assert (path.parent / "died").exists()
    assert stored(path) == undisturbed(toys, 200, path, path.parent)


def test_a_cell_that_kills_its_process_is_told_from_its_neighbours(toys: ModuleType, path: Path, pool: Workers) -> None:
    sweep, computation = toys.toy(30, "", "deadly")
    with Store(path) as store:
        assert run(sweep, computation, store, pool, quiet) == Tally(0, 30, 1)
        failed = [cell.settings["x"] for cell, _, error in store.outcomes(sweep.cells()) if error is not None]
    assert failed == [3]


def test_an_executor_that_does_not_recover_is_named(toys: ModuleType, path: Path) -> None:
    sweep, computation = toys.toy(30, path.parent, "deadly_once")
    with Store(path) as store, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as mortal:
        with pytest.raises(ProblemError, match="executor must accept work, got BrokenProcessPool"):
            run(sweep, computation, store, Workers(mortal, in_flight=1, batch_seconds=0), quiet)
        assert store.count(sweep.cells()) == 3


def test_a_batch_that_cannot_travel_is_the_fault_of_one_cell(toys: ModuleType, path: Path) -> None:
    class Customs(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if any(cell.settings["x"] == 3 for cell in args[2]):
                future: Future[Any] = Future()
                future.set_exception(TypeError("cannot pickle"))
                return future
            return super().submit(fn, *args, **kwargs)

    with Store(path) as store, Customs(2) as executor:
        assert run(*toys.toy(30), store, Workers(executor), quiet) == Tally(0, 30, 1)
        failed = [(cell.settings["x"], error) for cell, _, error in store.outcomes(toys.sweep(30).cells()) if error]
    assert failed == [(3, "TypeError: cannot pickle\n")]


def test_short_cells_travel_together_and_long_ones_alone(toys: ModuleType, path: Path) -> None:
    sizes: list[int] = []

    class Watched(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            sizes.append(len(args[2]))
            return super().submit(fn, *args, **kwargs)

    with Store(path) as store, Watched(1) as executor:
        run(*toys.toy(2000), store, Workers(executor, 2, batch_seconds=1.0), quiet)
        short, sizes[:] = sizes[:], []
        run(*toys.toy(20, "long"), store, Workers(executor, 2, batch_seconds=0.0), quiet)
    assert max(short) >= 20
    assert len(short) < 500
    assert sizes == [1] * 20


class Interrupting(Executor):
    """Computes at once, and is interrupted at the given submission."""

    def __init__(self, at: int) -> None:
        self.left = at

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_an_interruption_stores_what_has_come_back(toys: ModuleType, path: Path) -> None:
    with Store(path) as store:
        with pytest.raises(KeyboardInterrupt):
            run(*toys.toy(20), store, Workers(Interrupting(5), 9, batch_seconds=0), quiet)
        assert store.count(toys.sweep(20).cells()) == 5


def test_an_interruption_anywhere_is_one_and_loses_nothing(toys: ModuleType, path: Path, serial: Workers) -> None:
    """Before, a cell that was just being taken in was reported twice, and a transaction could stay open."""
    computation = toys.computation()
    with Store(path) as store:
        for at in count(1):
            said: list[int] = []
            sweep = Sweep("toy", (Axis("x", (at, -at)),), (0,), computation.version)
            came = interrupted(at, partial(run, sweep, computation, store, serial, said.append))
            kept = store.count(sweep.cells())
            assert sum(said) <= kept
            assert run(sweep, computation, store, serial, quiet) == Tally(kept, 2 - kept, 0)
            assert all(result == toys.tiny(cell) for cell, result, _ in store.outcomes(sweep.cells()))
            if not came:
                break
    assert at > 200
    assert len(stored(path)) == 2 * at


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("after", [1, 70, 500])
def test_sigkill_at_any_moment_loses_no_finished_cell(toys: ModuleType, path: Path, workers: int, after: int) -> None:
    """The whole process group is killed, as by a power cut; what the program had called stored is there."""
    sweep, computation = toys.toy(1010, path.parent, "endless_late")  # cannot end before it is killed
    with toys.program(path, "endless_late", 1010, workers, path.parent) as program:
        lines = list(islice(filter("stored\n".__eq__, iter(program.stdout.readline, "")), after))
        os.killpg(program.pid, signal.SIGKILL)
        lines += program.stdout.readlines()  # a worker may have said that it is stuck in between
    kept = len(stored(path))
    assert after <= lines.count("stored\n") <= kept <= 1000
    (path.parent / "repaired").touch()
    with Store(path) as store, connect(workers=1, cluster=None) as crew:
        assert run(sweep, computation, store, crew, quiet) == Tally(kept, 1010 - kept, 0)
    assert stored(path) == undisturbed(toys, 1010, path, path.parent)


def test_workers_leave_when_their_program_is_killed(toys: ModuleType, path: Path) -> None:
    with toys.program(path, "endless", 10, 2, path.parent) as program:
        "".join(iter(program.stdout.readline, "stuck\n"))
        program.kill()
        # The pipe ends once the last process that could write to it is gone, and the workers are among them.
        assert program.stdout.read().replace("stored\n", "").replace("stuck\n", "") == ""
    pids = [int(entry.name.split()[1]) for entry in path.parent.glob("pid *")]
    assert pids
    deadline = time.monotonic() + 10  # the pipe ends a moment before the process does
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
def test_a_file_system_that_is_full_stops_the_run_with_one_line(toys: ModuleType, path: Path) -> None:
    with toys.program(path, "crowding", 100, 1, path.parent) as program:
        out, err = program.communicate()
    assert program.returncode == 1
    assert err.startswith("refused: store must be a writable results file, got ")
    assert err.count("\n") == 1
    kept = len(stored(path))
    assert 0 < out.count("stored\n") == kept < 100
    (path.parent / "repaired").touch()
    with Store(path) as store, connect(workers=1, cluster=None) as crew:
        assert run(*toys.toy(100, path.parent, "crowding"), store, crew, quiet) == Tally(kept, 100 - kept, 0)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_stops_within_two_seconds(toys: ModuleType, tmp_path: Path, workers: int) -> None:
    """Cells that would never end are stopped, finished ones kept. A busy machine may be slow once, but not thrice."""
    best = float("inf")
    for attempt in range(3):
        path = tmp_path / f"{attempt}.sqlite"
        with toys.program(path, "endless", 10, workers, tmp_path) as program:
            before = "".join(iter(program.stdout.readline, "stuck\n"))
            start = time.monotonic()
            os.killpg(program.pid, signal.SIGINT)
            after, error = program.communicate()
            best = min(best, time.monotonic() - start)
        assert (program.returncode, error) == (1, "interrupted\n")
        assert (before + after).count("stored\n") <= len(stored(path)) <= 4
        if best < 2:
            return
    pytest.fail(f"took {best:.1f} s")


@pytest.mark.slow
def test_a_hundred_thousand_cells_need_little_memory_and_time(toys: ModuleType, path: Path) -> None:
    """Memory by the kernel's account, of the largest process; overhead is all that a nearly empty cell costs."""
    cells = 100_000
    with toys.program(path, "tiny", cells, 2, path.parent) as program:
        start = time.monotonic()
        assert sum(1 for _ in program.stdout) == cells
        elapsed = time.monotonic() - start
        assert program.wait() == 0
    assert float((path.parent / "peak").read_text(encoding="utf-8")) < 300
    assert elapsed / cells < 1e-3
