"""The trap: a learned quantizer with small error where the expert goes, and a deployed policy that never comes back.

Theorem 6's instance: x' = A x + B u, expert arctan, x_1 ~ N(0, 1), reward 1 - |u - arctan x|; every policy here knows
the labels on the expert's states perfectly, so quantization alone is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.step_errors import StepErrors
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, LOWER, MEASURED, SMALL, TEXT, caption, equals, ink, panels, shades, tex
from figures.tables import Row, groups
from simulators.montecarlo import Interval, mean_interval
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.gaussian_trap import GaussianTrapWitness

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What is computed.

    Attributes:
        floor: statement on the trap's regret.
        error: statement on its error under the expert.
        noisy_floor: statement on the trap's regret under Gaussian noise, at its best reach.
        repair: statement on augmented deployment.
        A, B, k, d: parameters of system and trap.
        scales: values of eps along the limit.
        horizon: H of the limit.
        resolution: intervals of first states in exact regrets.
        path_eps: eps of the trajectories.
        path_start: their first state.
        path_steps: their length.
        episodes: roll-outs per measured regret.
        seed: of the first states.
        confidence: coverage of the intervals of measured regret.
        noisy_scales: values of eps under Gaussian noise.
        noisy_horizons: H under Gaussian noise.
        slope, sigma: expert and noise there.
        grid: cells of the density there.
    """

    floor: str = "theorem_6"
    error: str = "theorem_6_error"
    noisy_floor: str = "theorem_6_gaussian"
    repair: str = "theorem_7_deterministic"
    A: float = 0.2
    B: float = 0.3
    k: float = 1.0
    d: float = 0.6
    scales: tuple[float, ...] = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
    horizon: int = 1000
    resolution: int = 4000
    path_eps: float = 0.02
    path_start: float = 1.0
    path_steps: int = 30
    episodes: int = 20_000
    seed: int = 0
    confidence: float = 0.99
    noisy_scales: tuple[float, ...] = (0.05, 0.01)
    noisy_horizons: tuple[int, ...] = (10, 30, 100, 300, 1000)
    slope: float = 1.0
    sigma: float = 0.1
    grid: int = 1200

    @property
    def cells(self) -> int:
        return len(self.scales) + len(self.noisy_scales)

    def witness(self, eps: float) -> ArctanTrapWitness:
        """The instance at one scale."""
        return ArctanTrapWitness(A=self.A, B=self.B, k=self.k, d=self.d, eps=eps)


