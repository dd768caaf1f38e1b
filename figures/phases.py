"""Phase map over horizon and quantization error: the largest term of Theorem 2, and where it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.comparison import dominant_term
from figures.plot import Plot, Progress, silent
from figures.style import COLUMN, SMALL, axis_label, caption, equals, panels, tex
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_TERMS = {"imitation": "#f4efe6", "decoupling": "#9dbcd6", "drift": "#d6d3a0"}


@dataclass(frozen=True)
class Settings:
    """What is evaluated; no randomness.

    Attributes:
        theorem: the statement.
        horizon_decades: exponents of the first and last H.
        eps_decades: exponents of the first and last eps_q.
        points: points along each axis.
        n: demonstrations.
        log_class_size: log N, nats.
        C: gain constant.
        eta: gain decay.
        L: TV-Lipschitz constant.
        delta: probability with which the bound may fail.
    """

    theorem: str = "theorem_2"
    horizon_decades: tuple[float, float] = (0.0, 4.0)
    eps_decades: tuple[float, float] = (-6.0, -0.5)
    points: int = 121
    n: int = 100_000
    log_class_size: float = 5.5
    C: float = 0.5
    eta: float = 0.5
    L: float = 0.05
    delta: float = 0.05

    @property
    def cells(self) -> int:
        """One evaluation on an open grid."""
        return 1


SETTINGS = Settings()
QUICK = Settings(points=31)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Evaluate Theorem 2 on the grid: total, dominating term, and whether it is vacuous."""
    H = np.unique(np.round(np.logspace(*settings.horizon_decades, settings.points)))[:, None]
    eps_q = np.logspace(*settings.eps_decades, settings.points)
    names = ("n", "log_class_size", "C", "eta", "L", "delta")
    values: dict[str, Any] = {name: getattr(settings, name) for name in names}
    result = bounds.evaluate(bounds.catalog[settings.theorem], H=H, eps_q=eps_q, **values)
    dominant, total, vacuous = dominant_term(result), result.total, result.vacuous
    progress(1)
    return [
        {"theorem": settings.theorem, "n": settings.n, "L": settings.L, "delta": settings.delta, "H": int(H[i, 0])}
        | {"eps_q": float(eps_q[j]), "bound": float(total[i, j]), "dominant": str(dominant[i, j])}
        | {"vacuous": bool(vacuous[i, j])}
        | {name: float(term[i, j]) for name, term in result.terms.items()}
        for i in range(H.size)
        for j in range(eps_q.size)
    ]


def draw(rows: Sequence[Row]) -> Figure:
    """Fill the regions, hatch the vacuous one, draw contours of equal regret."""
    figure, (axes,) = panels(1, 1, width=COLUMN, height=3.7)
    H = np.unique([row["H"] for row in rows])
    eps_q = np.unique([row["eps_q"] for row in rows])
    grid = {name: np.array([row[name] for row in rows]).reshape(H.size, eps_q.size).T for name in _COLUMNS}
    axes.set(xscale="log", yscale="log", xlabel=axis_label("H", "steps"), ylabel=axis_label("eps_q"))
    axes.grid(visible=False)
    _regions(axes, H, eps_q, grid)
    _contours(axes, H, eps_q, grid["bound"])
    source = bounds.catalog[rows[0]["theorem"]].source
    caption(
        figure,
        f"Upper bound on total regret, with probability {1 - rows[0]['delta']:g}: {source}, "
        f"{equals('n', rows[0]['n'])} demonstrations, {equals('L', rows[0]['L'])} per unit of state. Shading: its "
        "largest term. Lines: equal regret. Hatched: vacuous, the bound is at least "
        f"{tex('H')}. No randomness.",
    )
    return figure


_COLUMNS = ("bound", "vacuous", *_TERMS)


def _regions(axes: Axes, H: NDArray[Any], eps_q: NDArray[Any], grid: dict[str, NDArray[Any]]) -> None:
    """Fill where a term exceeds the others; hatch where the total exceeds H."""
    vacuous = np.log(grid["bound"] / H)
    logs = {name: np.log(np.maximum(grid[name], 1e-300)) for name in _TERMS}
    for name, colour in _TERMS.items():
        lead = logs[name] - np.maximum(*(logs[other] for other in _TERMS if other != name))
        if lead.max() > 0:
            axes.contourf(H, eps_q, lead, levels=[0.0, np.inf], colors=[colour])
            _name(axes, H, eps_q, (lead > 0) & (vacuous < 0), name)
    if vacuous.max() > 0:
        axes.contourf(H, eps_q, vacuous, levels=[0.0, np.inf], colors="none", hatches=["////"])
        axes.contour(H, eps_q, vacuous, levels=[0.0], colors="#222222", linewidths=1.6)
        _name(axes, H, eps_q, vacuous > 0, "vacuous")


def _name(axes: Axes, H: NDArray[Any], eps_q: NDArray[Any], inside: NDArray[np.bool_], name: str) -> None:
    """Write a region's name at its point furthest from the region's edge, kept inside the axes."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    axes.text(
        H[column],
        eps_q[row],
        name,
        fontsize=SMALL + 1,
        ha="right" if column > 0.85 * H.size else "center",
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        zorder=4,
    )


def _contours(axes: Axes, H: NDArray[Any], eps_q: NDArray[Any], total: NDArray[Any]) -> None:
    """Contours of equal regret, labelled near the lower edge or, if they do not come there, near the right one."""
    levels = [level for level in (0.1, 1.0, 10.0, 100.0, 1000.0) if total.min() < level < total.max()]
    lines = axes.contour(H, eps_q, total, levels=levels, colors="#444444", linewidths=0.9)
    low, right = eps_q.size // 12, H.size - 1 - H.size // 16
    places = []
    for level in levels:
        column = int(np.searchsorted(total[low], level))
        row = int(np.searchsorted(total[:, right], level))
        places.append((H[column], eps_q[low]) if column < right else (H[right], eps_q[min(row, eps_q.size - 1)]))
    axes.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=SMALL, manual=places)


PLOT = Plot(
    name="phases",
    title="Which term dominates",
    alt=(
        "Map of horizon against quantization error on logarithmic axes. Imitation dominates at small quantization "
        "errors, drift at large errors and short horizons, decoupling at large errors and long horizons; above and to "
        "the right the bound is vacuous. Contours of equal regret cross the regions."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
