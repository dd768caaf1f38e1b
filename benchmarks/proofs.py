"""`quantbc verify`, everything: the wall's clock, and what one SMT step takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import Benchmark, Measured, NotMeasured, within

WALL, MEDIAN_STEP, SLOWEST_STEP = 60.0, 0.020, 5.0  # seconds allowed
_TARGETS = {
    "quantbc verify, everything / 60 s": "<= 1",
    "verify: the median SMT step / 20 ms": "<= 1",
    "verify: the slowest SMT step / 5 s": "<= 1",
}


def verified() -> tuple[float, dict[str, Any]]:
    """Seconds from a cold start to the last line, and the report.

    Raises:
        NotMeasured: the command is not installed beside this Python, or a claim failed.
    """
    program = Path(sys.executable).with_name("quantbc")
    start = time.perf_counter()
    done = subprocess.run([program, "verify", "--json"], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["a claim failed"])[-1]
        raise NotMeasured(f"quantbc verify ended with {done.returncode}: {last}")
    return seconds, json.loads(done.stdout)


def smt_seconds(report: dict[str, Any]) -> list[float]:
    """Seconds of the steps that an SMT solver decides, alone or with another engine.

    Example:
        >>> step = {"engine": "induction+smt", "seconds": 0.01}
        >>> smt_seconds({"theorems": {"theorem_2": {"steps": [step, {"engine": "exact", "seconds": 1.0}]}}})
        [0.01]
    """
    steps = [step for theorem in report["theorems"].values() for step in theorem["steps"]]
    return [step["seconds"] for step in steps if "smt" in step["engine"].split("+")]


def measure(quick: bool) -> Iterator[Measured]:
    """The whole verification, once or three times; the steps' times are those of the last.

    Raises:
        NotMeasured: it failed, or no step used SMT.
    """
    runs = [verified() for _ in range(1 if quick else 3)]
    walls = [seconds for seconds, _ in runs]
    steps = smt_seconds(runs[-1][1])
    if not steps:
        raise NotMeasured("no step of the proofs used SMT")
    whole, typical, slowest = _TARGETS
    yield within(whole, walls, WALL)
    yield within(typical, steps, MEDIAN_STEP)
    yield within(slowest, [max(steps)], SLOWEST_STEP)


BENCHMARKS = (Benchmark(_TARGETS, measure),)
