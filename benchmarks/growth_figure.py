"""The growth figure: time and memory against H, S, K and cells, with the stated powers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.curves import AXES, CURVES, slope
from figures.plot import Drawing
from figures.style import BOUND, MEASURED, TEXT, beside, caption, panels, shades
from figures.tables import Row, groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_WORKS = tuple(dict.fromkeys(curve.work for curve in CURVES))
_LOOKS = dict(zip(_WORKS, zip(shades(len(_WORKS)), "osD^v", strict=True), strict=True))
_QUANTITIES = {"seconds": ("time", 1.0, "time (s)"), "bytes": ("memory", 2.0**-20, "peak memory (MiB)")}
_GAP = 0.115  # of the panel's height, between labels
_CHARACTER = 0.025  # of the panel's width
_BEYOND = 1.25  # of the last size: where labels begin
_WIDE = 100  # last over first size of an axis that is labelled in powers of ten


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Heights moved apart as little as it takes, their order kept, for labels that must not touch.

    Example:
        >>> spread([0.5, 0.5, 0.9], 0.1)
        [0.45, 0.55, 0.9]
    """
    order = np.argsort(heights, kind="stable")
    blocks: list[list[float]] = []  # middle and number of labels that touch
    for height in np.array(heights)[order]:
        blocks.append([float(height), 1])
        while len(blocks) > 1 and blocks[-1][0] - blocks[-2][0] < gap * (blocks[-1][1] + blocks[-2][1]) / 2:
            (upper, many), (lower, few) = blocks.pop(), blocks.pop()
            blocks.append([(upper * many + lower * few) / (many + few), many + few])
    placed = [middle + gap * (i - (count - 1) / 2) for middle, count in blocks for i in range(int(count))]
    found = np.empty(len(placed))
    found[order] = placed
    return [round(float(value), 12) for value in found]


def draw(rows: Sequence[Row]) -> Figure:
    """A row of panels for each axis: time on the left, memory on the right."""
    by_axis = groups(rows, "axis")
    figure, grid = panels(len(by_axis), len(_QUANTITIES), width=TEXT, height=1.5 * len(by_axis) + 0.85)
    places = iter(grid)
    for (axis,), mine in by_axis.items():
        for column in _QUANTITIES:
            _panel(next(places), mine, column, AXES[axis])
    caption(
        figure,
        "Solid: measured; the number beside it is the fitted exponent. Dashed: the stated power, through the last "
        "point. Time: median of repeated runs taken in turns, on one thread. Memory: the most that Python and numpy "
        "held during the work "
        "beyond its inputs. "
        "Bound: Theorem 2 of arXiv:2603.20538; exact returns: 16 time-varying policies; affinity: of two trajectory "
        "laws; roll-outs: 4 states, 2 actions, 64 bins; sweep: nearly empty cells. The numbers drawn come from seed 0.",
    )
    return figure


def _panel(axes: Axes, rows: Sequence[Row], column: str, label: str) -> None:
    quantity, unit, y_label = _QUANTITIES[column]
    sizes = sorted({row["size"] for row in rows})
    values = [unit * row[column] for row in rows]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    axes.set(xscale="log", yscale="log", xlabel=label, ylabel=y_label, ylim=(10.0**low, 10.0**high))
    if sizes[-1] < _WIDE * sizes[0]:
        axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    ends = []
    for (work,), mine in groups(rows, "work").items():
        colour, marker = _LOOKS[work]
        x = [row["size"] for row in mine]
        y = [unit * row[column] for row in mine]
        stated = y[-1] * (np.array(x) / x[-1]) ** mine[0][f"{quantity}_exponent"]
        axes.plot(x, stated, **BOUND | {"color": colour, "linewidth": 0.9})
        axes.plot(x, y, **MEASURED | {"color": colour, "marker": marker, "markersize": 3})
        ends.append((x[-1], y[-1], f"{work} {slope(x, y).value:z.2f}", colour))
    heights = spread([(math.log10(y) - low) / (high - low) for _, y, _, _ in ends], _GAP)
    axes.set_xlim(sizes[0] / 1.2, _right(sizes[0] / 1.2, sizes[-1], max(len(text) for _, _, text, _ in ends)))
    for (x, y, text, colour), height in zip(ends, heights, strict=True):
        place = 10.0 ** (low + height * (high - low))
        axes.plot([x, sizes[-1] * _BEYOND], [y, place], color=colour, linewidth=0.4, zorder=0)
        beside(axes, sizes[-1] * _BEYOND, place, text, color=colour, dx=2)


def _right(left: float, last: float, characters: int) -> float:
    """Right end of a logarithmic axis on which every label fits beside the last point."""
    return float(left * (_BEYOND * last / left) ** (1 / (1 - (characters + 1) * _CHARACTER)))


DRAWING = Drawing(
    name="growth",
    title="Time and memory against size",
    alt=(
        "Eight log-log panels: time on the left, peak memory on the right, against the horizon, the number of states, "
        "the number of actions, and cells, grid points or episodes. Measured points follow the dashed stated powers."
    ),
    draw=draw,
)
