"""What takes minutes, once: the kernel compiled afresh, and the study of `make demo`. A quick run leaves it out."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import Benchmark, Measured, NotMeasured, within

_KERNEL = {"verify --kernel, all compiled afresh / 300 s": "<= 1", "verify --kernel, its peak / 2 GB": "<= 1"}
_DEMO = "make demo, installed / 60 s"
_STUDY = Path(__file__).parents[1] / "examples" / "reach_7dof.toml"
_PEAK = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
_PEAK += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # kB, of the largest process below that one
_QUANTBC = Path(sys.executable).with_name("quantbc")


def alone(command: Sequence[str | Path]) -> tuple[float, str]:
    """Seconds that a program takes, and what it prints.

    Raises:
        NotMeasured: it fails.
    """
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise NotMeasured(f"{Path(command[0]).name} ended with {done.returncode} and said {last}")
    return time.perf_counter() - start, done.stdout


def kernel(quick: bool) -> Iterator[Measured]:
    """As many files at a time as there are cores; the peak is twice that of the largest process: for two cores.

    Raises:
        NotMeasured: a file does not compile, or there is no Rocq.
    """
    wall, peak = _KERNEL
    seconds, printed = alone([sys.executable, "-c", _PEAK, _QUANTBC, "verify", "--kernel", "--json"])
    yield within(wall, [seconds], 300.0)
    yield within(peak, [2 * 1024 * int(printed) / 1e9], 2.0, "GB")


def demo(quick: bool) -> Iterator[Measured]:
    """The command of `make demo` into an empty folder.

    Raises:
        NotMeasured: it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        seconds, _ = alone([_QUANTBC, "simulate", _STUDY, "--out", folder])
    yield within(_DEMO, [seconds], 60.0)


BENCHMARKS = (Benchmark(_KERNEL, kernel), Benchmark({_DEMO: "<= 1"}, demo))
