"""An audit as a page: what each tokenizer does to the user's own demonstrations, in the tokenizer figure's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bounds
from figures.plot import Drawing
from figures.style import caption, equals, tex
from figures.tables import Row
from figures.tokenizers import Panel, dots
from quantbc.report.blocks import Block, Fold, Items, Picture, Section, Table, Text
from quantbc.tables.audits import (
    BOUND_COLUMNS,
    RAW_COLUMNS,
    TOKENIZER_COLUMNS,
    answer_lines,
    bound_lines,
    bounds_title,
    data_line,
    label,
    raw_lines,
    stability_lines,
    tokenizer_line,
    verdict_items,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NAME = "audit"
"""File stem and anchor of the figure."""
_PANELS = (
    Panel("average error", "half-ranges", "average_error", "sup_error"),
    Panel("distinct actions", "count", "distinct"),
    Panel("neighbours separated", "labels minus raw", "parted", scale="linear"),
)
_REGRET = Panel("total regret", "reward units", "regret", "bound")


def rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The table of the figure; a tokenizer without a promised error, observations or a bound lacks the column.

    Args:
        document: of an audit.
    """
    totals = {(row["tokenizer"], row["bins"]): row for row in document["ranking"]}
    table = []
    for tokenizer in document["tokenizers"]:
        row: dict[str, Any] = {"tokenizer": tokenizer["name"], "bins": tokenizer["bins"], "H": document["horizon"]}
        row |= {"unit": tokenizer["unit"], "average_error": tokenizer["mean_error_norm"]}
        row["distinct"] = tokenizer["distinct_actions"]
        optional = {
            "sup_error": tokenizer["eps_q"],
            "parted": None if tokenizer["smoothness"] is None else tokenizer["smoothness"]["excess"],
            "bound": totals.get((tokenizer["name"], tokenizer["bins"]), {}).get("total"),
        }
        table.append(row | {name: value for name, value in optional.items() if value is not None})
    return table


def drawing(document: Mapping[str, Any]) -> Drawing:
    """How the table is drawn, and what it shows in words."""
    count = len(document["tokenizers"])
    best = document["ranking"][0] if document["ranking"] else None
    words = f" The smallest bound is that of {label(best, key='tokenizer')}." if best else ""
    alt = (
        f"Dot plots with a line for each of {count} tokenizers on your demonstrations: average error beside the "
        "largest error, distinct actions, how many more neighbouring states are separated by labels than by raw "
        f"actions, and the bound on total regret.{words}"
    )

    def draw(table: Sequence[Row]) -> Figure:
        return _draw(table, document)

    return Drawing(NAME, "Tokenizers on your demonstrations", alt, draw)


def _draw(table: Sequence[Row], document: Mapping[str, Any]) -> Figure:
    known = any("bound" in row for row in table)
    contents = [*_PANELS, _REGRET] if known else _PANELS
    names = [label(row, key="tokenizer") for row in table]
    figure, grid = dots(table, names, contents, height=1.1 + 0.26 * len(table))
    words = (
        f"Measured on {document['counts']['used_rows']} rows. Circles: binning; diamonds: learned, or chunked. Bars: "
        "largest error, and upper bound on regret"
    )
    if known:
        grid[-1].axvline(table[0]["H"], color="#999999", linewidth=1.0, zorder=0)
        theorem = bounds.catalog[document["ranking"][0]["theorem"]]
        words += (
            f" by {theorem.source} with estimated constants, {equals('H', table[0]['H'])}; beyond the grey line, "
            f"{tex('H')}, it is vacuous. No regret was measured"
        )
    grid[2].axvline(0, color="#999999", linewidth=1.0, zorder=0)
    parted = (
        "share of neighbouring states whose labels differ, minus the share whose raw actions differ by half as much, "
        "where it is largest; significantly above 0, the tokenizer separates neighbouring states; estimated"
    )
    caption(figure, f"{words}. Neighbours separated: {parted}.")
    return figure


def section(document: Mapping[str, Any], pictures: Sequence[Picture]) -> Section:
    """The section.

    Args:
        document: of an audit.
        pictures: its figure.
    """
    plain = dict(document)
    breaks = [f"breaks  {text}" for text in plain["verdict"]["breaks"]]
    blocks: list[Block] = [Text(data_line(plain)), Items((*verdict_items(plain), *breaks))]
    blocks += pictures
    title = "Tokenizers, in their own normalized units (errors: worst or mean over dimensions)"
    blocks.append(Table(title, TOKENIZER_COLUMNS, tuple(tokenizer_line(row) for row in plain["tokenizers"])))
    raw = Table("The same errors by dimension, in the units of the file", RAW_COLUMNS, tuple(raw_lines(plain)))
    blocks.append(Fold("Errors by dimension, in the units of the file", (raw,)))
    if plain["bounds"]:
        table = Table(bounds_title(plain), BOUND_COLUMNS, tuple(bound_lines(plain)))
        blocks.append(Fold("Bounds by term, for every tokenizer", (table,)))
    blocks.append(Items((*stability_lines(plain), *answer_lines(plain))))
    if plain["warnings"]:
        blocks.append(Fold(f"{len(plain['warnings'])} notes on the data", (Items(tuple(plain["warnings"])),)))
    return Section("audit", "Audit of your demonstrations", tuple(blocks))
