"""A study's rows as table rows: measurement against bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from figures.panels import worst_seed
from figures.tables import Row, distinguishable, rung
from quantbc import __version__

_LONG = 1e6
"""Beyond it a bound is printed in scientific notation."""
_SETTING = ("expert", "quantizer", "H", "n")


COLUMNS = (
    ("quantizer", False),
    ("H", True),
    ("n", True),
    ("regret", True),
    ("interval", True),
    ("bound", True),
    ("certificate", True),
    ("bound is", True),
    ("mostly", False),
    ("verdict", False),
)
"""Columns of the table of cells, and whether each is numeric."""


def worst(rows: Iterable[Row]) -> list[Row]:
    """For each setting of a study, the row of the seed with the largest measured regret."""
    return worst_seed(rows, _SETTING)


def notes(name: str) -> tuple[str, ...]:
    """What produced a study's tables, for the headers of its files."""
    return (
        f"quantbc {__version__}, study {name}",
        "randomness: each cell's generator is keyed by its settings and seed",
    )


def comparisons(shown: Sequence[Row]) -> Iterator[tuple[str, str, list[tuple[str, ...]]]]:
    """For each expert, its name and the title and rows of the table that compares measurement with bound."""
    for expert in dict.fromkeys(row["expert"] for row in shown):
        mine = [row for row in shown if row["expert"] == expert]
        keys = ", ".join(dict.fromkeys(row["statement"] for row in mine if row["statement"] is not None))
        beside = f"against the smallest bound ({keys})" if keys else "(no upper bound applies)"
        title = f"{expert} expert: measured regret (worst seed) {beside}; totals over the horizon"
        yield expert, title, [_line(row) for row in mine]


def _how_far(row: Row) -> str:
    """The bound in units of the measured regret, or of H where the regret is not distinguishably positive."""
    if distinguishable(row):
        return f"{row['bound'] / row['regret']:.3g} x"
    return f"{row['bound'] / row['H']:.3g} H ({'regret < 0' if row['high'] < 0 else 'regret ~ 0'})"


def _line(row: Row) -> tuple[str, ...]:
    """A row as it is printed."""
    verdict = "vacuous" if row["vacuous"] else "holds"
    known = row["bound"] is not None
    return (
        row["quantizer"],
        str(row["H"]),
        str(row["n"]),
        f"{row['regret']:.4f}",
        f"[{row['low']:.4f}, {row['high']:.4f}]",
        f"{row['bound']:.4f}" if known and row["bound"] < _LONG else f"{row['bound']:.4g}" if known else "",
        f"{certificate:.4f}" if (certificate := rung(row, "certificate")) is not None else "",
        _how_far(row) if known else "",
        max(row["terms"], key=row["terms"].__getitem__) if known else "",
        (verdict if known else _floor(row)) if row["holds"] else "VIOLATED",
    )


def _floor(row: Row) -> str:
    """What is known where no upper bound applies."""
    return "no bound" if row.get("floor") is None else f"above {row['floor']:.4g} ({row['floor_statement']})"
