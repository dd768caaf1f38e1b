"""What a study measured, beside its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.tables import Row
from quantbc.report.blocks import Block, Fold, Items, Picture, Section, Table, Text
from quantbc.sweeps.findings import Findings, last_line
from quantbc.tables.cells import COLUMNS, comparisons
from quantbc.tables.ladder import LADDER_COLUMNS, ladders


def failures(rows: Sequence[Row], findings: Findings) -> tuple[str, ...]:
    """What went wrong: bounds that measurement exceeds, and cells that could not be computed."""
    found = [
        f"bound violated: {_where(row)}, seed {row['seed']}: measured at least {row['low']:.4g}, "
        f"{row['statement']} allows {row['bound']:.4g}"
        for row in rows
        if not row["holds"]
    ]
    found += [
        f"cell failed: {_where(cell['settings'])}, seed {cell['settings']['seed']}: {last_line(cell['traceback'])}"
        for cell in findings.failed
    ]
    if findings.failures > len(findings.failed):
        found.append(f"{findings.failures - len(findings.failed)} more cells failed")
    return tuple(found)


def _where(row: Mapping[str, Any]) -> str:
    return f"{row['expert']} expert, {row['quantizer']}, H = {row['H']}, n = {row['n']}"


def section(
    rows: Sequence[Row], findings: Findings, shown: Sequence[Row], pictures: Sequence[Picture], *, table: str
) -> Section:
    """Figures, tables and violations of a study.

    Args:
        rows: every finished cell.
        findings: what they add up to.
        shown: of every setting, the worst seed.
        pictures: the study's figures.
        table: where all cells are, relative to the page.
    """
    summary = findings.summary
    wrong = failures(rows, findings)
    verdict = (
        f"{summary.cells} cells, {summary.violations} violations, {findings.failures} failed; the bound is not vacuous "
        f"on {summary.cells - summary.vacuous} of {summary.cells}."
    )
    blocks: list[Block] = [Text(verdict, "bad" if wrong else "good")]
    if wrong:
        blocks.append(Items(wrong, "bad"))
    for _, title, lines, words in ladders(shown):
        blocks += [Table(title, LADDER_COLUMNS, tuple(lines)), Text(words)]
    blocks += [*pictures, *_tables(shown)]
    blocks.append(Text(f"All cells with all their numbers: {table}."))
    if coverage := summary.coverage():
        blocks.append(_coverage(coverage))
    return Section("measured", "Measured regret beside the bound", tuple(blocks))


def _tables(shown: Sequence[Row]) -> list[Fold]:
    return [
        Fold(f"{expert} expert: {len(lines)} settings", (Table(caption, COLUMNS, tuple(lines)),))
        for expert, caption, lines in comparisons(shown)
    ]


def _coverage(rows: Sequence[Mapping[str, Any]]) -> Table:
    """How often the high-probability claim held."""
    columns = (
        *(("n", True), ("N", True), ("delta", True), ("cells", True), ("bound held", True)),
        *(("share", True), ("95 % interval", True), ("consistent with 1 - delta", False)),
    )
    lines = tuple(
        (
            *(str(row[name]) for name in ("n", "N", "delta", "cells", "held")),
            f"{row['coverage']:.4f}",
            f"[{row['low']:.4f}, {row['high']:.4f}]",
            {True: "yes", False: "NO", None: ""}[row["consistent"]],
        )
        for row in rows
    )
    return Table("Coverage: how often the bound held, over seeds and all other settings", columns, lines)
