"""Regret against bins when the class grows with them: finer codes need more parameters, so there is a best number.

The instance: a context x ~ Unif[0, 1] is drawn and kept; a servo z' = eta z + C u starts at 0. The expert plays u = x,
and the class is every table from K equal cells of contexts to K codes, log N = K log K. Contexts lie far apart from
each other in the state's metric, so that only z moves and no table ever decouples. The reward is
1 - L_x |z - z*| - L_u |u - x|, z* the expert's servo. A cell that no demonstration met plays the first code (the
documented tie rule). All of this is exact given the demonstrations; only they are random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.bin_choice import best_bins
from bounds.gains import ExponentialGain
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, COLUMN, MEASURED, SMALL, caption, equals, ink, panels, shades, tex
from figures.tables import Row, groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        theorem: the statement.
        demonstrations: values of n, one curve each.
        octaves: log2 of the largest K.
        per_octave: values of K per factor of 2.
        runs: independent demonstration sets.
        seed: of the demonstrations.
        horizon: H.
        C: gain constant.
        eta: gain decay, with C / (1 - eta) at most 1.
        weight: L_x = L_u, at most 1/2, so that no reward falls below 0.
        delta: probability with which a bound may fail.
    """

    theorem: str = "theorem_3_deterministic_class"
    demonstrations: tuple[int, ...] = (100, 1000, 10_000)
    octaves: int = 14
    per_octave: int = 2
    runs: int = 400
    seed: int = 0
    horizon: int = 50
    C: float = 0.5
    eta: float = 0.5
    weight: float = 0.5
    delta: float = 0.05

    @property
    def cells(self) -> int:
        return len(self.demonstrations)

    @property
    def bins(self) -> list[int]:
        """Values of K."""
        count = self.octaves * self.per_octave + 1
        return [int(K) for K in np.unique(np.round(2.0 ** np.linspace(0, self.octaves, count)))]


SETTINGS = Settings()
QUICK = Settings(per_octave=1, runs=60)


def growth(bins: Any) -> NDArray[np.float64]:
    """Log N = K log K, nats: all tables from K cells to K codes."""
    return np.asarray(bins * np.log(bins), dtype=np.float64)


def regret(contexts: NDArray[np.float64], bins: int, scale: float) -> float:
    """Regret after demonstrations in the given contexts, exact.

    A seen cell plays its middle and errs by 1/(4K) on average; an unseen one plays the middle of the first cell.

    Args:
        contexts: the demonstrations' contexts, in [0, 1).
        bins: K.
        scale: regret per unit of action error kept over the horizon.

    Example:
        >>> regret(np.array([0.1, 0.9]), 2, 1.0), regret(np.array([0.1]), 2, 1.0)
        (0.125, 0.3125)
    """
    unseen = np.flatnonzero(np.bincount((contexts * bins).astype(np.int64), minlength=bins) == 0)
    near = bins - np.count_nonzero(unseen)
    return float(scale * (near / (4 * bins) + unseen.sum() / bins) / bins)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Bound and measured regret at every K and n; ``best`` is the bound's own optimum K*."""
    values: dict[str, Any] = {
        "H": settings.horizon, "delta": settings.delta, "C": settings.C, "eta": settings.eta, "L": 0.0, "k": 0.0,
        "L_x": settings.weight, "L_u": settings.weight,
    }  # fmt: skip
    theorem = bounds.catalog[settings.theorem]
    moved = ExponentialGain(settings.C, settings.eta).displacement(np.asarray(1.0), settings.horizon)  # type: ignore[arg-type]
    scale = settings.weight * float(np.sum(moved + 1.0))
    K = np.array(settings.bins, dtype=np.float64)
    rows: list[dict[str, Any]] = []
    for n in settings.demonstrations:
        rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(n,)))
        data = rng.random((settings.runs, n))
        best = best_bins(theorem, growth, low=0.0, high=1.0, n=n, **values)
        bound = bounds.evaluate(theorem, n=n, eps_q=1 / (2 * K), log_class_size=growth(K), **values).total
        head = {"theorem": theorem.key, "H": settings.horizon, "n": n, "delta": settings.delta, "seed": settings.seed}
        head |= {"runs": settings.runs, "best": best.bins, "best_bound": float(best.evaluation.total)}
        for i, bins in enumerate(settings.bins):
            sample = np.array([regret(contexts, bins, scale) for contexts in data])
            low, high = (np.quantile(sample, q, method="higher") for q in (settings.delta, 1 - settings.delta))
            rows.append(
                head
                | {"bins": bins, "bound": float(bound[i]), "regret": float(sample.mean())}
                | {"low": float(low), "high": float(high)}
            )
        progress(1)
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """The bound (dashed) and its optimum, measured regret (solid) with intervals."""
    figure, (axes,) = panels(1, 1, width=COLUMN, height=3.9)
    axes.set(xlabel="bins $K$ of the action", ylabel="total regret over the horizon", yscale="log")
    axes.set_xscale("log", base=2)
    axes.axhline(rows[0]["H"], color="#999999", linewidth=1.0, zorder=0)
    budgets = groups(rows, "n")
    for i, (colour, mine) in enumerate(zip(shades(len(budgets)), budgets.values(), strict=True)):
        _curves(axes, mine, colour)
        text = rf"{equals('n', mine[0]['n'])}: $K^\star$ = {mine[0]['best']}"
        axes.text(0.03, 0.03 + 0.075 * i, text, transform=axes.transAxes, fontsize=SMALL, color=ink(colour))
    axes.set_xlim(1, max(row["bins"] for row in rows))
    source = bounds.catalog[rows[0]["theorem"]].source
    caption(
        figure,
        f"Dashed: upper bound, with probability {1 - rows[0]['delta']:g}, {source}, for a class "
        rf"of $K^K$ tables, {equals('H', rows[0]['H'])} steps; diamonds: its optimum $K^\star$. Solid: measured mean "
        f"over {rows[0]['runs']} sets of {tex('n')} demonstrations, seed {rows[0]['seed']}; bars hold the runs between "
        f"the quantiles {rows[0]['delta']:g} and {1 - rows[0]['delta']:g}; circles: the least mean. Grey line: "
        f"{tex('H')}, a bound there is vacuous.",
    )
    return figure


def _curves(axes: Axes, rows: Sequence[Row], colour: str) -> None:
    K = [row["bins"] for row in rows]
    axes.plot(K, [row["bound"] for row in rows], **BOUND | {"color": colour})
    measured = [row["regret"] for row in rows]
    axes.plot(K, measured, **MEASURED | {"color": colour, "markersize": 2.0})
    axes.vlines(K, [row["low"] for row in rows], [row["high"] for row in rows], color=colour, linewidth=2.5, alpha=0.5)
    best = (rows[0]["best"], rows[0]["best_bound"])
    axes.plot(*([value] for value in best), "D", color=colour, markersize=6, markeredgecolor="white", zorder=5)
    least = int(np.argmin(measured))
    axes.plot([K[least]], [measured[least]], "o", color="white", markeredgecolor=colour, markersize=6, zorder=5)


PLOT = Plot(
    name="bins",
    title="Regret against bins, class growing with them",
    alt=(
        "Log-log plot of total regret against the number of bins for three numbers of demonstrations. Both the bound "
        "and the measured regret first fall and then rise, a U; more demonstrations move the optimum to more bins."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
