"""Computations for tests of sweeps, importable by worker processes; run as a program, a sweep to be disturbed.

`python toy_cells.py STORE FUNCTION CELLS WORKERS FOLDER` prints a line for every cell that is stored.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from quantbc.errors import ProblemError
from quantbc.sweeps.engine import run
from quantbc.sweeps.executors import connect
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep


def tiny(cell: Cell) -> dict[str, Any]:
    """Nearly no work."""
    return {"value": cell.rng().random(), "square": cell.settings["x"] ** 2}


def failing(cell: Cell) -> dict[str, Any]:
    """Odd cells fail until a file named `repaired` appears."""
    if cell.settings["x"] % 2 and not Path(cell.settings["folder"], "repaired").exists():
        raise LookupError(f"no luck with {cell.settings['x']}")
    return tiny(cell)


def deadly_once(cell: Cell) -> dict[str, Any]:
    """The cell x = 3 kills its process, the first time."""
    if cell.settings["x"] == 3 and _first(cell, "died"):
        os.kill(os.getpid(), signal.SIGKILL)
    return tiny(cell)


def deadly(cell: Cell) -> dict[str, Any]:
    """The cell x = 3 kills its process every time."""
    if cell.settings["x"] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return tiny(cell)


def crowding(cell: Cell) -> dict[str, Any]:
    """Long results; this process cannot make files longer than 200 kB, until a file named `repaired` appears."""
    if not Path(cell.settings["folder"], "repaired").exists():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    return {"text": "x" * 10_000} | tiny(cell)


def endless(cell: Cell) -> dict[str, Any]:
    """Cells from x = 4 on never come to an end, until a file named `repaired` appears."""
    return _until(4, cell)


def endless_late(cell: Cell) -> dict[str, Any]:
    """The same, from x = 1000 on."""
    return _until(1000, cell)


def _until(end: int, cell: Cell) -> dict[str, Any]:
    folder = Path(cell.settings["folder"])
    if cell.settings["x"] >= end and not (folder / "repaired").exists():
        (folder / f"pid {os.getpid()}").touch()
        _say("stuck")
        while True:  # a signal just before one endless wait would not end it
            time.sleep(0.05)
    return tiny(cell)


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _first(cell: Cell, name: str) -> bool:
    try:
        Path(cell.settings["folder"], name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def computation(function: str = "tiny") -> Computation:
    """What computes the cells, by name."""
    return Computation(globals()[function], ("toy_cells",))


def sweep(count: int, folder: Path | str = "", function: str = "tiny") -> Sweep:
    """Cells x = 0, 1, ..."""
    axes = (Axis("x", tuple(range(count))), Axis("folder", (str(folder),)))
    return Sweep("toy", axes, (0,), computation(function).version)


def toy(count: int, folder: Path | str = "", function: str = "tiny") -> tuple[Sweep, Computation]:
    """What to compute, and how."""
    return sweep(count, folder, function), computation(function)


@contextmanager
def program(
    store: Path, function: str, count: int, workers: int | str, folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """This module as a program in a process group of its own, which is gone at the end, with all its processes."""
    arguments = [__file__, str(store), function, str(count), str(workers), str(folder)]
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def main(store: str, function: str, count: str, workers: str, folder: str) -> None:
    """Run a sweep; a line for every cell that is stored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has it ignored
    number, cluster = (int(workers), None) if workers.isdecimal() else (1, workers)
    cells = toy(int(count), folder, function)
    try:
        with Store(Path(store)) as results, connect(workers=number, cluster=cluster) as crew:
            run(*cells, results, crew, lambda n: _say(*["stored"] * n))
    except ProblemError as error:
        sys.exit(f"refused: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted")
    Path(folder, "peak").write_text(str(peak_megabytes()), encoding="utf-8")


def peak_megabytes() -> float:
    """Peak memory of the largest of this process and its children, by the kernel's account.

    Not getrusage for this process: that keeps the peak of whatever process it was started from.
    """
    unit = 2**20 if sys.platform == "darwin" else 2**10
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")
    if not status.exists():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line)
    return max(children, int(lines["VmHWM"].split()[0]) / 2**10)


if __name__ == "__main__":
    import toy_cells

    toy_cells.main(*sys.argv[1:])
