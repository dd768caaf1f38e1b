"""A problem file's study as a sweep, and what computes one of its cells."""

from __future__ import annotations

from typing import Any

from proofs_check.cloning import measure
from quantbc.problem.file import Point, Problem, as_json
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep

__all__ = ["COMPUTATION", "sweep_of"]


def measured(cell: Cell) -> dict[str, Any]:
    """Clone, deploy and measure at one cell; its settings are the fields of a problem's point."""
    point = Point(**cell.settings)
    result = measure(
        point.build(),
        horizon=point.H,
        demonstrations=point.n,
        delta=point.delta,
        episodes=point.episodes,
        confidence=point.confidence,
        rng=cell.rng(),
    )
    return as_json(point) | {"seed": cell.seed} | result.as_dict()


COMPUTATION = Computation(
    measured, ("bounds", "simulators", "proofs_check.cloning", "quantbc.problem.file", "quantbc.sweeps.study")
)


def sweep_of(problem: Problem) -> Sweep:
    """The study as a sweep: everything a cell depends on is an axis, be it of one value."""
    axes = (
        Axis("system", (problem.system,)),
        Axis("task", (problem.task,)),
        Axis("expert", problem.experts, tuple(expert.name for expert in problem.experts)),
        Axis("quantizer", problem.quantizers, tuple(quantizer.label for quantizer in problem.quantizers)),
        Axis("H", problem.horizons),
        Axis("n", problem.demonstrations),
        Axis("delta", (problem.delta,)),
        Axis("episodes", (problem.episodes,)),
        Axis("confidence", (problem.confidence,)),
    )
    return Sweep(problem.name, axes, problem.seeds, COMPUTATION.version)
