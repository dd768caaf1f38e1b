"""The command line, toy computations, a Dask cluster, and a small problem that tests break in one place at a time."""

import importlib
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import IO

import pytest

from quantbc.cli import main
from tests.problems import PROBLEM

SUPPORT = Path(__file__).parent / "support"
sys.path.append(str(SUPPORT))  # worker processes import the toys under the same name

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """Computations of toy sweeps."""
    return importlib.import_module("toy_cells")


@pytest.fixture
def quantbc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: exit status, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["quantbc", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return int(exit_.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots are written as SVG only: three formats take most of the time of a small study."""
    monkeypatch.setattr("figures.style.FORMATS", ("svg",))


@pytest.fixture
def problem_text() -> str:
    return PROBLEM


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.toml"
    path.write_text(PROBLEM, encoding="utf-8")
    return path


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own, started as a user would."""

    folder: Path
    stack: ExitStack
    address: str = ""
    workers: list["subprocess.Popen[str]"] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    def stop(self) -> None:
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()
        for thread in self.threads:
            thread.join()

    def start(self, command: str, *arguments: str) -> "tuple[subprocess.Popen[str], IO[str]]":
        program = [sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments, "--no-dashboard"]
        environment = os.environ | {
            "PYTHONPATH": str(SUPPORT),
            "DASK_TEMPORARY_DIRECTORY": str(self.folder),
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s",  # how long the dead are called; 30 s by default
        }
        process = subprocess.Popen(program, stderr=subprocess.PIPE, text=True, env=environment, cwd=self.folder)
        self.stack.enter_context(process)
        self.stack.callback(process.kill)
        assert process.stderr is not None
        return process, process.stderr

    def add_scheduler(self) -> None:
        self.scheduler, said = self.start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = next(found[1] for line in said if (found := re.search(r"Scheduler at:\s+(tcp://\S+)", line)))
        self.drain(said)

    def add_worker(self) -> None:
        worker, said = self.start("worker", self.address, "--nthreads", "1", "--no-nanny")
        self.workers.append(worker)
        next(line for line in said if "Registered to" in line)
        self.drain(said)

    def drain(self, pipe: IO[str]) -> None:
        """A full pipe would stop the process behind it."""
        thread = Thread(target=deque, args=(pipe, 0))
        thread.start()
        self.threads.append(thread)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    with ExitStack() as stack:
        made = Cluster(tmp_path, stack)
        made.add_scheduler()
        yield made
        made.stop()


@pytest.fixture
def cluster(scheduler: Cluster) -> Cluster:
    for _ in range(2):
        scheduler.add_worker()
    return scheduler
