"""One look for every figure: column width, readable type, colours that survive greyscale and colour blindness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BOUND", "LOWER", "MEASURED", "band", "new_figure", "save", "styled"]

FULL_WIDTH = 7.0  # inches, a full text width; type stays >= 7 pt without scaling
BOUND: dict[str, Any] = {"color": "#b3312c", "linestyle": "--", "linewidth": 1.4}
MEASURED: dict[str, Any] = {"color": "#10355f", "linestyle": "-", "linewidth": 1.4, "marker": "o", "markersize": 3.5}
LOWER: dict[str, Any] = {"color": "#5f5f5f", "linestyle": ":", "linewidth": 1.6}
FORMATS = ("png", "svg", "pdf")

_RC: Any = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "quantbc",
    "figure.dpi": 100,
}


@contextmanager
def styled() -> Iterator[None]:
    """Apply the style inside the block only; draw without a screen."""
    import matplotlib as mpl

    with mpl.rc_context(_RC):
        yield


def new_figure(rows: int, columns: int, *, height: float) -> tuple[Figure, list[list[Axes]]]:
    """A figure of full text width with a grid of panels that share both axes' scales."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(FULL_WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey="row", squeeze=False)
    return figure, [list(row) for row in axes]


def band(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    joined: bool,
) -> None:
    """Measured values with their intervals on a logarithmic axis.

    An interval that reaches zero has no lower end on such an axis: its bar runs to the bottom, and where even the
    estimate is not positive only the upper end is drawn, as a caret.
    """
    floor = axes.get_ylim()[0]
    positive = [value > floor for value in y]
    shown = [(a, b) for a, b, good in zip(x, y, positive, strict=True) if good]
    look = MEASURED if joined else MEASURED | {"linestyle": "none", "marker": "D", "markerfacecolor": "white"}
    axes.plot([a for a, _ in shown], [b for _, b in shown], **look)
    axes.vlines(x, [max(value, floor) for value in low], [max(value, floor) for value in high], color=MEASURED["color"])
    hidden = [(a, max(c, floor)) for a, c, good in zip(x, high, positive, strict=True) if not good]
    axes.plot([a for a, _ in hidden], [c for _, c in hidden], "v", color=MEASURED["color"], markersize=4)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write the figure in every format, each file whole or not at all."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    stem.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix in FORMATS:
        target = stem.with_suffix(f".{suffix}")
        partial = stem.with_suffix(f".partial.{suffix}")
        metadata = {"Date": None} if suffix == "svg" else {"CreationDate": None} if suffix == "pdf" else {}
        figure.savefig(partial, dpi=200, metadata=metadata)
        partial.replace(target)
        written.append(target)
    return written
