"""`quantbc simulate`: a study from a problem file to a table, JSON and two plots."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from figures.catalog import PROBLEM_FIGURES, render
from figures.panels import worst_seed
from figures.tables import Row
from quantbc import __version__
from quantbc.commands.results import print_document
from quantbc.engine import Tally, run
from quantbc.executors import connect
from quantbc.export import export_csv
from quantbc.findings import Findings, Selection, last_line
from quantbc.output import print_line, print_table, progress_bar, say
from quantbc.problem import load
from quantbc.store import Store
from quantbc.study import COMPUTATION, sweep_of
from quantbc.sweep import Sweep

__all__ = ["COLUMNS", "comparisons", "compute", "notes", "simulate", "worst"]

_SETTING = ("expert", "quantizer", "H", "n")
COLUMNS = (
    ("quantizer", False),
    ("H", True),
    ("n", True),
    ("regret", True),
    ("interval", True),
    ("bound", True),
    ("mostly", False),
    ("verdict", False),
)
"""Columns of the table of cells, and whether each is numeric."""


def simulate(
    path: Path,
    *,
    store: Path | None,
    out: Path | None,
    workers: int | None,
    cluster: str | None,
    resume: bool,
    json: bool,
) -> int:
    """Run a study and report it.

    Args:
        path: problem file.
        store: results file; by default results.sqlite in the output folder.
        out: output folder; by default out/NAME of the problem.
        workers: processes; by default one a core.
        cluster: address of a Dask scheduler.
        resume: compute only what the store does not hold.
        json: print JSON instead of tables.

    Returns:
        Exit status: 1 if a cell failed, a measured regret exceeds its bound or the run was interrupted, else 0.
    """
    problem = load(path)
    sweep = sweep_of(problem)
    folder = out if out is not None else Path("out") / problem.name
    with Store(store if store is not None else folder / "results.sqlite") as results:
        say(f"{path}: {sweep.size} cells, results in {results.path}")
        try:
            compute(sweep, results, workers=workers, cluster=cluster, resume=resume)
        except KeyboardInterrupt:
            _say_how_to_go_on(results, sweep)
            return 1
        return _report(problem.name, Selection(results, (sweep,)), folder, json=json)


def compute(
    sweep: Sweep, store: Store, *, workers: int | None = None, cluster: str | None = None, resume: bool = True
) -> Tally:
    """Compute what the store does not hold of a study, with progress."""
    with (
        connect(workers=workers or os.cpu_count() or 1, cluster=cluster) as crew,
        progress_bar("cells", sweep.size) as progress,
    ):
        return run(sweep, COMPUTATION, store, crew, progress, resume=resume)


def worst(rows: Iterable[Row]) -> list[Row]:
    """Of every setting of a study, the row of the seed with the largest measured regret."""
    return worst_seed(rows, _SETTING)


def _say_how_to_go_on(store: Store, sweep: Sweep) -> None:
    done = sum(store.finished(cell) for cell in sweep.cells())
    say(
        f"interrupted: {done} of {sweep.size} cells are stored in {store.path}; "
        "run the same command (without --no-resume) to go on"
    )


def _report(name: str, selection: Selection, folder: Path, *, json: bool) -> int:
    findings = Findings()
    shown = worst(selection.rows(findings))
    files = _write(name, selection, shown, folder) if shown else []
    if json:
        print_document(selection)
    else:
        _print(shown, findings)
    for file in files:
        say(f"wrote {file}")
    for failure in findings.told:
        settings = failure["settings"]
        say(
            f"cell failed, tried again on the next run: {settings['expert']}, {settings['quantizer']}, "
            f"H = {settings['H']}, n = {settings['n']}, seed {settings['seed']}: "
            f"{last_line(failure['traceback'])}"
        )
    return findings.status


def notes(name: str) -> tuple[str, ...]:
    """What produced the tables of a study, for the heads of its files."""
    return (
        f"quantbc {__version__}, study {name}",
        "randomness: each cell's generator is keyed by its settings and seed",
    )


def _write(name: str, selection: Selection, shown: Sequence[Row], folder: Path) -> list[Path]:
    files = [export_csv(selection.rows, folder / "cells.csv", notes=notes(name))]
    for plot in PROBLEM_FIGURES.values():
        files += render(plot, shown, folder, notes=notes(name))
    return files


def _print(shown: Sequence[Row], findings: Findings) -> None:
    for _, title, lines in comparisons(shown):
        print_table(title, COLUMNS, lines)
    cells, violations, vacuous = findings.summary.cells, findings.summary.violations, findings.summary.vacuous
    print_line(f"{cells} cells, {violations} violations, bound not vacuous on {cells - vacuous} of {cells}.")


def comparisons(shown: Sequence[Row]) -> Iterator[tuple[str, str, list[tuple[str, ...]]]]:
    """For every expert its name, and title and lines of the table that compares measurement with bound."""
    for expert in dict.fromkeys(row["expert"] for row in shown):
        mine = [row for row in shown if row["expert"] == expert]
        keys = ", ".join(dict.fromkeys(row["theorem"] for row in mine))
        title = f"{expert} expert: measured regret (worst seed) beside the bound of {keys}; totals over the horizon"
        yield expert, title, [_line(row) for row in mine]


def _line(row: Row) -> tuple[str, ...]:
    """A row as it is printed."""
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
