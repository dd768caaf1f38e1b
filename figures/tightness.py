"""Tightness: bound divided by exact regret on every witness that attains one, along the limit in which it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import bounds
from figures.plot import Plot, Progress, silent
from figures.style import SMALL, TEXT, caption, panels, shades
from figures.tables import Row, groups
from proofs_check.tightness import spelled
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.base import KNOWN_LABELS, Witness
from simulators.witnesses.binning_factor import BinningFactor
from simulators.witnesses.decoupling import Decoupling
from simulators.witnesses.drift import Drift
from simulators.witnesses.first_step_errors import FirstStepErrors
from simulators.witnesses.four_experts import FourExperts
from simulators.witnesses.noisy_trap import NoisyTrapWitness
from simulators.witnesses.trap_numbers import NoisyTrapError, NoisyTrapRegret, TrapError, TrapRegret
from simulators.witnesses.two_experts import TwoExperts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Settings:
    """Where the witnesses are evaluated; no randomness.

    Attributes:
        statements: one for each of the witnesses, in their order.
        scales: the small parameter is 10^-j for these j, or the large one 10^j.
        resolution: intervals of first states of the arctan trap.
        grid: cells of the noisy trap.
    """

    statements: tuple[str, ...] = (
        *("theorem_2", "theorem_2", "binning_lipschitz", "ross_bagnell", "theorem_6_error", "theorem_6_noisy_error"),
        *("theorem_8", "theorem_9", "theorem_6", "theorem_6_noisy"),
    )
    scales: tuple[int, ...] = (1, 2, 3, 4)
    resolution: int = 20_000
    grid: int = 1200

    @property
    def cells(self) -> int:
        return len(_POINTS) * len(self.scales)


@dataclass(frozen=True)
class _Point:
    """One witness at one place of its limit.

    Attributes:
        witness: gives the statement's symbols and the exact number.
        limit: the place, in words.
        terms: the statement's terms that count; imitation is 0 where the learner knows the labels.
    """

    witness: Witness
    limit: str
    terms: tuple[str, ...] = ("decoupling", "drift")

    def bound(self, theorem: bounds.Theorem) -> float:
        """The statement's value."""
        result = bounds.evaluate(theorem, **spelled(theorem, {**KNOWN_LABELS, **self.witness.values()}))
        return sum(float(result.terms[name]) for name in self.terms)


def _drift(j: int, settings: Settings) -> _Point:
    witness = Drift(horizon=50, eps=10.0**-j / 4, C=0.5, eta=0.5)
    return _Point(witness, f"eps = {witness.eps:g}")


def _decoupling(j: int, settings: Settings) -> _Point:
    witness = Decoupling(horizon=50, eps=10.0 ** -(j + 1))
    return _Point(witness, f"eps = {witness.eps:g}")


def _binning(j: int, settings: Settings) -> _Point:
    H = 4**j
    witness = BinningFactor(horizon=H, eps=0.02, C=0.5, eta=0.5, lipschitz=10.0**-j)
    return _Point(witness, f"ell = {witness.lipschitz:g}, H = {H}")


def _four(j: int, settings: Settings) -> _Point:
    witness = FourExperts(n=2 * j, eps=Fraction(1, 50), horizon=50)
    return _Point(witness, f"n = {witness.n}", ("imitation", "quantization"))


def _two(j: int, settings: Settings) -> _Point:
    witness = TwoExperts(n=4**j, eps=Fraction(1, 50), horizon=50)
    return _Point(witness, f"n = {witness.n}", ("imitation", "quantization"))


def _first(j: int, settings: Settings) -> _Point:
    witness = FirstStepErrors(horizon=10, step_error=Fraction(1, 10**j))
    return _Point(witness, f"step error = 1e-{j}", ("imitation",))


_ARCTAN = ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)


def _arctan(j: int, settings: Settings) -> _Point:
    witness = TrapRegret(_ARCTAN, 10 ** (j + 1), settings.resolution)
    return _Point(witness, f"H = {witness.horizon}", ("floor",))


def _arctan_error(j: int, settings: Settings) -> _Point:
    witness = TrapError(_ARCTAN, 10 ** (j + 1))
    return _Point(witness, f"H = {witness.horizon}", ("quantization", "transient"))


