"""Bounds inverted: the demonstrations, bins and horizons that a target regret requires or allows.

Answers are exact whole numbers: the bound meets the target there and misses it at the neighbour, both evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.errors import AssumptionError, ParameterError
from bounds.evaluate import Evaluation, evaluate
from bounds.notebook import line
from bounds.numerics import Array
from bounds.quantization import eps_q
from bounds.theorem import Theorem

_MOST = 2.0**53  # demonstrations and bins are searched up to here
_MOST_STEPS = 10**6
_FAN = 33


class UnreachableError(ValueError):
    """No admissible value of the symbol meets the target.

    Attributes:
        name: the symbol solved for.
        target: what was asked for.
        terms: the positive terms that the symbol does not move.
        floor: their sum, or the bound at the best value tried where the symbol moves them all.
    """

    def __init__(self, name: str, target: float, best: Evaluation, symbol: str) -> None:
        stuck = set(best.terms) - set(best.theorem.moved_by(symbol))
        self.name, self.target = name, target
        self.terms = {term: float(value) for term, value in best.terms.items() if term in stuck and value > 0}
        self.floor = sum(self.terms.values())
        reason = f"{' + '.join(self.terms)} alone is {self.floor:.6g}"
        if self.floor <= target:
            self.floor = float(best.total)
            reason = f"at the best value tried the bound is {self.floor:.6g}"
        super().__init__(f"target {target:.6g} is unreachable at any {name} by {best.theorem.key}: {reason}")


@dataclass(frozen=True, repr=False)
class Solution:
    """The extreme admissible value of one symbol.

    Attributes:
        name: the symbol solved for: ``"n"``, ``"bins"`` or ``"H"``.
        value: the answer.
        evaluation: the bound at the answer; it meets the target.
        neighbour: the bound one step further, which misses it; inf where there is no such step.
        limited: whether the answer is the end of the search range, where the target is still met.
    """

    name: str
    value: int
    evaluation: Evaluation
    neighbour: float
    limited: bool = False

    def __repr__(self) -> str:
        beyond = "the end of the search range" if self.limited else f"one step further {self.neighbour:.6g}"
        return f"{self.name} = {self.value}: {line(self.evaluation)} ({beyond})"


def _check(theorem: Theorem, name: str, target: float, directed: tuple[str, ...], values: dict[str, Any]) -> float:
    """The target as a float.

    Raises:
        ParameterError: the target is no regret, the symbol is given, or the statement does not move with it.
    """
    if isinstance(target, bool) or not isinstance(target, int | float | np.number) or not 0 <= target < np.inf:
        raise ParameterError(f"target must be a finite number >= 0, got {target!r}")
    if name not in directed:
        raise ParameterError(f"{theorem.key} cannot be solved: it does not move in one direction with {name}")
    if name in values:
        raise ParameterError(f"{name} must be left out to be solved for, got {values[name]!r}")
    return float(target)


def _meets(at: Callable[[Array], Evaluation], target: float, points: Array) -> NDArray[np.bool_]:
    """Where the bound is at most the target; false where an assumption fails."""
    try:
        return np.asarray(at(points).total <= target)
    except AssumptionError:
        if points.size == 1:
            return np.zeros(points.shape, dtype=np.bool_)
        return np.concatenate([_meets(at, target, point) for point in points.reshape(-1, 1)])


def _narrow(holds: Callable[[Array], NDArray[np.bool_]], fails: float, meets: float) -> int:
    """Shrink a bracket (``holds`` is false at ``fails``, true at ``meets``) to neighbours; returns the true one.

    Every round asks for a geometric fan of whole numbers in the bracket at once.
    """
    while abs(meets - fails) > 1:
        low, high, rising = min(fails, meets), max(fails, meets), meets > fails
        points = np.floor(np.geomspace(low + 0.5, high + 0.5, _FAN))
        points[_FAN // 2] = np.floor(low / 2 + high / 2)
        points = np.sort(np.clip(points, low, high))
        points[0], points[-1] = low, high
        true = holds(points)
        true[0], true[-1] = not rising, rising
        found = np.flatnonzero(true)[0 if rising else -1]
        meets, fails = points[found], points[found + (-1 if rising else 1)]
    return int(meets)


def _scalar(result: Evaluation) -> Evaluation:
    if result.shape:
        raise ParameterError(f"planning takes scalar values, got shape {result.shape}")
    return result


def _smallest(name: str, symbol: str, target: float, at: Callable[[Any], Evaluation]) -> Solution:
    """Smallest whole number from 1 on at which a falling bound meets the target."""
    best = _scalar(at(_MOST))
    if best.total > target:
        raise UnreachableError(name, target, best, symbol)

    holds = partial(_meets, at, target)
    if holds(np.ones(1))[0]:
        return Solution(name, 1, at(1), np.inf)
    value = _narrow(holds, 1, _MOST)
    try:
        before = float(at(value - 1).total)
    except AssumptionError:
        before = np.inf
    return Solution(name, value, at(value), before)


def smallest_demos(theorem: Theorem, target: float, form: str | None = None, **values: Any) -> Solution:
    """The smallest number of demonstrations at which a bound is at most ``target``.

    Args:
        theorem: a statement that falls with n; a lower bound gives what every algorithm needs.
        target: total regret over the horizon.
        form: ``"sharp"`` or ``"simple"``.
        **values: its other symbols, scalars.

    Raises:
        UnreachableError: the terms that do not depend on the data exceed the target.
        ParameterError: the statement does not depend on n, or an argument is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> smallest_demos(catalog["theorem_8"], 0.06, H=50, eps_q=0.001).value
        916
    """
    target = _check(theorem, "n", target, theorem.decreasing, values)
    return _smallest("n", "n", target, lambda n: evaluate(theorem, form, **(values | {"n": n})))


def smallest_bins(
    theorem: Theorem,
    target: float,
    form: str | None = None,
    *,
    low: float,
    high: float,
    dimension: int = 1,
    norm: str = "linf",
    **values: Any,
) -> Solution:
    """The smallest number of uniform bins per dimension at which a bound is at most ``target``, for a fixed class.

    Args:
        theorem: a statement that grows with eps_q.
        target: total regret over the horizon.
        form: ``"sharp"`` or ``"simple"``.
        low: smallest action.
        high: largest action.
        dimension: action dimensions.
        norm: ``"linf"`` or ``"l2"``.
        **values: its other symbols, scalars; no eps_q.

    Raises:
        UnreachableError: the terms that do not depend on the bins exceed the target.
        ParameterError: eps_q is given, the statement does not depend on it, or an argument is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> smallest_bins(catalog["theorem_8"], 1.0, low=0, high=1, H=50, n=1000).value
        26
    """
    target = _check(theorem, "eps_q", target, theorem.increasing, values)

    def at(bins: Any) -> Evaluation:
        error = eps_q(bins, low=low, high=high, dimension=dimension, norm=norm)
        return evaluate(theorem, form, **(values | {"eps_q": error}))

    return _smallest("bins", "eps_q", target, at)


def largest_horizon(
    theorem: Theorem, target: float, form: str | None = None, *, limit: int = _MOST_STEPS, **values: Any
) -> Solution:
    """The longest horizon at which a bound is at most ``target``.

    Args:
        theorem: a statement that grows with H.
        target: total regret over the horizon.
        form: ``"sharp"`` or ``"simple"``.
        limit: horizons are searched up to here; the solution says so when the target is still met there.
        **values: its other symbols, scalars.

    Raises:
        UnreachableError: a single step exceeds the target.
        ParameterError: the statement does not depend on H, or an argument is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> largest_horizon(catalog["theorem_8"], 1.0, n=1000, eps_q=0.001).value
        845
    """
    target = _check(theorem, "H", target, theorem.increasing, values)

    def at(horizon: Any) -> Evaluation:
        return evaluate(theorem, form, **(values | {"H": horizon}))

    first = _scalar(at(1))
    if first.total > target:
        raise UnreachableError("H", target, first, "H")
    met, asked = 1, 1
    while asked < limit and met == asked:
        asked = min(8 * asked, limit)
        met = asked if at(asked).total <= target else met
    if met == asked:
        return Solution("H", met, at(met), np.inf, limited=True)

    value = _narrow(lambda points: np.asarray(at(points).total <= target), asked, met)
    return Solution("H", value, at(value), float(at(value + 1).total))
