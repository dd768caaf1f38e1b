"""Run every benchmark and print ratio against target.

Exit status 0; 1 if a row could not be measured or its result disagrees with its reference; 1 also if a target is
missed, unless --quick, which measures with few repetitions on a machine that may be busy, leaves out the kernel and the
demo (minutes each, and stages of their own), and judges no time; 2 for bad input.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import time
from collections.abc import Mapping, Sequence

import numpy as np
import scipy

from benchmarks import NotMeasured, Row, paired
from benchmarks.options import parser, typed
from benchmarks.page import insert, markdown
from quantbc.output import print_json, print_line, say

LONG = ("walls",)
"""Modules that take minutes, which a quick run measures only if they are named."""

MODULES = ("bounds", "exact", "rollouts", "proofs", "sweep", "audit", "certificates", *LONG)


def environment() -> dict[str, str]:
    """What the numbers depend on, with the speed of a matrix product to normalise by."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") if name in os.environ}
    matrix = np.random.default_rng(0).random((1000, 1000))
    seconds = paired([lambda: matrix @ matrix], 5).median(0)
    speed = 2e-9 * len(matrix) ** 3 / seconds
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.2f} over the last minute",
        "threads": ", ".join(f"{name}={value}" for name, value in threads.items()) or "default",
        "matrix product": f"{len(matrix)}×{len(matrix)} squared in {1e3 * seconds:.1f} ms, {speed:.0f} GFLOP/s",
    }


def measure(names: Sequence[str], *, quick: bool) -> tuple[list[Row], list[str]]:
    """Rows of the named modules, and what could not be measured; one failure does not stop the rest."""
    rows: list[Row] = []
    failures: list[str] = []
    for name in names:
        for benchmark in importlib.import_module(f"benchmarks.{name}").BENCHMARKS:
            start = time.perf_counter()
            try:
                for row in benchmark.rows(quick):
                    rows.append(row)
                    say(f"{time.perf_counter() - start:5.1f} s  {row.measured.name}")
                    start = time.perf_counter()
            except NotMeasured as error:
                failures.append(str(error))
                say(f"not measured: {error}")
    return rows, failures


def verdict(row: Row, *, judged: bool) -> str:
    """One word or three."""
    return "met" if row.met else "MISSED" if judged else "missed, not judged"


def table(rows: Sequence[Row], *, judged: bool) -> str:
    """Rows as aligned text."""
    width = max((len(row.measured.name) for row in rows), default=4)
    lines = [f"{'work':<{width}}  {'ours':>9}   {'reference':>9}   {'ratio':>8}  {'quartiles':>17}  {'target':>7}"]
    for row in rows:
        name, ours, reference, ratio, low, high, unit = row.measured
        quartiles = f"{low:.3g} to {high:.3g}"
        lines.append(
            f"{name:<{width}}  {ours:>9.3g} {unit:<2}{reference:>9.3g} {unit:<2}{ratio:>8.3g}  {quartiles:>17}"
            f"  {row.target:>7}  {verdict(row, judged=judged)}"
        )
    return "\n".join(lines)


def _bold(row: Row) -> str:
    return "met" if row.met else "**missed**"


def section(rows: Sequence[Row], failures: Sequence[str], around: Mapping[str, str]) -> str:
    """The same for the page."""
    headings = ("work / against", "ours", "reference", "ratio", "quartiles", "target", "")
    lines = [
        [
            name,
            f"{ours:.3g} {unit}",
            f"{reference:.3g} {unit}",
            f"{ratio:.3g}",
            f"{low:.3g} – {high:.3g}",
            row.target,
            _bold(row),
        ]
        for row in rows
        for name, ours, reference, ratio, low, high, unit in [row.measured]
    ]
    lines += [[failure, "not measured", *[""] * 5] for failure in failures]
    return markdown(headings, lines, around)


def status(rows: Sequence[Row], failures: Sequence[str], *, judged: bool) -> int:
    """Exit status: 1 if something was not measured, or if a time is judged and missed."""
    return int(bool(failures) or (judged and not all(row.met for row in rows)))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    options = parser("python -m benchmarks", __doc__, quick="few repetitions; no time is judged", page="the table")
    options.add_argument("modules", nargs="*", metavar="MODULE", help=f"some of {', '.join(MODULES)}; default all")
    arguments = typed(options, words)
    for name in arguments.modules:
        if name not in MODULES:
            options.error(f"MODULE must be one of {', '.join(MODULES)}, got {name!r}")
    return arguments


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; see the module for the exit status."""
    arguments = _arguments(words)
    judged = not arguments.quick
    around = {"run": "quick" if arguments.quick else "full", **environment()}
    names = arguments.modules or [name for name in MODULES if judged or name not in LONG]
    rows, failures = measure(names, quick=arguments.quick)
    if arguments.page is not None:
        insert(arguments.page, "speed", section(rows, failures, around))
    if arguments.json:
        report = [row.measured._asdict() | {"target": row.target, "met": row.met} for row in rows]
        print_json({"environment": around, "judged": judged, "rows": report, "failures": failures})
    else:
        for name, value in around.items():
            print_line(f"{name}: {value}")
        print_line(table(rows, judged=judged))
        for failure in failures:
            print_line(f"not measured: {failure}")
    return status(rows, failures, judged=judged)


if __name__ == "__main__":
    raise SystemExit(main())
