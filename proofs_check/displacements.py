"""Which bound on the deviation of the state is put beside the measured one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bounds.deviation import StateDeviation, deviation, displacement
from bounds.evaluate import Evaluation
from bounds.terms import Drift


def likeliest(evaluations: Iterable[Evaluation]) -> dict[str, StateDeviation]:
    """Return a bound by sense: the smallest of those whose probability is the largest, to two digits.

    Statements whose labels are coupled so that states agree while labels do (``smooth_kernel``) say nothing about runs
    on the same noise, which is how deviations are measured.

    Args:
        evaluations: of statements that apply, at scalars.
    """
    found: dict[str, tuple[tuple[float, float], Evaluation]] = {}
    for evaluation in evaluations:
        drift = evaluation.theorem.terms.get("drift")
        if not isinstance(drift, Drift) or getattr(drift.deviation, "loop", "") == "none":
            continue
        values, sense = displacement(evaluation)
        terms, ceiling = evaluation.terms, float(evaluation.values.return_range)
        apart = (float(terms["imitation"]) + float(terms["decoupling"])) / ceiling if ceiling > 0 else 0.0
        rank = round(min(apart, 1.0), 2), float(values.max())
        if sense not in found or rank < found[sense][0]:
            found[sense] = rank, evaluation
    return {sense: _again(evaluation) for sense, (_, evaluation) in found.items()}


def _again(evaluation: Evaluation) -> StateDeviation:
    known: dict[str, Any] = {**evaluation.values.arrays, **evaluation.values.objects}
    return deviation(evaluation.theorem, **known)
