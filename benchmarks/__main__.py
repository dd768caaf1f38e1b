"""Run every benchmark: `python -m benchmarks [--quick] [--json] [MODULE ...]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys

import numpy as np
import scipy

import benchmarks
from benchmarks import Row


def environment() -> dict[str, str]:
    """What the numbers depend on."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") if name in os.environ}
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}",
        "threads": ", ".join(f"{name}={value}" for name, value in threads.items()) or "default",
    }


def measure(names: list[str], quick: bool) -> tuple[list[Row], list[str]]:
    """Rows of the named modules, and what could not be measured."""
    rows: list[Row] = []
    failures: list[str] = []
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        try:
            for row in module.rows(quick):
                rows.append(Row(*row))
                print(f"{name}: {row[0]}", file=sys.stderr)
        except RuntimeError as error:
            failures.append(f"{name}: {error}")
    return rows, failures


def table(rows: list[Row]) -> str:
    """Rows as aligned text."""
    width = max((len(row.name) for row in rows), default=4)
    lines = [f"{'work':<{width}}  {'ours':>10}  {'reference':>10}  {'ratio':>9}  {'target':>9}"]
    lines += [
        f"{row.name:<{width}}  {row.ours:>9.3g}s  {row.reference:>9.3g}s  {row.ratio:>9.3g}  {row.target:>9}"
        f"  {'met' if row.met else 'MISSED'}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 if a target is missed or a row could not be measured."""
    known = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"some of {', '.join(known)}; default all")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, smaller references")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.modules) - set(known))
    if unknown:
        parser.error(f"unknown module {', '.join(unknown)}; known: {', '.join(known)}")
    rows, failures = measure(arguments.modules or known, arguments.quick)
    if arguments.json:
        report = [row._asdict() | {"met": row.met} for row in rows]
        print(json.dumps({"environment": environment(), "rows": report, "failures": failures}, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in environment().items()))
        print(table(rows))
        print("\n".join(f"not measured: {failure}" for failure in failures), end="\n" if failures else "")
    return int(bool(failures) or not all(row.met for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
