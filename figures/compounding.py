"""Lipschitz against RTVC: on one system, errors compound exponentially without continuity in law, polynomially with it.

Three policies on x' = eta x + C u, all with perfect labels on the expert's states; their regrets are exact (witnesses).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bounds
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, MEASURED, TEXT, axis_label, beside, caption, equals, panels, shades, tex
from figures.tables import Row, groups
from simulators.tables import Number
from simulators.witnesses.compounding import Compounding
from simulators.witnesses.decoupling import Decoupling
from simulators.witnesses.drift import Drift

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_LABELS = {
    "lipschitz": "Lipschitz only:\nexponential",
    "tvc": "TV-continuous:\n$\\propto H^2$",
    "constant": "no hazard:\n$\\propto H$",
}


@dataclass(frozen=True)
class Settings:
    """What is computed; no randomness.

    The system is x' = (x + u)/2 with L_x = 2, L_u = 1, on which the witness of Theorem 2 lives.

    Attributes:
        lipschitz: the statement for the first policy.
        tvc: for the second.
        constant: for the third.
        horizon: largest H.
        every: distance between horizons.
        eps: eps_q.
    """

    lipschitz: str = "binning_lipschitz"
    tvc: str = "theorem_2"
    constant: str = "theorem_3_deterministic_class"
    horizon: int = 100
    every: int = 2
    eps: float = 1e-5

    @property
    def cells(self) -> int:
        return len(self.horizons)

    @property
    def horizons(self) -> range:
        """Values of H."""
        return range(1, self.horizon + 1, self.every)


SETTINGS = Settings()
QUICK = Settings(every=6)


def _witnesses(eps: float) -> dict[str, tuple[Callable[[int], Number], dict[str, Any]]]:
    """Regret over H steps of each policy, and what its theorem needs beyond H and eps_q."""
    system: dict[str, Any] = {"C": 0.5, "eta": 0.5, "L_x": 2.0, "L_u": 1.0}
    return {
        "lipschitz": (
            lambda H: Compounding(H, eps, C=0.5, eta=0.5, lipschitz=2.0, L_x=2.0, L_u=1.0).exact(),
            {**system, "lipschitz": 2.0},
        ),
        "tvc": (lambda H: Decoupling(H, eps).exact(), {**system, "L": 2.0}),
        "constant": (
            lambda H: Drift(H, eps, C=0.5, eta=0.5, L_x=2.0, L_u=1.0).exact(),
            {**system, "L": 0.0, "k": 0.0},
        ),
    }


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Exact regret and bound (without imitation: the labels are known) at every horizon; loss of the last step."""
    rows: list[dict[str, Any]] = []
    cases = _witnesses(settings.eps)
    for H in settings.horizons:
        for case, (regret, values) in cases.items():
            theorem = bounds.catalog[getattr(settings, case)]
            bound = bounds.evaluate(theorem, H=H, eps_q=settings.eps, n=1, class_size=1, **values)
            total = float(regret(H))
            before = float(regret(H - 1)) if H > 1 else 0.0
            rows.append(
                {"case": case, "theorem": theorem.key, "H": H, "eps_q": settings.eps, "regret": total}
                | {"step_loss": total - before}
                | {"bound": float(bound.terms["decoupling"] + bound.terms["drift"])}
            )
        progress(1)
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """Loss of a single step, and total regret with its bound, against the horizon."""
    figure, (left, right) = panels(1, 2, width=TEXT, height=3.3)
    cases = groups(rows, "case")
    for colour, ((case,), mine) in zip(shades(len(cases)), cases.items(), strict=True):
        H = [row["H"] for row in mine]
        look = MEASURED | {"color": colour, "markersize": 0}
        left.plot(H, [row["step_loss"] for row in mine], **look)
        right.plot(H, [row["regret"] for row in mine], **look)
        right.plot(H, [row["bound"] for row in mine], **BOUND | {"color": colour, "linewidth": 3.4, "alpha": 0.45})
        beside(right, H[-1], mine[-1]["regret"], _LABELS[case], color=colour)
    right.plot(H, H, color="#999999", linewidth=1.0, zorder=0)
    _axes(left, "loss of step $H$")
    _axes(right, "total regret over the horizon")
    right.set_ylim(rows[0]["eps_q"] / 2, 3 * rows[-1]["H"])
    caption(
        figure,
        r"Solid: exact regret of three policies on $x' = (x + u)/2$ whose labels are right on the expert's states, "
        f"{equals('eps_q', rows[0]['eps_q'])}: the map {tex('eps_q')} + $2x$, slope 2, closed loop "
        r"$\rho$ = 1.5; action 1 with probability $2x$, slope 2 in the mean; a constant. Dashed: their upper bounds, "
        "labels known: "
        + "; ".join(bounds.catalog[mine[0]["theorem"]].source for mine in cases.values())
        + f". The first breaks the bound of the last, which needs RTVC. Grey: {tex('H')}. No randomness.",
    )
    return figure


def _axes(axes: Axes, label: str) -> None:
    axes.set(yscale="log", xlabel=axis_label("H", "steps"), ylabel=label)


PLOT = Plot(
    name="compounding",
    title="Lipschitz against relaxed TV continuity",
    alt=(
        "Two panels against the horizon with logarithmic vertical axes. The loss of a step grows exponentially for a "
        "Lipschitz policy until it saturates, linearly for a TV-continuous one, not at all for a constant one; total "
        "regret grows exponentially, quadratically and linearly, each below its own bound."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
