"""The best number of bins when finer bins make the policy class larger."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bounds.classes import TabularClass
from bounds.errors import ParameterError
from bounds.evaluate import Evaluation, evaluate
from bounds.numerics import Array
from bounds.quantization import eps_q
from bounds.terms import Imitation
from bounds.theorem import Theorem

_FAN = 129
_LARGEST = math.log(2.0) * 1023.9  # logarithm of the largest K


def best_deterministic(a: float, b: float) -> float:
    """The minimiser of a log K + b / K over K > 0: K = b / a.

    Raises:
        ParameterError: a or b is not positive.

    Example:
        >>> best_deterministic(0.5, 10.0)
        20.0
    """
    _positive(a, b)
    return b / a


def best_stochastic(a: float, b: float, offset: float = 0.0) -> float:
    """The local minimiser of sqrt(a (log K + offset)) + b / K over K > 0, by Lambert's W.

    K = exp(-offset - W/2) with W = W_(-1)(-a exp(-2 offset) / (2 b^2)); the other branch is a local maximum. With
    y = -W/2 the condition reads 2 y - log y = 2 log(2 b) - log a + 2 offset, y >= 1/2. It is solved by Newton's method
    in this form, as the argument of W underflows for large b or offset.

    Args:
        a: coefficient of log K under the root.
        b: coefficient of 1 / K.
        offset: what is added to log K under the root, e.g. log(1/delta) per coefficient of log K.

    Returns:
        The real minimiser, or 1.0 where the sum only grows with K (no local minimum at K > 1).

    Raises:
        ParameterError: a or b is not positive, or the minimiser exceeds the floats.

    Example:
        >>> round(best_stochastic(0.01, 1.0), 6)
        38.168042
    """
    _positive(a, b)
    level = 2.0 * math.log(2.0 * b) - math.log(a) + 2.0 * offset
    if level < 1.0 + math.log(2.0):  # the argument of W is below -1/e
        return 1.0
    y = max(0.5, 0.5 * level)
    for _ in range(100):
        step = (2.0 * y - math.log(y) - level) / (2.0 - 1.0 / y) if y > 0.5 else 0.0
        y -= step
        if abs(step) <= 1e-15 * y:
            break
    if y - offset > _LARGEST:
        raise ParameterError(f"a and b must have their best K within the floats, got {a!r} and {b!r}")
    return max(1.0, math.exp(y - offset))


def _positive(a: float, b: float) -> None:
    if not (0 < a < math.inf and 0 < b < math.inf):
        raise ParameterError(f"a and b must be positive numbers, got {a!r} and {b!r}")


@dataclass(frozen=True)
class BestBins:
    """The number of bins with the smallest bound.

    Attributes:
        bins: the best whole number found.
        evaluation: the bound there.
        limited: whether the best is the largest number considered.
        closed_form: the real minimiser of the simple form while no hazard saturates, for a class with log N
            proportional to log K; ``None`` for other classes.
    """

    bins: int
    evaluation: Evaluation = field(repr=False)
    limited: bool
    closed_form: float | None


def best_bins(
    theorem: Theorem,
    growth: Callable[[Array], Array],
    form: str | None = None,
    *,
    low: float,
    high: float,
    dimension: int = 1,
    norm: str = "linf",
    limit: int = 2**20,
    **values: Any,
) -> BestBins:
    """Minimise a bound over the bins when the class grows with them.

    A geometric fan over [1, limit] is refined around its best point until whole numbers are exhausted: the exact
    minimum where the bound falls and then rises, a local one at the fan's resolution otherwise.

    Args:
        theorem: a statement that grows with eps_q and log_class_size.
        growth: natural logarithm of the class size from an array of bins; see `bounds.classes`, or any function.
        form: ``"sharp"`` or ``"simple"``.
        low: smallest action.
        high: largest action.
        dimension: action dimensions.
        norm: ``"linf"`` or ``"l2"``.
        limit: largest number of bins considered.
        **values: the other symbols, scalars.

    Raises:
        ParameterError: the statement does not depend on both, or an argument is out of its domain.

    Example:
        >>> from bounds.catalog import catalog
        >>> from bounds.classes import TabularClass
        >>> found = best_bins(catalog["theorem_7_deterministic"], TabularClass(states=10), "simple", low=-1, high=1,
        ...                   H=50, n=1000, model_class_size=1, C=0.5, eta=0.5)
        >>> found.bins, round(found.closed_form, 2)
        (98, 98.0)
    """
    for name in ("eps_q", "log_class_size"):
        if name not in theorem.increasing:
            raise ParameterError(f"{theorem.key} cannot be minimised over bins: it does not grow with {name}")
        if name in values:
            raise ParameterError(f"{name} follows from the bins and must be left out, got {values[name]!r}")

    def at(bins: Any, chosen: str | None) -> Evaluation:
        counts = np.asarray(bins, dtype=np.float64)
        error = eps_q(counts, low=low, high=high, dimension=dimension, norm=norm)
        return evaluate(theorem, chosen, **(values | {"eps_q": error, "log_class_size": growth(counts)}))

    first, last = 1.0, float(limit)
    while True:
        points = np.unique(np.floor(np.geomspace(first, last + 0.5, _FAN)))
        best = int(np.argmin(at(points, form).total))
        left, right = points[max(best - 1, 0)], points[min(best + 1, points.size - 1)]
        if right - left <= 2 or (left, right) == (first, last):
            break
        first, last = float(left), float(right)
    bins = int(points[best])
    closed = _closed_form(theorem, growth, lambda count: at(count, "simple")) if "simple" in theorem.forms else None
    return BestBins(bins, at(bins, form), bins == limit, closed)


def _closed_form(theorem: Theorem, growth: object, simple: Callable[[float], Evaluation]) -> float | None:
    """Read the coefficients of log K and 1/K off the simple form where eps_q is tiny, and solve."""
    term = theorem.terms["imitation"]
    if not isinstance(growth, TabularClass) or not isinstance(term, Imitation):
        return None
    fine = 2.0**40
    result = simple(fine)
    b = fine * float(result.terms["decoupling"] + result.terms["drift"])
    scale = float(result.values.return_range)
    per_nat = term.radius.factor * term.radius.multiplier * growth.per_log_bins / float(result.values["n"])
    if b == 0:
        return 1.0
    if not term.radius.root:
        return max(1.0, best_deterministic(scale * per_nat, b))
    rest = sum(float(result.values[name]) for name in term.radius.sizes if name != "log_class_size")
    offset = (rest - math.log(float(result.values["delta"]))) / growth.per_log_bins
    return best_stochastic(scale**2 * per_nat, b, offset)
