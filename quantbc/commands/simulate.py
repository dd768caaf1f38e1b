"""`quantbc simulate`: a study from a problem file to a table, JSON and two plots."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from figures.catalog import PROBLEM_FIGURES, render
from figures.panels import worst_seed
from figures.tables import Row, write_csv
from quantbc import __version__
from quantbc.output import print_json, print_line, print_table, progress_bar, say
from quantbc.problem import load
from quantbc.store import Store
from quantbc.sweep import Outcome, connect, run

__all__ = ["simulate"]

_COLUMNS = (
    ("quantizer", False),
    ("H", True),
    ("n", True),
    ("regret", True),
    ("interval", True),
    ("bound", True),
    ("mostly", False),
    ("verdict", False),
)


def simulate(
    path: Path, *, store: Path | None, out: Path | None, workers: int | None, cluster: str | None, json: bool
) -> int:
    """Run a study and report it.

    Args:
        path: problem file.
        store: results file; by default results.sqlite in the output folder.
        out: output folder; by default out/NAME of the problem.
        workers: processes; by default one a core.
        cluster: address of a Dask scheduler.
        json: print JSON instead of tables.

    Returns:
        Exit status: 1 if a cell failed or a measured regret exceeds its bound, else 0.
    """
    problem = load(path)
    folder = out if out is not None else Path("out") / problem.name
    cells = list(problem.cells())
    with Store(store if store is not None else folder / "results.sqlite") as results:
        say(f"{path}: {len(cells)} cells, results in {results.path}")
        try:
            with (
                connect(workers=workers or os.cpu_count() or 1, cluster=cluster) as executor,
                progress_bar("cells", len(cells)) as progress,
            ):
                outcomes = run(cells, results, executor, progress)
        except KeyboardInterrupt:
            done = len(results.finished(cells))
            say(
                f"interrupted: {done} of {len(cells)} cells are stored in {results.path}; run the same command to go on"
            )
            return 1
    return _report(problem.name, outcomes, folder, json=json)


def _report(name: str, outcomes: Sequence[Outcome], folder: Path, *, json: bool) -> int:
    rows = [outcome.result for outcome in outcomes if outcome.result is not None]
    failures = [outcome for outcome in outcomes if outcome.error is not None]
    violations = sum(not row["holds"] for row in rows)
    files = _write(name, rows, folder) if rows else []
    if json:
        print_json({"cells": rows, "violations": violations, "failures": len(failures)})
    else:
        _print(rows, violations)
    for file in files:
        say(f"wrote {file}")
    for failure in failures:
        last = (failure.error or "").strip().splitlines()[-1]
        say(
            f"cell failed, tried again on the next run: {failure.cell.expert.name}, {failure.cell.quantizer.label}, "
            f"H = {failure.cell.H}, n = {failure.cell.n}, seed {failure.cell.seed}: {last}"
        )
    return 1 if violations or failures else 0


def _write(name: str, rows: Sequence[Row], folder: Path) -> list[Path]:
    notes = (
        f"quantbc {__version__}, study {name}",
        "randomness: each cell's generator is keyed by its settings and seed",
    )
    files = [write_csv(rows, folder / "cells.csv", notes=notes)]
    for plot in PROBLEM_FIGURES.values():
        files += render(plot, rows, folder, notes=notes)
    return files


def _print(rows: Sequence[dict[str, Any]], violations: int) -> None:
    worst = worst_seed(rows, ("expert", "quantizer", "H", "n"))
    for expert in dict.fromkeys(row["expert"] for row in worst):
        mine = [row for row in worst if row["expert"] == expert]
        keys = ", ".join(dict.fromkeys(row["theorem"] for row in mine))
        title = f"{expert} expert: measured regret (worst seed) beside the bound of {keys}; totals over the horizon"
        print_table(title, _COLUMNS, [_line(row) for row in mine])
    vacuous = sum(row["vacuous"] for row in rows)
    print_line(
        f"{len(rows)} cells, {violations} violations, bound not vacuous on {len(rows) - vacuous} of {len(rows)}."
    )


def _line(row: Row) -> tuple[str, ...]:
    verdict = "vacuous" if row["vacuous"] else "holds"
    return (
        row["quantizer"],
        str(row["H"]),
        str(row["n"]),
        f"{row['regret']:.4f}",
        f"[{row['low']:.4f}, {row['high']:.4f}]",
        f"{row['bound']:.4f}",
        max(row["terms"], key=row["terms"].__getitem__),
        verdict if row["holds"] else "VIOLATED",
    )
