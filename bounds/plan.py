"""A bound inverted for any of its budgets, by name: a common interface to `bounds.planning` and `bounds.tolerance`."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from bounds import planning
from bounds import tolerance as deviations
from bounds.errors import ParameterError

if TYPE_CHECKING:
    from bounds.theorem import Theorem


_FOR_TARGET = {
    "demos": planning.smallest_demos,
    "bins": planning.smallest_bins,
    "horizon": planning.largest_horizon,
    "validation": deviations.validation_for,
}
_FOR_TOLERANCE = {
    "demos": deviations.demos_within,
    "bins": deviations.bins_within,
    "horizon": deviations.horizon_within,
    "chunk": deviations.chunk_within,
    "validation": deviations.validation_within,
}


def plan(
    theorem: Theorem,
    solve_for: str,
    *,
    target: float | None = None,
    tolerance: float | None = None,
    **values: Any,
) -> planning.Solution | deviations.Tolerated | int:
    """The smallest budget, or the longest horizon, with which a bound meets its target.

    Args:
        theorem: the statement.
        solve_for: ``"demos"``, ``"bins"``, ``"horizon"``, ``"chunk"`` or ``"validation"``.
        target: total regret to stay below.
        tolerance: deviation of the state to stay below, its unit; one of the two is given.
        **values: the other symbols, and what the solver takes.

    Raises:
        ParameterError: no such unknown, or not one of target and tolerance; or as the solver says.
        UnreachableError, UnreachableToleranceError: no value will do.

    Example:
        >>> from bounds import catalog
        >>> plan(catalog["theorem_8"], "horizon", target=0.5, n=1000, eps_q=0.01).value
        49
    """
    if (target is None) == (tolerance is None):
        raise ParameterError(
            "give target, the total regret to stay below, or tolerance, the deviation of the state: "
            f"got {target} and {tolerance}"
        )
    solvers: dict[str, Any] = _FOR_TARGET if tolerance is None else _FOR_TOLERANCE
    if solve_for not in solvers:
        raise ParameterError(f"solve_for must be one of {', '.join(solvers)}, got {solve_for!r}")
    asked = signature(solvers[solve_for]).parameters.values()
    needed = [one.name for one in asked if one.kind is Parameter.KEYWORD_ONLY and one.default is Parameter.empty]
    if missing := [name for name in needed if name not in values]:
        raise ParameterError(f"solving for {solve_for} needs {' and '.join(needed)}; {' and '.join(missing)} not given")
    found: planning.Solution | deviations.Tolerated | int = solvers[solve_for](
        theorem, target if tolerance is None else tolerance, **values
    )
    return found
