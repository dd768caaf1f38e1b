from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.recheck import CannotEvaluateError, constants, evaluate, rational_point, show

x, y = z3.Reals("x y")
b = z3.Bool("b")
fractions = st.fractions(-5, 5, max_denominator=50)


@settings(deadline=None)
@given(fractions, fractions, st.booleans())
def test_values_agree_with_python(p, q, truth):
    point = {"x": p, "y": q, "b": truth}
    assert evaluate(x * y - 3 * x / 7 + (-y) ** 2, point) == p * q - 3 * p / 7 + q**2
    assert evaluate(z3.If(b, x, y) <= z3.If(x > y, x, y), point) is True
    assert evaluate(z3.And(x < y, z3.Or(b, x != y)), point) == (p < q and (truth or p != q))
    assert evaluate(z3.Implies(b, x >= y), point) == (not truth or p >= q)
    assert evaluate(z3.Not(x == y), point) == (p != q)


def test_only_the_branch_taken_is_evaluated():
    assert evaluate(z3.If(x == 0, y, y / x), {"x": Fraction(0), "y": Fraction(2)}) == 2


@pytest.mark.parametrize(
    "formula", [1 / x, z3.Real("q"), x ** z3.Q(1, 2), z3.Function("f", z3.RealSort(), z3.RealSort())(x)]
)
def test_what_has_no_exact_value_is_refused(formula):
    with pytest.raises(CannotEvaluateError):
        evaluate(formula, {"x": Fraction(0)})


def test_constants_and_rational_points_are_read_from_a_model():
    solver = z3.Solver()
    solver.add(3 * x == 1, b)
    solver.check()
    assert set(constants(z3.And(b, x > y))) == {"b", "x", "y"}
    point = rational_point(solver.model(), [3 * x == 1, b])
    assert point == {"x": Fraction(1, 3), "b": True}
    assert show(point) == "b = True, x = 1/3"


def test_irrational_values_are_refused():
    solver = z3.Solver()
    solver.add(x * x == 2)
    solver.check()
    with pytest.raises(CannotEvaluateError, match="not rational"):
        rational_point(solver.model(), [x])
