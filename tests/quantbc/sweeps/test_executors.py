"""Cells are computed here, on processes, or on a real Dask cluster: a scheduler and two workers on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

import pytest

from quantbc.errors import ProblemError
from quantbc.sweeps import executors
from quantbc.sweeps.engine import Tally, run
from quantbc.sweeps.executors import connect
from quantbc.sweeps.store import Store
from tests.quantbc.conftest import Cluster


def quiet(_: int) -> None:
    """No progress."""


def test_one_worker_is_this_process() -> None:
    with connect(workers=1, cluster=None) as crew:
        assert crew.executor.submit(os.getpid).result() == os.getpid()


def test_more_workers_are_processes_that_are_gone_afterwards() -> None:
    with connect(workers=2, cluster=None) as crew:
        pids = {crew.executor.submit(os.getpid).result() for _ in range(20)}
    assert os.getpid() not in pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_error_stops_workers_in_the_middle_of_a_cell() -> None:
    connected = connect(workers=2, cluster=None)
    crew = connected.__enter__()
    endless = [crew.executor.submit(signal.pause) for _ in range(4)]
    assert not connected.__exit__(ArithmeticError, ArithmeticError(), None)
    assert all(future.cancelled() or isinstance(future.exception(), BrokenExecutor) for future in endless)


def test_cancelled_work_is_not_mourned_when_workers_leave_early() -> None:
    """Before, a traceback of a thread stood on stderr once in a hundred interruptions (Python 3.11)."""

    class Slowly:
        def __init__(self, end: Connection) -> None:
            self.end = end

        def close(self) -> None:
            self.end.close()
            time.sleep(0.5)

    connected = connect(workers=2, cluster=None)
    crew = connected.__enter__()
    crew.executor.submit(os.getpid).result()  # a worker is there
    futures = [crew.executor.submit(signal.pause) for _ in range(8)]
    while not futures[2].running():  # what the pool has taken up; the rest can be cancelled
        time.sleep(0.01)
    cancelled = [future.cancel() for future in futures]
    assert any(cancelled)
    crew.executor._ours = Slowly(crew.executor._ours)  # type: ignore[attr-defined]
    assert not connected.__exit__(ArithmeticError, ArithmeticError(), None)
    assert all(future.done() for future in futures)


def test_processes_are_replaced_when_they_die() -> None:
    with connect(workers=2, cluster=None) as crew:
        for _ in range(3):
            with pytest.raises(BrokenExecutor):
                crew.executor.submit(os._exit, 1).result()
            assert crew.executor.submit(os.getpid).result() != os.getpid()


def test_workers_ignore_ctrl_c() -> None:
    with connect(workers=2, cluster=None) as crew:
        assert crew.executor.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_a_listener_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "_CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with (
            pytest.raises(ProblemError, match="cluster must be the address of a running Dask scheduler, got ") as told,
            connect(workers=1, cluster=f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"),
        ):
            pass
    assert time.monotonic() - start < 5
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "ftp://127.0.0.1:9"])
def test_an_unreachable_scheduler_is_named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "_CONNECT_SECONDS", 1)
    with (
        pytest.raises(
            ProblemError, match=f"cluster must be the address of a running Dask scheduler, got '{address}': "
        ),
        connect(workers=1, cluster=address),
    ):
        pass


def test_a_cluster_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ProblemError, match=r"pip install 'quantbc\[cluster\]'"),
        connect(workers=1, cluster="tcp://127.0.0.1:9"),
    ):
        pass


def test_a_cluster_without_workers_is_told_and_waited_for(
    toys: ModuleType, scheduler: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(tmp_path / "results.sqlite") as store, connect(workers=1, cluster=scheduler.address) as crew:
        assert capsys.readouterr().err == (
            f"{scheduler.address} has no workers yet; nothing is computed until one joins\n"
        )
        scheduler.add_worker()
        assert run(*toys.toy(3), store, crew, quiet) == Tally(0, 3, 0)
    with connect(workers=1, cluster=scheduler.address):
        assert capsys.readouterr().err == ""


def test_a_cluster_computes_the_same_bits_and_survives_its_worker(
    toys: ModuleType, cluster: Cluster, tmp_path: Path
) -> None:
    """One worker is killed in the middle of a cell, some cells raise, and only this process writes."""
    stored: list[list[tuple[dict[str, object] | None, bool]]] = []
    for name, address in (("here", None), ("cluster", cluster.address)):
        with Store(tmp_path / f"{name}.sqlite") as store, connect(workers=1, cluster=address) as crew:
            if address is not None:
                crew.executor._client.wait_for_workers(2, timeout=120)  # type: ignore[attr-defined]
                sweep, computation = toys.toy(200, tmp_path, "deadly_once")
                assert run(sweep, computation, store, crew, quiet) == Tally(0, 200, 0)
                assert sum(worker.poll() is not None for worker in cluster.workers) == 1
            sweep, computation = toys.toy(200, tmp_path, "failing")
            assert run(sweep, computation, store, crew, quiet) == Tally(0, 200, 100)
            stored.append([(result, error is None) for _, result, error in store.outcomes(sweep.cells())])
    assert stored[0] == stored[1]


@pytest.mark.slow
def test_a_worker_killed_from_outside_costs_nothing(toys: ModuleType, cluster: Cluster, tmp_path: Path) -> None:
    seen: list[int] = []

    def kill_one(count: int) -> None:
        seen.append(count)
        if sum(seen) >= 500 and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()

    with Store(tmp_path / "results.sqlite") as store, connect(workers=1, cluster=cluster.address) as crew:
        crew.executor._client.wait_for_workers(2, timeout=120)  # type: ignore[attr-defined]
        assert run(*toys.toy(3000), store, crew, kill_one) == Tally(0, 3000, 0)
        assert cluster.workers[0].wait() == -signal.SIGKILL
        assert [result for _, result, _ in store.outcomes(toys.sweep(3000).cells())] == [
            toys.tiny(cell) for cell in toys.sweep(3000).cells()
        ]


@pytest.mark.slow
def test_ctrl_c_leaves_a_cluster_within_two_seconds(toys: ModuleType, cluster: Cluster, tmp_path: Path) -> None:
    best = float("inf")
    for attempt in range(3):
        path, folder = tmp_path / f"{attempt}.sqlite", tmp_path / f"folder {attempt}"
        folder.mkdir()
        with toys.program(path, "endless", 10, cluster.address, folder) as program:
            assert [program.stdout.readline() for _ in range(4)] == ["stored\n"] * 4
            start = time.monotonic()
            os.killpg(program.pid, signal.SIGINT)
            _, error = program.communicate()
            best = min(best, time.monotonic() - start)
        assert (program.returncode, error) == (1, "interrupted\n")
        with Store(path) as store:
            assert len(store) == 4
        (folder / "repaired").touch()
        if best < 2:
            return
        for worker in cluster.workers:
            worker.kill()  # they are stuck
        cluster.add_worker()
    pytest.fail(f"took {best:.1f} s")


@pytest.mark.slow
def test_a_lost_scheduler_ends_the_run_with_one_line(toys: ModuleType, cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    with toys.program(path, "endless", 10, cluster.address, tmp_path) as program:
        assert [program.stdout.readline() for _ in range(4)] == ["stored\n"] * 4
        cluster.scheduler.kill()
        _, error = program.communicate()
    assert program.returncode == 1
    assert error == "refused: workers must stay reachable, but the scheduler dropped cells that it had accepted\n"
    with Store(path) as store:
        assert len(store) == 4


def test_workers_are_heard_and_what_tidies_up_after_an_abrupt_end_is_not() -> None:
    """Before, a second Ctrl-C left warnings of leaked semaphores, or a traceback of a worker that was just starting."""
    program = (
        "import os\n"
        "from quantbc.sweeps.executors import connect\n"
        "with connect(workers=1 + 1, cluster=None) as crew:\n"
        "    crew.executor.submit(os.write, 2, b'heard').result()\n"
        "    os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "heard"
