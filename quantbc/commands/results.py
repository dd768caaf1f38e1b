"""`quantbc results`: summarize a sweep's store."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from figures.tables import groups
from quantbc import __version__
from quantbc.output import print_json_list, print_line, print_table, say
from quantbc.sweeps.export import export_csv, export_parquet
from quantbc.sweeps.findings import Findings, Selection, last_line, parse_filters
from quantbc.sweeps.store import Store
from quantbc.tables.ladder import LADDER_COLUMNS, ladders

_COVERAGE = ("n", "N", "delta", "cells", "held", "coverage", "95 % interval", "consistent")
_SLOPES = (
    *(("study", False), ("expert", False), ("against", False), ("settings", True)),
    *(("regret, median", True), ("regret, from", True), ("regret, to", True), ("bound, median", True)),
)


def results(path: Path, *, where: Sequence[str], csv: Path | None, parquet: Path | None, json: bool) -> int:
    """Report on the latest sweep of every name in a store, without changing it.

    Args:
        path: the store.
        where: AXIS=VALUE filters.
        csv: also write the chosen rows to this CSV file.
        parquet: also write them to this Parquet file.
        json: print one JSON document instead of tables.

    Returns:
        Exit status: 1 if a bound is violated or a cell failed, else 0.

    Raises:
        ProblemError: no store of this schema, a filter that is malformed or chooses nothing, or an export that fails.
    """
    filters = parse_filters(where)
    with Store(path, read_only=True) as store:
        selection = Selection(store, tuple(store.sweeps()), filters)
        selection.check()
        notes = (f"quantbc {__version__}, store {path.name}", *where)
        others = len(store) - sum(store.count(sweep.cells()) for sweep in selection.sweeps)
        findings, last = _read_once(selection)
        exports = ((csv, export_csv), (parquet, export_parquet))
        written = [export(selection.rows, file, notes=notes) for file, export in exports if file is not None]
        if json:
            print_document(selection)
        else:
            _print_tables(findings)
            print_ladders(last if findings.summary.cells == 1 else [])
    for file in written:
        say(f"wrote {file}")
    if others:
        say(f"not shown: {others} cells from earlier settings or code")
    return findings.status


def print_document(selection: Selection) -> Findings:
    """Write everything as one JSON document, cell by cell."""
    findings = Findings()
    print_json_list("cells", selection.rows(findings), findings.as_dict)
    return findings


def print_ladders(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print how the gap closes between first bound and measurement, expert by expert."""
    for _, title, lines, words in ladders(rows):
        print_table(title, LADDER_COLUMNS, lines)
        print_line(words)


def _read_once(selection: Selection) -> tuple[Findings, Sequence[Mapping[str, Any]]]:
    """What the rows add up to, and the last of them; a damaged one is refused here, before anything is written."""
    findings = Findings()
    return findings, deque(selection.rows(findings), maxlen=1)


def _print_tables(findings: Findings) -> None:
    summary = findings.summary
    if coverage := summary.coverage():
        title = "Coverage: how often the bound held, over seeds and all other settings"
        print_table(title, [(name, True) for name in _COVERAGE], [_coverage_line(row) for row in coverage])
    if slopes := [_flat_slope(row) for row in summary.slopes()]:
        lines = [_slope_line(key, mine) for key, mine in groups(slopes, "study", "expert", "axis").items()]
        print_table("Log-log slopes, one per combination of the other settings", _SLOPES, lines)
    for failure in findings.failed:
        say(f"failed: {failure['settings']}: {last_line(failure['traceback'])}")
    print_line(
        f"{summary.cells} cells, {summary.violations} violations, {findings.failures} failed, {findings.missing} not "
        f"computed yet; bound not vacuous on {summary.cells - summary.vacuous}."
    )


def _coverage_line(row: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (str(row[name]) for name in ("n", "N", "delta", "cells", "held"))
    verdict = {True: "yes", False: "NO", None: ""}[row["consistent"]]
    return (*counts, f"{row['coverage']:.4f}", f"[{row['low']:.4f}, {row['high']:.4f}]", verdict)


def _flat_slope(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"study": "", "expert": "", **row["settings"], **{name: row[name] for name in ("axis", "regret", "bound")}}


def _slope_line(key: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    measured = [row["regret"] for row in rows if row["regret"] is not None]
    bound = [row["bound"] for row in rows if row["bound"] is not None]
    return (
        *map(str, key),
        str(len(measured)),
        *(_number(function, measured) for function in (median, min, max)),
        _number(median, bound),
    )


def _number(function: Any, values: Sequence[float]) -> str:
    return f"{function(values):.2f}" if values else ""
