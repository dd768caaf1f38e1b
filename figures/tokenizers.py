"""Real tokenizers side by side on one expert: error, vocabulary in use, jumps between near states, regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.gains import GainSequence
from figures.plot import Plot, Progress, silent
from figures.study import experiment
from figures.style import BOUND, MEASURED, TEXT, caption, equals, panels, shades, tex
from figures.tables import Row
from simulators.errors import ShapeError
from simulators.experiments.linear import LinearExperiment
from simulators.montecarlo import Interval, mean_interval
from simulators.planning import ClosedLoop, planned
from simulators.quantizers.base import Quantizer, average_error, distinct_actions
from simulators.quantizers.registry import build, entry
from simulators.rollouts import raw_actions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Floats = NDArray[np.float64]
_BAR: dict[str, Any] = BOUND | {"linestyle": (0, (1.5, 0.8)), "linewidth": 2.0}
_CHUNK = 10
_GRID = 20_001
_START = 0.8  # the study's first states fill the box of this radius, and no joint ever leaves it


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        upper: statement on the regret.
        jump: statement on how far codes of near states are apart.
        tokenizers: names of the registry.
        horizon: H, a multiple of the chunk length.
        demonstrations: episodes that tokenizers are fitted to, and as many to measure them on.
        episodes: evaluation roll-outs.
        pairs: pairs of states between which jumps are looked for.
        distance: of the two states of a pair.
        seed: of everything random.
        confidence: coverage of the interval of measured regret.
    """

    upper: str = "binning_lipschitz"
    jump: str = "proposition_5"
    tokenizers: tuple[str, ...] = (
        "openvla_q99",
        "rt1_bounds",
        "torchrl_uniform",
        "octo_normal",
        "kmeans",
        "residual_vq",
        "fast_openpi",
    )
    horizon: int = 50
    demonstrations: int = 200
    episodes: int = 100_000
    pairs: int = 200_000
    distance: float = 1e-3
    seed: int = 0
    confidence: float = 0.99

    @property
    def cells(self) -> int:
        """Number of tokenizers, for progress."""
        return len(self.tokenizers)


SETTINGS = Settings()
QUICK = Settings(demonstrations=40, episodes=2000, pairs=20_000)


@dataclass(frozen=True, eq=False)
class _Deployed:
    """The expert behind a tokenizer: raw actions are planned for as many steps as the tokenizer takes at once."""

    problem: LinearExperiment
    quantizer: Quantizer

    @property
    def steps(self) -> int:
        """Steps that are quantized together."""
        return self.quantizer.steps

    def plan(self, x: Floats) -> Floats:
        """Executed actions of the next steps from states (3, M), shape (steps, 3, M); the plan expects no noise."""
        loop = ClosedLoop(self.problem.system, self.problem.expert)
        return np.array(list(islice(planned(self.problem.expert, loop.step, self.quantizer, x), self.steps)))

    def regret(self, settings: Settings, rng: np.random.Generator) -> Interval:
        """Of the tokenized expert, for r = max(0, 1 - |u - expert(x)|), which the expert itself earns in full."""
        system, expert = self.problem.system, self.problem.expert
        x = system.sample_initial(settings.episodes, rng)
        loss = np.zeros(settings.episodes)
        for h in range(settings.horizon):
            if h % self.steps == 0:
                codes = self.plan(x)
            code = codes[h % self.steps]
            loss += np.minimum(np.abs(code - expert.act(x)).max(axis=0), 1.0)
            x = system.step(x, code, system.sample_noise(settings.episodes, rng))
        return mean_interval(loss, low=0.0, high=settings.horizon, confidence=settings.confidence)

    def jump(self, settings: Settings, rng: np.random.Generator) -> float:
        """Largest difference of executed actions seen between two states at the given distance."""
        x = rng.uniform(-_START, _START, (3, settings.pairs))
        move = rng.uniform(-1.0, 1.0, x.shape)
        move *= settings.distance / np.abs(move).max(axis=0)
        return float(np.abs(self.plan(x) - self.plan(x + move)).max())


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Fit every tokenizer to the expert's raw actions, measure it on fresh ones, deploy the expert behind it."""
    problem = experiment("deterministic", 64)
    data, fresh = (_actions(problem, settings, part) for part in (0, 1))
    rows = []
    for name in settings.tokenizers:
        rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(2, *name.encode())))
        chosen = entry(name)
        arguments = {} if chosen.steps({}) is None else {"steps": _CHUNK}
        fitting = data.reshape(-1, _CHUNK, 3) if chosen.learned and arguments else data.reshape(-1, 3)
        quantizer = build(name, arguments, actions=fitting, rng=rng)
        bins = arguments.get(str(chosen.size), chosen.default_size)
        deployed = _Deployed(problem, quantizer)
        shaped = fresh.reshape(-1, deployed.steps, 3) if deployed.steps > 1 else fresh.reshape(-1, 3)
        if (got := quantizer.quantize(shaped[:1]).shape) != shaped[:1].shape:
            raise ShapeError(f"tokenizer {name!r} must execute actions of shape {shaped[:1].shape}, got {got}")
        interval = deployed.regret(settings, rng)
        row: dict[str, Any] = {"tokenizer": name, "bins": bins, "unit": quantizer.unit, "seed": settings.seed}
        row |= {"H": settings.horizon, "distance": settings.distance, "demonstrations": settings.demonstrations}
        row |= {"average_error": average_error(quantizer, shaped), "distinct": distinct_actions(quantizer, shaped)}
        row |= {"jump": deployed.jump(settings, rng), "regret": interval.mean, "low": interval.low}
        rows.append(row | {"high": interval.high} | _bounds(problem, quantizer, settings))
        progress(1)
    return rows


