"""Upper against lower bounds over demonstrations and quantization error, on the lower bounds' own instances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import bounds
from bounds.comparison import gap
from bounds.gains import MaxTypeGain
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, LOWER, SMALL, TEXT, axis_label, beside, caption, equals, panels, shades, tex
from figures.tables import Row, groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_LEVELS = (2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True)
class Settings:
    """What is evaluated; no randomness.

    The lower bounds' instances keep the first action for ever: a disturbance r of the actions moves the state by at
    most r (gamma(r) = r), the policies look at the first state only (L = 0, k = 0), and two label policies are enough.

    Attributes:
        stochastic: statement for a stochastic expert.
        deterministic: statement for a deterministic one.
        n_decades: exponents of the first and last n.
        eps_decades: exponents of the first and last eps_q.
        points: points along each axis.
        shown: values of eps_q whose curves are drawn.
        horizon: H.
        class_size: N.
        delta: probability with which an upper bound may fail.
    """

    stochastic: str = "theorem_2"
    deterministic: str = "theorem_3_deterministic_class"
    n_decades: tuple[float, float] = (1.0, 6.0)
    eps_decades: tuple[float, float] = (-5.0, -1.0)
    points: int = 61
    shown: tuple[float, ...] = (1e-2, 1e-3, 1e-4)
    horizon: int = 50
    class_size: int = 2
    delta: float = 0.05

    @property
    def cells(self) -> int:
        return len(_SETUPS)


SETTINGS = Settings()
_SETUPS = {SETTINGS.stochastic: "stochastic expert", SETTINGS.deterministic: "deterministic expert"}
QUICK = Settings(points=17)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Evaluate both bounds and their ratio on the grid and at the values of eps_q shown as curves."""
    n = np.unique(np.round(np.logspace(*settings.n_decades, settings.points)))
    even = np.logspace(*settings.eps_decades, settings.points)
    other = even[~np.isclose(even[:, None], settings.shown, atol=0).any(axis=1)]  # powers of ten round differently
    eps_q = np.sort(np.append(other, settings.shown))[:, None]
    shared: dict[str, Any] = {"H": settings.horizon, "class_size": settings.class_size, "delta": settings.delta}
    rows: list[dict[str, Any]] = []
    for key in _SETUPS:
        own: dict[str, Any] = {"L": 0.0} if key == settings.stochastic else {"L": 0.0, "k": 0.0}
        both = gap(bounds.catalog[key], n=n, eps_q=eps_q, gains=MaxTypeGain(1.0), **shared, **own)
        ratio = both.ratios["total"]
        rows += [
            {"theorem": key, "lower": both.lower.theorem.key, "H": settings.horizon, "delta": settings.delta}
            | {"n": int(n[j]), "eps_q": float(eps_q[i, 0]), "shown": bool(eps_q[i, 0] in settings.shown)}
            | {"bound": float(both.upper.total[i, j]), "lower_bound": float(both.lower.total[i, j])}
            | {"gap": float(ratio[i, j])}
            for i in range(eps_q.size)
            for j in range(n.size)
        ]
        progress(1)
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """A row of panels for each expert: the curves, and the map of the gap factor."""
    figure, grid = panels(len(_SETUPS), 2, width=TEXT, height=4.9)
    for i, ((key,), mine) in enumerate(groups(rows, "theorem").items()):
        _curves(grid[2 * i], [row for row in mine if row["shown"]])
        _map(grid[2 * i + 1], mine)
        grid[2 * i].set_title(f"{_SETUPS[key]}: bounds")
        grid[2 * i + 1].set_title(f"{_SETUPS[key]}: gap factor")
    upper = "; ".join(bounds.catalog[key].source for key in _SETUPS)
    lower = "; ".join(dict.fromkeys(bounds.catalog[row["lower"]].source for row in rows))
    largest = " and ".join(f"{max(row['gap'] for row in mine):.2g}" for mine in groups(rows, "theorem").values())
    caption(
        figure,
        f"Dashed: upper bounds, with probability {1 - rows[0]['delta']:g} ({upper}). Dotted: lower bounds "
        f"({lower}), on whose instances both are evaluated: two label policies, {equals('H', rows[0]['H'])} steps, "
        f"first action kept. Gap factor: upper bound divided by lower bound, at most {largest} here. Above the grey "
        f"line, {tex('H')}, an upper bound is vacuous. No randomness.",
    )
    return figure


def _curves(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set(xscale="log", yscale="log", xlabel=axis_label("n"), ylabel="total regret")
    axes.set_xlim(min(row["n"] for row in rows), max(row["n"] for row in rows))
    axes.axhline(rows[0]["H"], color="#999999", linewidth=1.0, zorder=0)
    levels = dict(sorted(groups(rows, "eps_q").items(), reverse=True))
    for colour, ((eps_q,), mine) in zip(shades(len(levels)), levels.items(), strict=True):
        n = [row["n"] for row in mine]
        axes.plot(n, [row["bound"] for row in mine], **BOUND | {"color": colour})
        axes.plot(n, [row["lower_bound"] for row in mine], **LOWER | {"color": colour})
        middle = math.sqrt(mine[-1]["bound"] * mine[-1]["lower_bound"])
        beside(axes, n[-1], middle, f"{tex('eps_q')} = {eps_q:g}", color=colour)


def _map(axes: Axes, rows: Sequence[Row]) -> None:
    n = np.unique([row["n"] for row in rows])
    eps_q = np.unique([row["eps_q"] for row in rows])
    ratio = np.array([row["gap"] for row in rows]).reshape(eps_q.size, n.size)
    axes.set(xscale="log", yscale="log", xlabel=axis_label("n"), ylabel=axis_label("eps_q"))
    axes.grid(visible=False)
    axes.contourf(n, eps_q, ratio, levels=[1, *_LEVELS, 1000], colors=_paler(len(_LEVELS) + 1))
    lines = axes.contour(n, eps_q, ratio, levels=_LEVELS, colors="#222222", linewidths=0.8)
    axes.clabel(lines, fmt=lambda level: f"{level:g}×", fontsize=SMALL)


def _paler(count: int) -> list[Any]:
    """Greys with a touch of blue, light enough for black labels."""
    return [(1 - 0.05 * i, 1 - 0.042 * i, 1 - 0.031 * i) for i in range(count)]


PLOT = Plot(
    name="gap",
    title="Upper against lower bounds",
    alt=(
        "Four panels. Left: upper and lower bounds on total regret against the number of demonstrations at three "
        "quantization errors, for stochastic and deterministic experts; they fall together and level off together. "
        "Right: maps of their ratio, a small constant everywhere."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