SETTINGS = Settings()
QUICK = Settings(
    scales=(0.1, 0.03, 0.01, 0.003, 0.001), resolution=1000, episodes=2000, noisy_horizons=(10, 30, 100, 300), grid=600
)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Trajectories from one state, and errors, regrets and bounds along the limit, per step."""
    rows = _paths(settings)
    for eps in settings.scales:
        rows.append(_limit(settings, eps))
        progress(1)
    for eps in settings.noisy_scales:
        rows += _noisy(settings, eps)
        progress(1)
    return rows


def _noisy(settings: Settings, eps: float) -> list[dict[str, Any]]:
    witness = GaussianTrapWitness(settings.A, settings.B, settings.slope, settings.sigma, eps, settings.grid)
    theorem, reach = bounds.catalog[settings.noisy_floor], np.linspace(0.5, 4.0, 36)
    at: dict[str, Any] = {"reach": reach, **witness.values()}
    best = {H: bounds.evaluate(theorem, H=H, **at).total.max() for H in settings.noisy_horizons}
    return [
        {"part": "noisy", "eps": eps, "H": H, "sigma": settings.sigma}
        | {"low": found.low / H, "high": min(found.high / H, 1.0), "floor": float(best[H]) / H}
        for H in settings.noisy_horizons
        for found in [witness.regret(H)]
    ]


def _paths(settings: Settings) -> list[dict[str, Any]]:
    witness = settings.witness(settings.path_eps)
    rules: dict[str, Callable[[Floats], Floats]] = {
        "expert": np.arctan,
        "binning": lambda x: witness.quantizer.binning.quantize(np.arctan(x)),
        "learned quantizer": witness.quantizer.quantize_state,
    }
    rows = []
    for policy, act in rules.items():
        x = np.array([settings.path_start])
        for h in range(1, settings.path_steps + 1):
            rows.append({"part": "path", "policy": policy, "eps": settings.path_eps, "h": h, "x": float(x[0])})
            x = settings.A * x + settings.B * act(x)
    return rows


def _limit(settings: Settings, eps: float) -> dict[str, Any]:
    witness, H = settings.witness(eps), settings.horizon
    errors = witness.expert_error(H, resolution=4)
    deployed = witness.deployed(H, resolution=settings.resolution).regret
    at: dict[str, Any] = {"H": H, **witness.values()}
    floor, error = (bounds.evaluate(bounds.catalog[key], **at).total for key in (settings.floor, settings.error))
    repaired, binned = _measure(settings, witness)
    repair = bounds.evaluate(
        bounds.catalog[settings.repair], H=H, n=1, class_size=1, model_class_size=1, C=settings.B, eta=settings.A,
        average_error=StepErrors(np.array([step.high for step in errors])),
    ).total  # fmt: skip
    row: dict[str, Any] = {"part": "limit", "eps": eps, "H": H, "seed": settings.seed, "episodes": settings.episodes}
    row |= {"error": sum(step.middle for step in errors) / H, "error_bound": float(error)}
    row |= {"deployed": deployed.middle / H, "floor": float(floor) / H}
    for name, interval in (("repaired", repaired), ("binned", binned)):
        row |= {name: interval.mean / H, f"{name}_low": interval.low / H, f"{name}_high": interval.high / H}
    return row | {"repaired_bound": float(repair) / H, "binned_bound": eps / 2}


def _measure(settings: Settings, witness: ArctanTrapWitness) -> tuple[Interval, Interval]:
    """Regret of the learned quantizer with Algorithm 1, and of binning without it, on the same first states.

    Policy and model are known, so the auxiliary state is the expert's and the executed code is q(u*).
    """
    H, A, B, quantizer = settings.horizon, settings.A, settings.B, witness.quantizer
    rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(round(1e9 * witness.eps),)))
    expert = repaired = binned = rng.standard_normal(settings.episodes)
    losses = np.zeros((2, settings.episodes))
    for _ in range(H):
        code, rounded = quantizer.quantize_state(expert), quantizer.binning.quantize(np.arctan(binned))
        losses[0] += np.abs(code - np.arctan(repaired))
        losses[1] += np.abs(rounded - np.arctan(binned))
        expert = A * expert + B * np.arctan(expert)
        repaired, binned = A * repaired + B * code, A * binned + B * rounded
    largest = _largest_loss(settings, witness.eps), H * witness.eps / 2 * (1 + 1e-9)
    first, second = (
        mean_interval(loss, low=0.0, high=most, confidence=settings.confidence)
        for loss, most in zip(losses, largest, strict=True)
    )
    return first, second


def _largest_loss(settings: Settings, eps: float) -> float:
    """A loss that no first state exceeds with Algorithm 1.

    An error of size e costs at most e (1 + B / (1 - A)). Outside the trap an error is at most the trigger's; the
    expert crosses T1 and T2 at most as often as contraction by A + B allows, at an error of at most 1 and pi.
    """
    A, B, d = settings.A, settings.B, settings.d
    visits = [math.ceil(math.log(ratio) / -math.log(A + B)) for ratio in (1 + 1 / d, 1 + A * eps / (B + A * d * eps))]
    errors = settings.horizon * (d + 1) * eps / B + visits[0] + math.pi * visits[1]
    return errors * (1 + B / (1 - A))


def draw(rows: Sequence[Row]) -> Figure:
    """Trajectories; what training sees beside what deployment costs; the repair; the trap under Gaussian noise."""
    figure, (left, middle, right, last) = panels(2, 2, width=TEXT, height=6.0)
    _draw_paths(left, [row for row in rows if row["part"] == "path"])
    limit = [row for row in rows if row["part"] == "limit"]
    _draw_limit(middle, limit)
    _draw_repair(right, limit)
    noisy = [row for row in rows if row["part"] == "noisy"]
    _draw_noisy(last, noisy)
    start = next(row for row in rows if row["part"] == "path")
    sources = "; ".join(
        f"{key}" for key in (bounds.catalog[SETTINGS.floor].source, bounds.catalog[SETTINGS.repair].source)
    )
    caption(
        figure,
        f"(a) From $x_1$ = {start['x']:g}, {equals('eps', start['eps'])}. (b, c) Per step, "
        f"{equals('H', limit[0]['H'])} steps, labels on the expert's states known. Solid: (b) exact; (c) measured on "
        f"{limit[0]['episodes']} roll-outs, seed {limit[0]['seed']}, bars hold the mean with probability 0.99 (binning "
        f"loses almost nothing at rest where 0 is a code). (d) Gaussian noise, {equals('sigma', noisy[0]['sigma'])}, "
        "linear expert: bars enclose the regret. Dashed: upper bounds, dotted: lower bounds; "
        f"{sources}; (d) ours.",
    )
    return figure


def _label(axes: Axes, x: float, y: float, text: str, colour: str, dy: float) -> None:
    axes.annotate(
        text, (x, y), (0, dy), textcoords="offset points", color=ink(colour), fontsize=SMALL, ha="center",
        va="bottom" if dy > 0 else "top",
    )  # fmt: skip


def _draw_paths(axes: Axes, rows: Sequence[Row]) -> None:
    paths = groups(rows, "policy")
    looks = zip(shades(len(paths)), ("-", "-", "-"), ("", "s", "o"), strict=True)
    for (colour, line, marker), ((policy,), mine) in zip(looks, paths.items(), strict=True):
        axes.plot(
            [row["h"] for row in mine], [row["x"] for row in mine], line, marker=marker, color=colour, markersize=2.5,
            linewidth=1.0, label=policy,
        )  # fmt: skip
    axes.set(title="(a) trajectories", xlabel="step $h$", ylabel="state $x_h$", yscale="symlog")
    axes.set_yscale("symlog", linthresh=0.01)
    axes.legend(frameon=False, fontsize=SMALL, loc="upper right", handlelength=1.2, borderaxespad=0.0)


def _draw_limit(axes: Axes, rows: Sequence[Row]) -> None:
    dark, light = shades(3)[0], shades(3)[1]
    eps = [row["eps"] for row in rows]
    axes.plot(eps, [row["deployed"] for row in rows], **MEASURED | {"color": dark})
    axes.plot(eps, [row["floor"] for row in rows], **LOWER | {"color": dark})
    axes.plot(eps, [row["error"] for row in rows], **MEASURED | {"color": light, "marker": "s"})
    axes.plot(eps, [row["error_bound"] for row in rows], **BOUND | {"color": light})
    _scale(axes, rows, "(b) trained, deployed")
    axes.set_ylabel("per step")
    centre = rows[len(rows) // 2]
    _label(axes, centre["eps"], centre["floor"], "deployed regret", dark, -8)
    words = "error on the\nexpert's states"
    axes.text(0.05, 0.06, words, transform=axes.transAxes, color=ink(light), fontsize=SMALL)


def _draw_repair(axes: Axes, rows: Sequence[Row]) -> None:
    colours = shades(3)
    eps = [row["eps"] for row in rows]
    floor = min(row["binned"] for row in rows) / 3
    axes.plot(eps, [row["deployed"] for row in rows], **MEASURED | {"color": colours[0]})
    for name, colour, marker in (("repaired", colours[1], "s"), ("binned", colours[2], "D")):
        axes.plot(eps, [row[name] for row in rows], **MEASURED | {"color": colour, "marker": marker})
        low, high = ([max(row[f"{name}_{end}"], floor) for row in rows] for end in ("low", "high"))
        axes.vlines(eps, low, high, color=colour, linewidth=1.2)
        axes.plot(eps, [row[f"{name}_bound"] for row in rows], **BOUND | {"color": colour})
    _scale(axes, rows, "(c) repaired")
    axes.set_ylim(bottom=floor)
    axes.set_ylabel("regret per step")
    centre = rows[len(rows) // 2]
    _label(axes, centre["eps"], centre["deployed"], "learned, alone", colours[0], -5)
    _label(axes, rows[-2]["eps"], rows[-2]["repaired_bound"], "with\nAlgorithm 1", colours[1], 16)
    axes.text(0.97, 0.02, "binning", transform=axes.transAxes, color=ink(colours[2]), fontsize=SMALL, ha="right")


def _draw_noisy(axes: Axes, rows: Sequence[Row]) -> None:
    looks = zip(shades(2), ("o", "s"), strict=True)
    for (colour, marker), ((eps,), mine) in zip(looks, groups(rows, "eps").items(), strict=True):
        H = [row["H"] for row in mine]
        middle = [(row["low"] + row["high"]) / 2 for row in mine]
        axes.plot(H, middle, **MEASURED | {"color": colour, "marker": marker, "label": equals("eps", eps)})
        low, high = ([row[end] for row in mine] for end in ("low", "high"))
        axes.vlines(H, low, high, color=colour, linewidth=1.2)
        axes.plot(H, [row["floor"] for row in mine], **LOWER | {"color": colour, "label": None})
    axes.set(xscale="log", title="(d) Gaussian noise", xlabel="horizon $H$", ylabel="regret per step", ylim=(0, 1.02))
    axes.legend(frameon=False, fontsize=SMALL, loc="upper left")


def _scale(axes: Axes, rows: Sequence[Row], title: str) -> None:
    axes.set(xscale="log", yscale="log", title=title, xlabel=f"scale {tex('eps')}, falling")
    axes.set_xlim(1.3 * max(row["eps"] for row in rows), min(row["eps"] for row in rows) / 1.3)


PLOT = Plot(
    name="trap",
    title="A non-smooth quantizer as a trap, and its repair",
    alt=(
        "Four panels. Trajectories: expert and binned policy settle at zero, the policy with the learned quantizer "
        "jumps between two states for ever. As the quantizer's scale falls, its error on the expert's states vanishes "
        "while the deployed regret per step stays near 0.7. With Algorithm 1 the regret falls with the scale again. "
        "Under Gaussian noise the regret per step approaches 1 with the horizon, above an explicit floor."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
