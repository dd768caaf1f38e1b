"""The drawing that the two regret figures share: a grid of panels, one curve triple in each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

import bounds
from figures.style import BOUND, CERTIFICATE, LOWER, MEASURED, band, beside, new_figure
from figures.tables import Row, distinguishable, rung

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_CAPTION_WIDTH = 128
"""Characters that fit a full text width at caption size."""
_LABEL_WIDTH = 80
"""Characters that fit it beside each other as labels of the columns' axes."""


def worst_seed(rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
    """Among rows that differ only in the seed, the one with the largest measured regret.

    Example:
        >>> worst_seed([{"H": 5, "seed": 0, "regret": 0.1}, {"H": 5, "seed": 1, "regret": 0.2}], ["H"])
        [{'H': 5, 'seed': 1, 'regret': 0.2}]
    """
    worst: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in worst or row["regret"] > worst[key]["regret"]:
            worst[key] = row
    return list(worst.values())


@dataclass(frozen=True)
class Panels:
    """Layout of a regret figure: a row of panels for each expert, a column for each value of one setting.

    Attributes:
        x: setting on the horizontal axis.
        x_label: its label.
        column: setting that tells columns apart.
        column_title: title of a column, from its value.
    """

    x: str
    x_label: str
    column: str
    column_title: Callable[[Any], str]

    def draw(self, rows: Sequence[Row]) -> Figure:
        """Draw bound (dashed), certificate (dash-dotted) and measured regret with interval (solid) in every panel.

        Dotted: a lower bound on the very instance that was measured, where there is one; worst-case ones are not drawn.
        """
        table = _placed(worst_seed(rows, ("expert", "quantizer", "cells", "H", "n")), self.x)
        experts = list(dict.fromkeys(row["expert"] for row in table))
        columns = list(dict.fromkeys(row[self.column] for row in sorted(table, key=_fineness)))
        figure, grid = new_figure(len(experts), len(columns), height=0.75 + 1.75 * len(experts))
        for expert, line in zip(experts, grid, strict=True):
            mine = [row for row in table if row["expert"] == expert]
            for column, axes in zip(columns, line, strict=True):
                self._panel(axes, [row for row in mine if row[self.column] == column], _limits(mine))
            # an expert is named by the reader of the page, to whom "$" is a letter
            line[0].set_ylabel(f"{expert} expert\ntotal regret", parse_math=False)
        for column, axes in zip(columns, grid[0], strict=True):
            axes.set_title(self.column_title(column))
        for axes in grid[-1]:
            axes.set_xlabel(fill(self.x_label, width=_LABEL_WIDTH // len(columns)))
        _label_curves(figure, table)
        apart = dict.fromkeys(row["quantizer"] for row in table if not self._joined(row, table))
        figure.supxlabel(_caption(table, list(apart)), fontsize=7, x=0.01, ha="left")
        return figure

    def _panel(self, axes: Axes, rows: Sequence[Row], limits: tuple[float, float]) -> None:
        ordered = sorted(rows, key=lambda row: row[self.x])
        x = [row[self.x] for row in ordered]
        axes.set(xscale="log", yscale="log", ylim=limits)
        ticks = spaced(x)
        unnumbered = {row[self.x] for row in ordered if row.get("unnumbered")}
        axes.set_xticks(ticks, ["∞" if tick in unnumbered else str(tick) for tick in ticks])
        axes.minorticks_off()
        for name, style in (("bound", BOUND), ("floor", LOWER)):
            known = [(row[self.x], row[name]) for row in ordered if row.get(name) is not None]
            axes.plot([a for a, _ in known], [b for _, b in known], **style)
        certified(axes, ordered, self.x)
        axes.plot(x, [row["H"] for row in ordered], color="#bbbbbb", linewidth=0.8, zorder=0)
        for kind in dict.fromkeys(map(_kind, ordered)):
            mine = [row for row in ordered if _kind(row) == kind]
            measured = ([row[name] for row in mine] for name in (self.x, "regret", "low", "high"))
            band(axes, *measured, joined=self._joined(mine[0], rows))
        if ordered:
            last_factor(axes, ordered[-1], self.x)

    def _joined(self, row: Row, rows: Sequence[Row]) -> bool:
        """Whether a row belongs to a curve: beside others, a tokenizer with but one number of cells is a point."""
        series = {other[self.x] for other in rows if _kind(other) == _kind(row)}
        return self.column == "quantizer" or len(series) > 1 or len(set(map(_kind, rows))) == 1


def _kind(row: Row) -> str:
    """The tokenizer with its arguments, but for the number of bins."""
    return " ".join(part for part in row["quantizer"].split() if part != str(row.get("bins")))


def _placed(rows: Sequence[Row], x: str) -> list[Row]:
    """Rows with a place each: a tokenizer without a fixed number of cells stands at twice the largest, as ∞."""
    end = 2 * max((row[x] for row in rows if row[x] is not None), default=1)
    return [row if row[x] is not None else {**row, x: end, "unnumbered": True} for row in rows]


def spaced(values: Sequence[float], *, ratio: float = 1.3) -> list[float]:
    """Values far enough apart on a logarithmic axis that their labels do not touch.

    Example:
        >>> spaced([5, 6, 8, 20], ratio=1.5)
        [5, 8, 20]
    """
    ticks: list[float] = []
    for value in sorted(set(values)):
        if not ticks or value > ratio * ticks[-1]:
            ticks.append(value)
    return ticks


def certified(axes: Axes, rows: Sequence[Row], x: str) -> None:
    """Draw the certificates, in closed form or exact, of the rows that have one; a gap where it is not positive."""
    known = [(row[x], value) for row in rows if (value := rung(row, "certificate")) is not None]
    axes.plot([a for a, _ in known], [b if b > 0 else math.nan for _, b in known], **CERTIFICATE)


def last_factor(axes: Axes, row: Row, x: str) -> None:
    """Write beside the last point how many times the measured regret its bound and its certificate are.

    Where the interval of the regret reaches 0 there is no such factor: what is written is the share of H.
    """
    unit, share = (row["regret"], "×") if distinguishable(row) else (row["H"], " H")
    for value, style in ((row["bound"], BOUND), (rung(row, "certificate"), CERTIFICATE)):
        if value is not None and value > 0:  # others have no place on a logarithmic axis
            beside(axes, row[x], value, f"{plain(value / unit)}{share}", color=style["color"])


def plain(value: float, digits: int = 2) -> str:
    """A number with that many significant digits, without an exponent below a million.

    Example:
        >>> plain(1234.5), plain(0.012345, 3), plain(3.17e15)
        ('1200', '0.0123', '3.2e15')
    """
    if abs(value) >= 1e6:
        return f"{value:.{digits - 1}e}".replace("e+", "e")
    return f"{float(f'{value:.{digits}g}'):.10f}".rstrip("0").rstrip(".")


def _fineness(row: Row) -> float:
    """Panels come in the order of their cells; what has no number of cells comes last."""
    cells = row.get("cells")
    return float(cells) if isinstance(cells, int | float) else math.inf


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    """Whole decades around everything that is positive."""
    values = [row[name] for row in rows for name in ("bound", "high", "H", "floor") if row.get(name) is not None]
    low = min(value for value in values if value > 0)
    return 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(max(values)))


def _label_curves(figure: Figure, rows: Sequence[Row]) -> None:
    from matplotlib.lines import Line2D

    looks = (
        (any(row["bound"] is not None for row in rows), BOUND, "upper bound (sharp)"),
        (_certified(rows), CERTIFICATE, "certificate, from this data"),
        (True, MEASURED, "measured, with interval"),
        (any(row.get("floor") is not None for row in rows), LOWER, "lower bound on this instance"),
        (True, {"color": "#bbbbbb", "linewidth": 0.8}, "H: above it a bound is vacuous"),
    )
    handles = [Line2D([], [], **style, label=words) for drawn, style, words in looks if drawn]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False, fontsize=7)


def _caption(rows: Sequence[Row], apart: Sequence[str]) -> str:
    floors = _sources(rows, "floor_statement")
    dotted = f"Dotted: lower bounds on the very instance that was measured: {floors}. " if floors else ""
    tighter = " and below the tighter certificate from the data (dash-dotted)" if _certified(rows) else ""
    budgets = ", ".join(str(n) for n in sorted({row["n"] for row in rows}))
    seeds = ", ".join(str(seed) for seed in sorted({row["seed"] for row in rows}))
    diamonds = f"hollow diamonds, {', '.join(apart)}; " if apart else ""
    return fill(
        f"The measured regret (solid) stays below the a-priori bound (dashed){tighter}. At the last point: "
        "multiple of the measured regret, or share of H where it is not distinguishable from zero. "
        f"Dashed: upper bounds, with probability {1 - rows[0]['delta']:g}: "
        f"{_sources(rows, 'statement') or 'none applies'}. {dotted}Solid: "
        f"measured, n\xa0=\xa0{budgets} demonstrations, the worst of the seeds, here {seeds}; {diamonds}a caret is an "
        "upper limit.",
        width=_CAPTION_WIDTH,
    )


def _certified(rows: Sequence[Row]) -> bool:
    return any(rung(row, "certificate") is not None for row in rows)


def _sources(rows: Sequence[Row], column: str) -> str:
    """The statements that a column names, each with its source."""
    keys = dict.fromkeys(row[column] for row in rows if row.get(column) is not None)
    return "; ".join(f"{key} ({bounds.catalog[key].source})" for key in keys)
