"""Deviation of the state from the expert's, step by step: a separate quantity, built from the terms of the regret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bounds.errors import ParameterError
from bounds.evaluate import Evaluation, evaluate
from bounds.motion import Motion
from bounds.numerics import Array
from bounds.rms import RmsDeviation
from bounds.terms import Drift
from bounds.theorem import Sense, Theorem
from bounds.values import Values

_MEANS = {"average_error", "horizon_average_error", "action_error", "map_error", "jump"}


@dataclass(frozen=True)
class StateDeviation:
    """A bound on the deviation of the state.

    Attributes:
        values: bounds at steps 1..H, in the unit of the state, in the norm of the gains.
        sense: ``"surely"``: no deployment on the event below exceeds them; ``"mean"`` or ``"rms"``: its mean or root
            mean square over that event does not.
        probability: of the event that deployed and expert labels agree at all steps, given that the demonstrations are
            not among the share delta that mislead; at least this.
        evaluation: the statement behind it.
    """

    values: Array
    sense: Literal["surely", "mean", "rms"]
    probability: float
    evaluation: Evaluation

    @property
    def largest(self) -> float:
        """The largest over the steps."""
        return float(self.values.max())


def motion_of(theorem: Theorem) -> Motion:
    """What bounds the deviation of the state in a statement.

    Raises:
        ParameterError: nothing does.
    """
    drift = theorem.terms.get("drift")
    if theorem.sense is not Sense.UPPER or not isinstance(drift, Drift):
        raise ParameterError(f"{theorem.key} bounds no deviation of the state")
    return drift.deviation


def displacement(evaluation: Evaluation) -> tuple[Array, Literal["surely", "mean", "rms"]]:
    """Return a statement's bound on the state deviation at steps 1..H, at scalar values, and its sense.

    Raises:
        ParameterError: the statement bounds no deviation.

    Example:
        >>> from bounds.catalog import catalog
        >>> found = evaluate(catalog["validated_error"], H=3, C=1, eta=0.5, coupled_lipschitz=0.5, jump=0, L_x=1, L_u=1,
        ...                  action_error=0.25)
        >>> displacement(found)
        (array([0.  , 0.25, 0.5 ]), 'mean')
    """
    motion, values = motion_of(evaluation.theorem), evaluation.values
    steps = int(values["H"])
    return np.broadcast_to(motion.state(values, steps), (steps,)), _sense(motion, values)


def _sense(motion: Motion, values: Values) -> Literal["surely", "mean", "rms"]:
    if isinstance(motion, RmsDeviation):
        return "rms"
    return "mean" if _MEANS & {*values.arrays, *values.objects} else "surely"


def deviation(theorem: Theorem, form: str | None = None, **values: Any) -> StateDeviation:
    """Bound the deviation of the state from the expert's, at every step.

    A reward that is paid once, on the event that labels part, has the probability of that event as its regret: the
    imitation and decoupling terms at a return of range 1.

    Args:
        theorem: an upper bound with a drift.
        form: form of the probability.
        **values: the statement's symbols, scalars; those of the reward may be left out.

    Raises:
        ParameterError: the statement bounds no deviation, or a value is missing, unknown or not a scalar.
        AssumptionError: the values violate an assumption of the statement.

    Example:
        >>> from bounds.catalog import catalog
        >>> found = deviation(catalog["binning_lipschitz"], H=4, n=1000, class_size=2, eps_q=0.01, C=0.5, eta=0.5,
        ...                   lipschitz=0.5)
        >>> found.values.round(5).tolist(), found.sense, round(found.probability, 4)
        ([0.0, 0.015, 0.02625, 0.03469], 'surely', 0.997)
    """
    motion_of(theorem)
    given = {name: value for name, value in values.items() if name not in ("return_range", "return_std")}
    once = {"return_range": 1.0} if "return_range" in theorem.options else {}
    result = evaluate(theorem, form, **given, **once)
    if result.shape:
        raise ParameterError(f"deviations take scalar values, got shape {result.shape}")
    apart = float(result.terms["imitation"]) + float(result.terms["decoupling"])
    return StateDeviation(*displacement(result), max(0.0, 1.0 - apart), result)
