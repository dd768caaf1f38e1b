"""Regret against demonstrations: two statistical rates, and the floor that quantization sets under both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import bounds
from bounds.comparison import matching_lower
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, LOWER, SMALL, TEXT, axis_label, beside, caption, equals, panels, shades, tex
from figures.tables import Row, groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Settings:
    """What is evaluated; no randomness.

    Attributes:
        stochastic: statement for a stochastic expert.
        deterministic: statement for a deterministic one, whose actions are binned.
        decades: exponents of the first and the last n.
        per_decade: values of n in a decade.
        eps_q: quantization errors.
        horizon: H.
        log_class_size: log N, nats.
        C: gain constant.
        eta: gain decay.
        L: TV-Lipschitz constant of the stochastic class.
        lipschitz: Lipschitz constant of the deterministic class.
        delta: probability with which a bound may fail.
    """

    stochastic: str = "theorem_2"
    deterministic: str = "binning_lipschitz"
    decades: tuple[int, int] = (1, 8)
    per_decade: int = 12
    eps_q: tuple[float, ...] = (1e-2, 1e-3, 1e-4)
    horizon: int = 50
    log_class_size: float = 5.5
    C: float = 0.5
    eta: float = 0.5
    L: float = 0.1
    lipschitz: float = 0.2
    delta: float = 0.05

    @property
    def cells(self) -> int:
        return len(_SETUPS) * len(self.eps_q)


SETTINGS = Settings()
_SETUPS = {SETTINGS.stochastic: "stochastic expert", SETTINGS.deterministic: "deterministic expert, binned"}
_RATES = {SETTINGS.stochastic: r"$\propto 1/\sqrt{n}$", SETTINGS.deterministic: r"$\propto 1/n$"}
QUICK = Settings(per_decade=4)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Evaluate upper and lower bounds at every n and eps_q, with the floor that does not depend on n."""
    first, last = settings.decades
    n = np.unique(np.round(np.logspace(first, last, settings.per_decade * (last - first) + 1)))
    shared: dict[str, Any] = {name: getattr(settings, name) for name in ("log_class_size", "C", "eta", "delta")}
    own: dict[str, dict[str, Any]] = {
        settings.stochastic: {"L": settings.L},
        settings.deterministic: {"lipschitz": settings.lipschitz},
    }
    rows: list[dict[str, Any]] = []
    for key in _SETUPS:
        theorem, H = bounds.catalog[key], settings.horizon
        for eps_q in settings.eps_q:
            upper = bounds.evaluate(theorem, H=H, n=n, eps_q=eps_q, **shared, **own[key])
            lower = bounds.evaluate(matching_lower(theorem), H=H, n=n, eps_q=eps_q)
            floor = upper.terms["decoupling"] + upper.terms["drift"]
            rows += [
                {"theorem": key, "lower": lower.theorem.key, "H": H, "eps_q": eps_q, "delta": settings.delta}
                | {"n": int(n[i]), "bound": float(upper.total[i]), "floor": float(floor[i])}
                | {"imitation": float(upper.terms["imitation"][i]), "lower_bound": float(lower.total[i])}
                for i in range(n.size)
            ]
            progress(1)
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """One panel for each expert: bounds (dashed), their floors (thin), lower bounds (dotted)."""
    figure, grid = panels(1, len(_SETUPS), width=TEXT, height=3.1, sharey=True)
    for axes, ((key,), mine) in zip(grid, groups(rows, "theorem").items(), strict=True):
        _panel(axes, key, mine)
    grid[0].set_ylabel("total regret over the horizon")
    lower = " and ".join(dict.fromkeys(bounds.catalog[row["lower"]].source for row in rows))
    upper = " and ".join(dict.fromkeys(bounds.catalog[row["theorem"]].source for row in rows))
    caption(
        figure,
        f"Dashed: upper bounds, with probability {1 - rows[0]['delta']:g}, {upper}. Thin: their limit as "
        f"{tex('n')} grows, the floor of quantization. Dotted: lower bounds for the worst instance, {lower}. "
        f"Above the grey line, {equals('H', rows[0]['H'])} steps, an upper bound is vacuous. No randomness.",
    )
    return figure


def _panel(axes: Axes, key: str, rows: Sequence[Row]) -> None:
    low = min(row["lower_bound"] for row in rows)
    axes.set(xscale="log", yscale="log", title=_SETUPS[key], xlabel=axis_label("n"), ylim=(low / 2, 3 * rows[0]["H"]))
    axes.set_xlim(min(row["n"] for row in rows), max(row["n"] for row in rows))
    axes.axhline(rows[0]["H"], color="#999999", linewidth=1.0, zorder=0)
    levels = groups(rows, "eps_q")
    for colour, ((eps_q,), mine) in zip(shades(len(levels)), levels.items(), strict=True):
        n = [row["n"] for row in mine]
        axes.plot(n, [row["bound"] for row in mine], **BOUND | {"color": colour})
        axes.plot(n, [row["lower_bound"] for row in mine], **LOWER | {"color": colour})
        axes.axhline(mine[-1]["floor"], color=colour, linewidth=0.6)
        beside(axes, n[-1], mine[-1]["bound"], f"{tex('eps_q')} = {eps_q:g}", color=colour)
    _slope(axes, key, rows)


def _slope(axes: Axes, key: str, rows: Sequence[Row]) -> None:
    """Name the rate above the curve of the largest eps_q, where imitation still exceeds its floor."""
    mine = [row for row in rows if row["eps_q"] == rows[0]["eps_q"]]
    row = min(mine, key=lambda row: abs(math.log(row["imitation"] / row["floor"]) - 1))
    place, size = (row["n"], row["bound"]), SMALL + 1
    axes.annotate(_RATES[key], place, (5, 7), textcoords="offset points", fontsize=size, color="#222222")


PLOT = Plot(
    name="demonstrations",
    title="Regret against demonstrations",
    alt=(
        "Two log-log panels of total regret against the number of demonstrations at three quantization errors. Bounds "
        "fall like one over the square root of n for a stochastic expert and like one over n for a deterministic one, "
        "until each levels off at a floor proportional to the quantization error. Lower bounds run below."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
