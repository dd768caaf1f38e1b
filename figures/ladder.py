"""The way from a bound known beforehand to the measurement: a waterfall for each expert of a study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from figures.panels import plain
from figures.plot import Drawing
from figures.style import FULL_WIDTH, SMALL, caption, panels
from figures.tables import Row, distinguishable, rung
from proofs_check.ladder import RUNGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_NAMES = {
    "catalog": "known\nbeforehand",
    "gains": "every\ngain",
    "loop": "the\nloop",
    "variance": "range and\nspread",
    "certificate": "this\ndata",
    "rollout": "roll-outs",
    "measured": "measured",
}
_STANDING, _DROP = "#10355f", "#c4c4c4"


def levels(rows: Sequence[Row]) -> dict[str, float]:
    """Geometric means of value ÷ H by rung, over the cells that it is positive on; a cell without one keeps the last.

    Only cells whose measured regret is distinguishable from zero count, if any; else the measurement has no level.

    >>> row = {"H": 10, "low": 1.0, "rungs": {"catalog": 20.0, "measured": 2.0}}
    >>> {name: round(level, 9) for name, level in levels([row]).items()}
    {'catalog': 2.0, 'measured': 0.2}
    """
    clear = [row for row in rows if distinguishable(row)]
    names = RUNGS if clear else RUNGS[:-1]
    logs: dict[str, list[float]] = {name: [] for name in names}
    present = set()
    for row in clear or rows:
        last = math.nan
        for name in names:
            value = rung(row, name)
            if value is not None and 0 < value < math.inf:
                last = math.log(value / row["H"])
                present.add(name)
            logs[name].append(last)
    return {
        name: math.exp(fmean(known))
        for name in names
        if name in present and (known := [log for log in logs[name] if not math.isnan(log)])
    }


def draw(rows: Sequence[Row]) -> Figure:
    """Draw a panel for each expert: dark bars where a rung stands, light ones for what it takes away."""
    known = [row for row in rows if rung(row, "measured") is not None]
    experts = list(dict.fromkeys(row["expert"] for row in known))
    found = {expert: levels([row for row in known if row["expert"] == expert]) for expert in experts}
    floor = 10 ** (math.floor(math.log10(min([1.0, *(v for one in found.values() for v in one.values())]))) - 0.3)
    figure, grid = panels(1, max(1, len(experts)), width=FULL_WIDTH, height=3.2, sharey=True)
    for axes, expert in zip(grid, experts, strict=False):
        mine = [row for row in known if row["expert"] == expert]
        axes.set_title(f"{expert} expert, {len(mine)} settings", parse_math=False)
        _panel(axes, found[expert], floor)
    grid[0].set_ylabel("total regret ÷ H")
    caption(
        figure,
        "Each step down shows what one more kind of knowledge is worth, with its factor above. Dark: bounds, and the "
        "measured regret on the right; light: the step from the previous rung. Geometric means over the settings whose "
        "regret is distinguishable from zero (if there are none, over all settings, without the measurement); above 1 "
        "a bound is vacuous.",
    )
    return figure


def _panel(axes: Axes, found: dict[str, float], bottom: float) -> None:
    axes.set_yscale("log")
    values = list(found.values())
    top = 3 * max([1.0, *values])
    axes.set_ylim(bottom, top)
    axes.set_axisbelow(True)
    axes.axhline(1.0, color="#888888", linewidth=0.8, zorder=0)
    above = None
    for at, value in enumerate(values):
        axes.bar(at, value - bottom, bottom=bottom, width=0.55, color=_STANDING)
        if above is not None:
            axes.bar(at, above - value, bottom=value, width=0.55, color=_DROP, hatch="///", edgecolor="white")
            axes.annotate(
                f"÷{plain(above / value, 3)}",
                (at, above),
                (0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=SMALL,
            )
        above = value
    axes.set_xticks(range(len(found)), [_NAMES[name] for name in found], fontsize=6)
    axes.grid(axis="x", visible=False)


DRAWING = Drawing(
    name="ladder",
    title="From bound to measurement",
    alt=(
        "Waterfall for each expert on a logarithmic axis: bounds on total regret divided by the horizon fall from what "
        "is known beforehand by exact gains, the loop, the data and roll-outs to the measured regret; each step is "
        "labelled with its factor."
    ),
    draw=draw,
)
