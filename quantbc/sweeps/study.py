"""A problem file's study as a sweep, and what computes one of its cells."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from proofs_check.comparison import compare
from quantbc.problem.file import Point, Problem, as_json
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep


class _Shared:
    """An experiment that computes its facts and symbols once: cells of other n and seeds ask for the same."""

    def __init__(self, point: Point) -> None:
        experiment = point.build()
        self.facts, self.symbols = cache(experiment.facts), cache(experiment.symbols)
        self.measure = experiment.measure


_shared = lru_cache(maxsize=8)(_Shared)


def measured(cell: Cell) -> dict[str, Any]:
    """Clone, deploy, measure and compare at one cell; its settings are the fields of a problem's point."""
    point = Point(**cell.settings)
    found = compare(_shared(replace(point, n=1)), point.budget, cell.rng())
    return as_json(point) | {"seed": cell.seed} | found.as_dict()


COMPUTATION = Computation(
    measured,
    (
        "bounds",
        "simulators",
        "proofs_check.comparison",
        "proofs_check.displacements",
        "proofs_check.ladder",
        "quantbc.problem",
        "quantbc.sweeps.study",
    ),
)


def sweep_of(problem: Problem) -> Sweep:
    """The study as a sweep: everything a cell depends on is an axis, even if it has only one value."""
    grid = problem.grid
    axes = (
        Axis("system", (problem.system,)),
        Axis("expert", problem.experts, tuple(expert.name for expert in problem.experts)),
        Axis("quantizer", problem.quantizers, tuple(quantizer.label for quantizer in problem.quantizers)),
        Axis("deployment", (problem.deployment,), (problem.deployment.kind,)),
        Axis("H", grid.horizons),
        Axis("n", grid.demonstrations),
        *(
            Axis(name, (getattr(grid, name),), ("" if getattr(grid, name) is None else getattr(grid, name),))
            for name in ("delta", "episodes", "confidence", "precision")
        ),
        # only where it is given, so that the random numbers of other studies stay what they were
        *((Axis("precision_per_step", (share,)),) if (share := grid.precision_per_step) is not None else ()),
    )
    return Sweep(problem.name, axes, problem.grid.seeds, COMPUTATION.version)
