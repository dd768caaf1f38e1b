"""`quantbc simulate`: run a study from a problem file; print a table or JSON, and draw plots."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from figures.catalog import PROBLEM_FIGURES, render
from figures.tables import Row
from quantbc.commands.results import print_document, print_ladders
from quantbc.output import print_line, print_table, progress_bar, say
from quantbc.problem.file import load
from quantbc.sweeps.engine import Tally, run
from quantbc.sweeps.executors import connect
from quantbc.sweeps.export import export_csv
from quantbc.sweeps.findings import Findings, Selection, last_line
from quantbc.sweeps.store import Store, kept_in
from quantbc.sweeps.study import COMPUTATION, sweep_of
from quantbc.sweeps.sweep import Sweep
from quantbc.tables.cells import COLUMNS, comparisons, notes, worst


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
        Exit status: 1 if a cell failed or a measured regret exceeds its bound, else 0.
    """
    problem = load(path)
    sweep = sweep_of(problem)
    folder = out if out is not None else Path("out") / problem.name
    with Store(store if store is not None else kept_in(folder)) as results:
        say(f"{path}: {sweep.size} cells, results in {results.path}")
        compute(sweep, results, workers=workers, cluster=cluster, resume=resume)
        return _report(problem.name, Selection(results, (sweep,)), folder, json=json)


def compute(
    sweep: Sweep, store: Store, *, workers: int | None = None, cluster: str | None = None, resume: bool = True
) -> Tally:
    """Compute what the store does not hold of a study, with progress.

    Raises:
        KeyboardInterrupt: passed on, once it is said what is stored and how to go on.
    """
    try:
        with (
            connect(workers=workers if workers is not None else os.cpu_count() or 1, cluster=cluster) as crew,
            progress_bar("cells", sweep.size) as progress,
        ):
            return run(sweep, COMPUTATION, store, crew, progress, resume=resume)
    except KeyboardInterrupt:
        say(
            f"interrupted: {len(store)} cells are stored in {store.path}, possibly some from other settings or code; "
            f"this study has {sweep.size}; run the same command (without --no-resume) to resume"
        )
        raise


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
    for failure in findings.failed:
        settings = failure["settings"]
        say(
            f"cell failed, will be retried on the next run: {settings['expert']}, {settings['quantizer']}, "
            f"H = {settings['H']}, n = {settings['n']}, seed {settings['seed']}: "
            f"{last_line(failure['traceback'])}"
        )
    return findings.status


def _write(name: str, selection: Selection, shown: Sequence[Row], folder: Path) -> list[Path]:
    files = [export_csv(selection.rows, folder / "cells.csv", notes=notes(name))]
    for plot in PROBLEM_FIGURES.values():
        files += render(plot, shown, folder, notes=notes(name))
    return files


def _print(shown: Sequence[Row], findings: Findings) -> None:
    for _, title, lines in comparisons(shown):
        print_table(title, COLUMNS, lines)
    print_ladders(shown)
    cells, violations, vacuous = findings.summary.cells, findings.summary.violations, findings.summary.vacuous
    print_line(f"{cells} cells, {violations} violations, bound not vacuous on {cells - vacuous} of {cells}.")
