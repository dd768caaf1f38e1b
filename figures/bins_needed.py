"""Bins needed for a target regret against the horizon: polynomial in a contracting loop, exponential otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import bounds
from bounds.planning import UnreachableError, smallest_bins
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, COLUMN, LOWER, SMALL, axis_label, beside, caption, equals, panels, shades
from figures.tables import Row, groups

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_USUAL = 256


@dataclass(frozen=True)
class Settings:
    """What is solved for; no randomness.

    Attributes:
        upper: the statement that says how many are enough.
        lower: the one that says how many are necessary.
        decades: exponents of the first and last H.
        points: values of H.
        C: gain constant.
        eta: gain decay.
        lipschitz: Lipschitz constants of the policy, one curve each; rho = eta + C lipschitz.
        target: total regret to reach.
        n: demonstrations.
        log_class_size: log N, nats, of a class that does not grow with the bins.
        delta: probability with which the bound may fail.
    """

    upper: str = "binning_lipschitz"
    lower: str = "theorem_8"
    decades: tuple[float, float] = (0.0, 3.0)
    points: int = 40
    C: float = 0.5
    eta: float = 0.5
    lipschitz: tuple[float, ...] = (0.5, 1.0, 1.2)
    target: float = 1.0
    n: int = 1_000_000
    log_class_size: float = 5.5
    delta: float = 0.05

    @property
    def cells(self) -> int:
        return len(self.lipschitz) + 1


SETTINGS = Settings()
QUICK = Settings(points=14)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Solve the binning corollary and Theorem 8 for the number of bins of actions in [0, 1].

    Horizons at which no number of bins reaches the target are left out. ``regret`` is the bound at the answer,
    ``coarser`` the bound with one bin less.
    """
    horizons = np.unique(np.round(np.logspace(*settings.decades, settings.points))).astype(int).tolist()
    values: dict[str, Any] = {name: getattr(settings, name) for name in ("n", "log_class_size", "C", "eta", "delta")}
    rows: list[dict[str, Any]] = []
    for ell in settings.lipschitz:
        head = {"sense": "upper", "theorem": settings.upper, "lipschitz": ell, "rho": settings.eta + settings.C * ell}
        rows += _curve(settings.upper, settings, horizons, head, values | {"lipschitz": ell})
        progress(1)
    head = {"sense": "lower", "theorem": settings.lower}
    rows += _curve(settings.lower, settings, horizons, head, {"n": settings.n})
    progress(1)
    return rows


def _curve(
    key: str, settings: Settings, horizons: Sequence[int], head: dict[str, Any], values: dict[str, Any]
) -> list[dict[str, Any]]:
    rows = []
    for H in horizons:
        try:
            found = smallest_bins(bounds.catalog[key], settings.target, low=0.0, high=1.0, H=H, **values)
        except UnreachableError:
            continue
        rows.append(
            head
            | {"target": settings.target, "n": settings.n, "delta": settings.delta, "H": H, "bins": found.value}
            | {"regret": float(found.evaluation.total), "coarser": found.neighbour}
        )
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """Bins that suffice (dashed) for every rho, bins that are necessary (dotted)."""
    figure, (axes,) = panels(1, 1, width=COLUMN, height=3.4)
    axes.set(xscale="log", yscale="log", xlabel=axis_label("H", "steps"), ylabel="bins per action dimension")
    upper = groups([row for row in rows if row["sense"] == "upper"], "rho")
    ceiling = 1e8
    for colour, ((rho,), mine) in zip(shades(len(upper)), upper.items(), strict=True):
        shown = [row for row in mine if row["bins"] <= ceiling]
        axes.plot([row["H"] for row in shown], [row["bins"] for row in shown], **BOUND | {"color": colour})
        sign = "<" if rho < 1 else "=" if rho == 1 else ">"
        words = rf"$\rho$ = {rho:g}" + (f" {sign} 1" if rho != 1 else "")
        growth = "exponential" if rho > 1 else r"$\propto H$" if rho < 1 else r"$\propto H^2$"
        beside(axes, shown[-1]["H"], shown[-1]["bins"], f"{words}\n{growth}", color=colour, dx=4)
    lower = [row for row in rows if row["sense"] == "lower"]
    axes.plot([row["H"] for row in lower], [row["bins"] for row in lower], **LOWER)
    beside(axes, lower[-1]["H"], lower[-1]["bins"], "necessary", color=LOWER["color"], dx=4)
    axes.axhline(_USUAL, color="#999999", linewidth=0.8, zorder=0)
    axes.annotate(f"{_USUAL} bins", (1, _USUAL), (2, 3), textcoords="offset points", fontsize=SMALL, color="#666666")
    axes.set(xlim=(1, max(row["H"] for row in rows)), ylim=(1, ceiling))
    caption(
        figure,
        f"Bins for a total regret of {rows[0]['target']:g}. Dashed: enough, by the upper bound "
        f"(probability {1 - rows[0]['delta']:g}), {bounds.catalog[rows[0]['theorem']].source}; "
        r"$\rho = \eta + C\ell$. Dotted: with fewer, no algorithm reaches it on every instance, "
        f"{bounds.catalog[lower[0]['theorem']].source}. Actions in [0, 1], {equals('n', rows[0]['n'])}. No randomness.",
    )
    return figure


PLOT = Plot(
    name="bins_needed",
    title="Bins needed for a target regret",
    alt=(
        "Log-log plot of bins against horizon. The bins that suffice grow linearly with the horizon when the closed "
        "loop contracts, quadratically at the boundary, and exponentially beyond it; the bins that any algorithm needs "
        "grow linearly."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
