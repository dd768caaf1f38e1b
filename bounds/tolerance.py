"""Deviation bounds inverted: bins, demonstrations, horizons, chunks and validation trajectories for a tolerance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bounds.amplitudes import Amplitude
from bounds.certificates import trajectories_for_mean, trajectories_for_mismatch
from bounds.deviation import StateDeviation, deviation, motion_of
from bounds.errors import AssumptionError, ParameterError
from bounds.evaluate import evaluate
from bounds.motion import Deviation
from bounds.quantization import eps_q
from bounds.symbols import symbol
from bounds.theorem import Theorem
from bounds.validated import error_weights
from bounds.values import need

_MOST = 2**53
_MOST_STEPS = 10**5


@dataclass(frozen=True)
class Tolerated:
    """The extreme admissible whole number.

    Attributes:
        name: what was solved for: ``"n"``, ``"bins"``, ``"H"``, ``"chunk"`` or ``"validation"``.
        value: the answer.
        deviation: the bound at the answer: largest at most the tolerance, with at least the probability asked for.
        limited: whether the answer is the end of the search range.
    """

    name: str
    value: int
    deviation: StateDeviation = field(repr=False)
    limited: bool = False


def _check(theorem: Theorem, name: str, tolerance: float, probability: float, values: dict[str, Any]) -> None:
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < math.inf:
        raise ParameterError(f"tolerance must be a finite number >= 0, got {tolerance!r}")
    if not 0 < probability < 1:
        raise ParameterError(f"probability must be a number in (0, 1), got {probability!r}")
    if name in values:
        raise ParameterError(f"{name} must be left out to be solved for, got {values[name]!r}")
    motion_of(theorem)


class UnreachableToleranceError(ValueError):
    """No admissible value keeps the deviation within the tolerance.

    Attributes:
        best: the deviation at the best value tried.
    """

    def __init__(self, name: str, tolerance: float, probability: float, best: StateDeviation) -> None:
        self.best = best
        super().__init__(
            f"tolerance {tolerance:.6g} with probability {probability:.6g} is unreachable at any {name} by "
            f"{best.evaluation.theorem.key}: at the best value tried the deviation is {best.largest:.6g} with "
            f"probability {best.probability:.6g}"
        )


@dataclass(frozen=True)
class _Question:
    """A tolerance, and the deviation at every whole number."""

    name: str
    tolerance: float
    probability: float
    at: Callable[[int], StateDeviation]

    def met(self, value: int) -> bool:
        """Whether the deviation is tolerable there; false where an assumption fails."""
        try:
            found = self.at(value)
        except AssumptionError:
            return False
        return found.largest <= self.tolerance and found.probability >= self.probability

    def smallest(self, most: int) -> Tolerated:
        """The smallest value at which a falling deviation is tolerable."""
        if not self.met(most):
            raise UnreachableToleranceError(self.name, self.tolerance, self.probability, self.at(most))
        low, high = 0, 1
        while not self.met(high):
            low, high = high, min(2 * high, most)
        return self._between(low, high)

    def largest(self, most: int) -> Tolerated:
        """The largest value at which a rising deviation is tolerable."""
        if not self.met(1):
            raise UnreachableToleranceError(self.name, self.tolerance, self.probability, self.at(1))
        low, high = 1, 2
        while high <= most and self.met(high):
            low, high = high, 2 * high
        if high > most and self.met(most):
            return Tolerated(self.name, most, self.at(most), limited=True)
        return self._between(min(high, most), low)

    def _between(self, missed: int, met: int) -> Tolerated:
        while abs(met - missed) > 1:
            middle = (met + missed) // 2
            missed, met = (missed, middle) if self.met(middle) else (middle, met)
        return Tolerated(self.name, met, self.at(met))


def demos_within(theorem: Theorem, tolerance: float, *, probability: float = 0.95, **values: Any) -> Tolerated:
    """The smallest number of demonstrations with which the deviation stays within ``tolerance`` at every step.

    Args:
        theorem: a statement that bounds the deviation and falls with n.
        tolerance: in the unit of the state.
        probability: that a deployment agrees with the expert's labels, at least; given that the data do not mislead.
        **values: the other symbols, scalars.

    Raises:
        UnreachableToleranceError: it is exceeded however many there are.
        ParameterError: the statement bounds no deviation, does not fall with n, or a value is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> demos_within(catalog["binning_lipschitz"], 0.05, H=50, class_size=64, eps_q=0.01, C=0.5, eta=0.5,
        ...              lipschitz=0.2).value
        140
    """
    _check(theorem, "n", tolerance, probability, values)
    if "n" not in theorem.decreasing:
        raise ParameterError(f"{theorem.key} cannot be solved: it does not move in one direction with n")
    return _Question("n", tolerance, probability, lambda n: deviation(theorem, **values, n=n)).smallest(_MOST)


def bins_within(
    theorem: Theorem,
    tolerance: float,
    *,
    low: float,
    high: float,
    dimension: int = 1,
    norm: str = "linf",
    probability: float = 0.95,
    **values: Any,
) -> Tolerated:
    """The smallest number of uniform bins per dimension with which the deviation stays within ``tolerance``.

    Args:
        theorem: a statement that bounds the deviation and grows with eps_q.
        tolerance: in the unit of the state.
        low: smallest action.
        high: largest action.
        dimension: action dimensions.
        norm: ``"linf"`` or ``"l2"``.
        probability: that a deployment agrees with the expert's labels, at least; given that the data do not mislead.
        **values: the other symbols, scalars; no eps_q.

    Raises:
        UnreachableToleranceError: it is exceeded however fine the bins.
        ParameterError: the statement bounds no deviation, does not grow with eps_q, or a value is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> bins_within(catalog["validated_mismatch"], 0.005, low=-1, high=1, H=50, mismatch=0.01, C=0.05, eta=0.95,
        ...             lipschitz=0.2).value
        649
    """
    _check(theorem, "eps_q", tolerance, probability, values)
    if "eps_q" not in theorem.increasing:
        raise ParameterError(f"{theorem.key} cannot be solved: it does not move in one direction with eps_q")

    def at(bins: int) -> StateDeviation:
        error = float(eps_q(bins, low=low, high=high, dimension=dimension, norm=norm))
        return deviation(theorem, **values, eps_q=error)

    return _Question("bins", tolerance, probability, at).smallest(_MOST)


def horizon_within(theorem: Theorem, tolerance: float, *, probability: float = 0.95, **values: Any) -> Tolerated:
    """The longest horizon over which the deviation stays within ``tolerance``, up to 100 000 steps.

    Raises:
        UnreachableToleranceError: one step exceeds it, or labels part too often already.
        ParameterError: as for `demos_within`.

    Example:
        >>> from bounds.catalog import catalog
        >>> horizon_within(catalog["binning_lipschitz"], 0.5, n=1000, class_size=64, eps_q=0.01, C=1.0, eta=0.9,
        ...                lipschitz=0.2).value
        11
    """
    _check(theorem, "H", tolerance, probability, values)
    question = _Question("H", tolerance, probability, lambda horizon: deviation(theorem, **values, H=horizon))
    return question.largest(_MOST_STEPS)


def chunk_within(theorem: Theorem, tolerance: float, *, probability: float = 0.95, **values: Any) -> Tolerated:
    """The shortest chunk with which the deviation stays within ``tolerance``; every length up to H is tried.

    Raises:
        UnreachableToleranceError: no chunk will do.
        ParameterError: as for `demos_within`; or the statement is not about chunks.

    Example:
        >>> from bounds.catalog import catalog
        >>> chunk_within(catalog["chunked_lipschitz"], 0.5, H=100, n=10**6, class_size=64, eps_q=0.001, C=1.0, eta=0.9,
        ...              lipschitz=0.8, chunk_decay=0.1).value
        7
    """
    _check(theorem, "chunk", tolerance, probability, values)
    if "chunk" not in theorem.symbols:
        raise ParameterError(f"{theorem.key} is not about chunks")
    question = _Question("chunk", tolerance, probability, lambda chunk: deviation(theorem, **values, chunk=chunk))
    horizon = int(deviation(theorem, **values, chunk=1).evaluation.values["H"])
    best = 1
    for chunk in range(1, horizon + 1):
        if question.met(chunk):
            return Tolerated("chunk", chunk, question.at(chunk))
        best = min(best, chunk, key=lambda length: question.at(length).largest)
    raise UnreachableToleranceError("chunk", tolerance, probability, question.at(best))


def validation_within(
    theorem: Theorem, tolerance: float, *, diameter: float, confidence: float = 0.95, **values: Any
) -> Tolerated:
    """The held-out trajectories that certify a mean deviation, at all steps at once, by Hoeffding's inequality.

    The deviation of step h is linear in the errors of the steps before, each at most ``diameter``; the errors given are
    what is expected of the learner, and n_v = max over h of log(H / (1 - confidence)) / 2 * (range_h / slack_h)^2.

    Args:
        theorem: validated_error or validated_closed_loop.
        tolerance: in the unit of the state, above the deviation at the errors expected.
        diameter: largest error of one action that is possible.
        confidence: that the certified deviations hold.
        **values: the symbols of the statement, its error included, scalars.

    Raises:
        UnreachableToleranceError: the deviation at the errors expected exceeds the tolerance already.
        ParameterError: the statement takes no error on held-out data, or a value is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> validation_within(catalog["validated_error"], 0.05, diameter=1.0, H=50, C=0.1, eta=0.9,
        ...                   coupled_lipschitz=0.2, jump=0.01, action_error=0.01).value
        8074
    """
    _check(theorem, "validation", tolerance, confidence, values)
    motion = motion_of(theorem)
    error = motion.amplitude.sequence if isinstance(motion, Deviation) else None
    if error is None or not isinstance(motion, Deviation) or "log_class_size" in theorem.symbols:
        raise ParameterError(f"{theorem.key} takes no error on held-out trajectories")
    if diameter <= 0:
        raise ParameterError(f"diameter must be a number > 0, got {diameter!r}")
    expected = deviation(theorem, **values)
    name: str = error
    alone = Amplitude((need(name),), lambda v: v[name], lambda: symbol(name))
    unit = expected.evaluation.values
    unit = replace(unit, arrays={**unit.arrays, name: np.asarray(diameter)})
    ranges = replace(motion, amplitude=alone).state(unit, expected.values.size)
    slack = tolerance - expected.values
    if (slack[ranges > 0] <= 0).any():
        raise UnreachableToleranceError("validation", tolerance, confidence, expected)
    worst = float(np.max(np.divide(ranges, slack, out=np.zeros_like(ranges), where=ranges > 0)))
    every_step = 1.0 - (1.0 - confidence) / expected.values.size
    return Tolerated("validation", trajectories_for_mean(worst, 1.0, every_step), expected)


def validation_for(
    theorem: Theorem, target: float, *, diameter: float | None = None, confidence: float = 0.95, **values: Any
) -> int:
    """The number of held-out trajectories that certify a regret of at most ``target``, if their errors are as expected.

    Errors: by Hoeffding's inequality for their weighted sum. Mismatches: by Clopper and Pearson's limit, none expected.

    Args:
        theorem: a statement of `bounds.validated`.
        target: total regret over the horizon.
        diameter: largest error of one action that is possible; not for mismatches.
        confidence: that the certified regret holds.
        **values: the symbols, scalars; the error expected included, the mismatch left out.

    Raises:
        ParameterError: the target is not above the bound at what is expected, or a value is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> validation_for(catalog["validated_mismatch"], 1.0, H=10, eps_q=0.01, C=0.5, eta=0.5, lipschitz=0.2)
        82
    """
    if "mismatch" in theorem.symbols:
        rest = float(evaluate(theorem, **values, mismatch=0.0).total)
        each = float(evaluate(theorem, **values, mismatch=1.0).total) - rest
        return 1 if target >= rest + each else trajectories_for_mismatch((target - rest) / each, confidence)
    if diameter is None:
        raise ParameterError("diameter must be given: the largest error of one action that is possible")
    motion = motion_of(theorem)
    error = motion.amplitude.sequence if isinstance(motion, Deviation) else None
    expected = float(evaluate(theorem, **values).total)
    weights, _ = error_weights(theorem, **{name: value for name, value in values.items() if name != error})
    if target <= expected:
        raise ParameterError(f"target must be above the bound at the errors expected, {expected:.6g}, got {target!r}")
    return trajectories_for_mean(float(weights.sum()) * diameter, target - expected, confidence)