def _actions(problem: LinearExperiment, settings: Settings, part: int) -> Floats:
    """Raw actions of the expert, shape (episodes, H, 3)."""
    rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(part,)))
    run = {"horizon": settings.horizon, "episodes": settings.demonstrations}
    return np.moveaxis(raw_actions(problem.system, problem.expert, rng=rng, **run), -1, 0)


def _bounds(problem: LinearExperiment, quantizer: Quantizer, settings: Settings) -> dict[str, float]:
    """Sup error over the actions within reach, and what it allows; empty for tokenizers that control none."""
    if quantizer.unit == "chunk" or quantizer.cells is None or quantizer.sup_error is None:
        return {}
    u = problem.expert.act(np.tile(np.linspace(-_START, _START, _GRID), (3, 1))).T
    spacing = float(np.abs(np.diff(u, axis=0)).max())
    eps_q = float(np.abs(quantizer.quantize(u) - u).max()) + spacing  # no point is further than that from the grid
    ell = float(problem.symbols(2)["lipschitz"])
    jump = bounds.evaluate(bounds.catalog[settings.jump], lipschitz=ell, distance=settings.distance, eps_q=eps_q)
    regret = bounds.evaluate(
        bounds.catalog[settings.upper], H=settings.horizon, n=1, class_size=1, eps_q=eps_q, lipschitz=ell, L_x=ell,
        L_u=1.0, gains=GainSequence(problem.symbols(settings.horizon)["gains"]),
    )  # fmt: skip
    return {"sup_error": eps_q, "jump_bound": float(jump.total), "bound": float(regret.total)}


class Panel(NamedTuple):
    """A panel of dots, a line for each tokenizer.

    Attributes:
        title: heading.
        unit: label of the axis.
        value: column of the dots.
        bound: column of the bars; None for no bars.
        scale: of the axis.
    """

    title: str
    unit: str
    value: str
    bound: str | None = None
    scale: str = "log"


_PANELS = (
    Panel("average error", "action units", "average_error", "sup_error"),
    Panel("distinct actions", "count", "distinct"),
    Panel("largest jump", "action units", "jump", "jump_bound"),
    Panel("total regret", "reward units", "regret", "bound"),
)


def dots(
    rows: Sequence[Row], names: Sequence[str], contents: Sequence[Panel], *, height: float
) -> tuple[Figure, list[Axes]]:
    """Tokenizers side by side: values as dots, bounds as bars; a row draws what it has.

    Args:
        rows: one for each tokenizer; those with ``sup_error`` bin (circles), the others and chunks are diamonds.
        names: what they are called.
        contents: the panels.
        height: of the figure, inches.
    """
    figure, grid = panels(1, len(contents), width=TEXT, height=height, sharey=True)
    for axes, panel in zip(grid, contents, strict=True):
        axes.set(title=panel.title, xscale=panel.scale, xlabel=panel.unit)
        for place, row in enumerate(rows):
            _dot(axes, place, row, panel)
        axes.margins(x=0.15)
    grid[0].set_yticks(range(len(rows)), names)
    grid[0].set_ylim(len(rows) - 0.4, -0.6)
    return figure, grid


def _dot(axes: Axes, place: int, row: Row, panel: Panel) -> None:
    binned, learned = shades(2)
    if panel.value in row:
        bins = "sup_error" in row and row["unit"] != "chunk"
        shape = {"color": binned, "marker": "o"} if bins else {"color": learned, "marker": "D"}
        axes.plot([row[panel.value]], [place], **MEASURED | shape | {"linestyle": "none", "markersize": 5})
    if panel.bound is not None and panel.bound in row:
        axes.plot([row[panel.bound]] * 2, [place - 0.3, place + 0.3], **BOUND | _BAR)


def draw(rows: Sequence[Row]) -> Figure:
    """A panel for each quantity, a line for each tokenizer: measured (dots) beside its bound (bars)."""
    figure, grid = dots(rows, [entry(row["tokenizer"]).title for row in rows], _PANELS, height=3.0)
    for place, row in enumerate(rows):
        low = max(row["low"], min(row["regret"] for row in rows) / 3)
        grid[3].plot([low, row["high"]], [place, place], color=MEASURED["color"], linewidth=1.2, zorder=1)
    grid[3].axvline(rows[0]["H"], color="#999999", linewidth=1.0, zorder=0)
    first = rows[0]
    caption(
        figure,
        f"A deterministic expert on three servo joints, {equals('H', first['H'])} steps; {first['demonstrations']} "
        f"episodes to fit, as many fresh ones to measure, seed {first['seed']}. Jump: of the action, between states "
        f"{first['distance']:g} apart. Reward: 1 less the distance to the expert's action. Circles: binning; diamonds: "
        "learned, or chunked, which runs open loop. Bars: upper bounds, labels known: sup error within reach; "
        f"{bounds.catalog[SETTINGS.jump].source}; {bounds.catalog[SETTINGS.upper].source}; the others have none. "
        f"Grey line: {tex('H')}, a bound beyond is vacuous.",
    )
    return figure


PLOT = Plot(
    name="tokenizers",
    title="Real tokenizers on one expert",
    alt=(
        "Four dot plots with a line for each of seven tokenizers: average error on fresh actions, distinct actions "
        "used, largest jump between near states, and measured regret with its interval. Bars mark upper bounds of the "
        "binning tokenizers; k-means, residual VQ and the DCT chunk have none."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
