"""One door to every way of solving a bound backwards."""

import pytest

from bounds import catalog, evaluate
from bounds.errors import ParameterError
from bounds.plan import plan
from bounds.planning import Solution
from bounds.tolerance import Tolerated

VALUES = {"H": 50, "eps_q": 1 / 256, "class_size": 256, "C": 0.5, "eta": 0.5, "L": 0.5}


def test_planning_inverts_evaluation() -> None:
    found = plan(catalog["theorem_2"], "demos", target=20, **VALUES)
    assert isinstance(found, Solution)
    at, before = (evaluate(catalog["theorem_2"], n=found.value - less, **VALUES).total for less in (0, 1))
    assert at <= 20 < before


def test_a_tolerance_is_an_aim_too() -> None:
    values = VALUES | {"n": 10**6, "H": 5, "low": -1.0, "high": 1.0}
    del values["eps_q"]
    found = plan(catalog["theorem_2"], "bins", tolerance=0.1, probability=0.5, **values)
    assert isinstance(found, Tolerated)
    assert found.deviation.largest <= 0.1


@pytest.mark.parametrize("aims", [{}, {"target": 1.0, "tolerance": 1.0}])
def test_one_aim_is_planned_for(aims: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=r"give target, the total regret to stay below, or tolerance.*: got "):
        plan(catalog["theorem_8"], "demos", H=50, **aims)


@pytest.mark.parametrize(("aim", "unknown"), [("target", "chunk"), ("tolerance", "luck")])
def test_an_unknown_unknown_is_refused(aim: str, unknown: str) -> None:
    with pytest.raises(ParameterError, match=rf"solve_for must be one of demos, bins, .*got '{unknown}'"):
        plan(catalog["theorem_8"], unknown, **{aim: 1.0})


def test_what_the_solver_needs_and_was_not_given_is_named() -> None:
    with pytest.raises(ParameterError, match="solving for bins needs low and high; high not given"):
        plan(catalog["theorem_8"], "bins", target=1.0, low=-1.0, H=50, n=10)