def _noisy(j: int, settings: Settings) -> _Point:
    trap = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.01, x_c=0.525, cells=settings.grid)
    witness = NoisyTrapRegret(trap, 10 * 4**j)
    return _Point(witness, f"H = {witness.horizon}", ("floor",))


def _noisy_error(j: int, settings: Settings) -> _Point:
    trap = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=10.0**-j / 4, x_c=0.525, cells=settings.grid)
    return _Point(NoisyTrapError(trap), f"eps = {trap.eps:g}", ("quantization",))


_POINTS: dict[str, Callable[[int, Settings], _Point]] = {
    "drift: same-sign errors": _drift,
    "decoupling: $\\varepsilon_q \\to 0$": _decoupling,
    "factor 3 of binning: $\\ell \\to 0$, $H \\to \\infty$": _binning,
    "first-step errors": _first,
    "arctan trap, error: $H \\to \\infty$": _arctan_error,
    "noisy trap, error: $\\varepsilon \\to 0$": _noisy_error,
    "four experts": _four,
    "two experts": _two,
    "arctan trap, regret: $H \\to \\infty$": _arctan,
    "noisy trap, regret: $H\\varepsilon \\to \\infty$": _noisy,
}


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Bound, exact value and their ratio for every witness along its limit."""
    return list(_rows(settings, progress))


def _rows(settings: Settings, progress: Progress) -> Iterator[dict[str, Any]]:
    for (name, point), key in zip(_POINTS.items(), settings.statements, strict=True):
        theorem = bounds.catalog[key]
        for j in settings.scales:
            at = point(j, settings)
            bound, exact = at.bound(theorem), float(at.witness.exact())
            yield (
                {"witness": name, "theorem": theorem.key, "sense": theorem.sense.value, "terms": " + ".join(at.terms)}
                | {"limit": at.limit, "scale": j, "bound": bound, "exact": exact, "ratio": bound / exact}
            )
            progress(1)


def draw(rows: Sequence[Row]) -> Figure:
    """A line of dots for every witness, darker towards the limit; upper bounds right of 1, lower bounds left."""
    figure, (axes,) = panels(1, 1, width=TEXT, height=3.9)
    witnesses = groups(rows, "witness")
    axes.axvline(1.0, color="#222222", linewidth=1.0, zorder=1)
    for place, mine in enumerate(witnesses.values()):
        _dots(axes, place, mine)
    axes.set(xscale="log", xlabel="bound divided by exact value", ylim=(len(witnesses) - 0.4, -0.6))
    ratios = [row["ratio"] for row in rows]
    ticks = [t for t in (0.1, 0.2, 0.5, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0) if 0.8 * min(ratios) <= t <= 1.2 * max(ratios)]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(witnesses)), [name for (name,) in witnesses])
    sources = "; ".join(dict.fromkeys(bounds.catalog[row["theorem"]].source for row in rows))
    caption(
        figure,
        "Each dot is a bound divided by the exact value on its witness, darker towards the limit where they coincide "
        "(number: the last one). Circles: upper bounds, at least 1; triangles: lower bounds, at most 1. "
        f"{sources}. Imitation is left out of upper bounds on regret: the labels are known. No randomness.",
    )
    return figure


def _dots(axes: Axes, place: int, rows: Sequence[Row]) -> None:
    marker = "o" if rows[0]["sense"] == "upper" else "<"
    axes.plot([row["ratio"] for row in rows], [place] * len(rows), color="#bbbbbb", linewidth=1.0, zorder=2)
    for colour, row in zip(reversed(shades(len(rows))), rows, strict=True):
        axes.plot([row["ratio"]], [place], marker, color=colour, markersize=5.5, zorder=3)
    key = rows[0]["theorem"].replace("_", " ")
    axes.annotate(
        f"{rows[-1]['ratio']:.4f}   {key}", (1.0, place), (1.02, place), xycoords=("axes fraction", "data"),
        textcoords=("axes fraction", "data"), fontsize=SMALL, va="center", annotation_clip=False,
    )  # fmt: skip


SETTINGS = Settings()
QUICK = Settings(scales=(1, 2, 3), resolution=2000, grid=400)


PLOT = Plot(
    name="tightness",
    title="Bound divided by exact value on every witness",
    alt=(
        "Dot plot with a line for each witness. Ratios of upper bounds to exact values approach 1 from above, ratios "
        "of lower bounds from below; several are 1 throughout."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
