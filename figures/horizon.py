"""Regret against the horizon: a stochastic expert, a deterministic one that is binned, and Algorithm 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bounds
from figures import study
from figures.panels import certified, last_factor, spaced, worst_seed
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, CERTIFICATE, MEASURED, SMALL, TEXT, axis_label, band, caption, equals, panels
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_PANELS = {
    "gaussian": "stochastic expert",
    "deterministic": "deterministic, binned",
    "augmented": "with Algorithm 1",
}
_COLUMNS = ("statement", "H", "n", "delta", "regret", "low", "high", "bound", "rungs")


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        horizons: values of H, at least 2.
        bins: uniform bins per joint.
        demonstrations: n.
        seeds: repetitions; the worst is drawn.
        episodes: evaluation roll-outs per cell.
        confidence: coverage of the interval of measured regret.
        delta: probability with which a bound may fail.
    """

    horizons: tuple[int, ...] = (2, 5, 10, 20, 50, 100, 200)
    bins: int = 64
    demonstrations: int = 1000
    seeds: tuple[int, ...] = (0, 1, 2)
    episodes: int = 20_000
    confidence: float = 0.99
    delta: float = 0.05

    @property
    def cells(self) -> int:
        return len(_PANELS) * len(self.horizons) * len(self.seeds)


SETTINGS = Settings()
QUICK = Settings(horizons=(2, 10, 50), seeds=(0,), episodes=4000)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Measure the study's two experts and Algorithm 1 at every horizon and seed."""
    cells = study.Study(
        horizons=settings.horizons,
        bins=(settings.bins,),
        demonstrations=(settings.demonstrations,),
        seeds=settings.seeds,
        episodes=settings.episodes,
        confidence=settings.confidence,
        delta=settings.delta,
        experts=("deterministic", "gaussian", "augmented"),
    )
    return [
        {"panel": row["expert"], "seed": row["seed"]} | {name: row[name] for name in _COLUMNS}
        for row in study.compute(cells, progress)
    ]


def draw(rows: Sequence[Row]) -> Figure:
    """A panel each: smallest bound that applies (dashed), certificate (dash-dotted), measured with interval (solid)."""
    table = worst_seed(rows, ("panel", "H"))
    figure, grid = panels(1, len(_PANELS), width=TEXT, height=3.3, sharey=True)
    low = min(row["regret"] for row in table if row["regret"] > 0)
    high = max(row["bound"] for row in table)
    for axes, (panel, title) in zip(grid, _PANELS.items(), strict=True):
        axes.set(xscale="log", yscale="log", title=title, xlabel=axis_label("H", "steps"), ylim=(low / 3, 2 * high))
        _panel(axes, sorted((row for row in table if row["panel"] == panel), key=lambda row: int(row["H"])))
    grid[0].set_ylabel("total regret over the horizon")
    _legend(figure)
    by_panel = [row for panel in _PANELS for row in table if row["panel"] == panel]
    keys = dict.fromkeys(row["statement"] for row in by_panel)
    caption(
        figure,
        "The measured regret (solid) stays below the a-priori bound (dashed) and below the tighter certificate from "
        "the data (dash-dotted; none for Algorithm 1). Numbers at the last point: multiple of the measured regret, or "
        "share of H where it is not distinguishable from zero. "
        f"Upper bounds, with probability {1 - rows[0]['delta']:g}: "
        + "; ".join(f"{bounds.catalog[key].source}" for key in keys)
        + f". Measured: three servo joints, {equals('n', rows[0]['n'])} demonstrations, the worst of seeds "
        + ", ".join(str(seed) for seed in sorted({row["seed"] for row in rows}))
        + "; bars hold the mean with probability 0.99, a caret is an upper limit.",
    )
    return figure


def _panel(axes: Axes, rows: Sequence[Row]) -> None:
    H = [row["H"] for row in rows]
    few = spaced(H, ratio=3.5)
    axes.set_xticks(few, [str(value) for value in few])
    axes.minorticks_off()
    axes.plot(H, H, color="#aaaaaa", linewidth=1.0, zorder=0)
    axes.plot(H, [row["bound"] for row in rows], **BOUND)
    certified(axes, rows, "H")
    band(axes, H, *([row[name] for row in rows] for name in ("regret", "low", "high")), joined=True)
    last_factor(axes, rows[-1], "H")


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D

    looks = {
        "upper bound": BOUND,
        "certificate": CERTIFICATE,
        "measured": MEASURED,
        "$H$ (then vacuous)": {"color": "#aaaaaa", "linewidth": 1.0},
    }
    handles = [Line2D([], [], label=name, **look) for name, look in looks.items()]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=SMALL, columnspacing=0.8,
        handlelength=1.9,
    )  # fmt: skip


PLOT = Plot(
    name="horizon",
    title="Regret against the horizon",
    alt=(
        "Three log-log panels of total regret against the horizon: a stochastic expert, a deterministic binned expert, "
        "and cloning with Algorithm 1. Measured regret with small intervals runs below the certificate from the data, "
        "and that below the upper bound."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
