from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.balls import ball, compare, enclose

x, y = sympy.symbols("x y")
t, h, H = sympy.symbols("t h H", integer=True, positive=True)
fractions = st.fractions(Fraction(1, 20), 3, max_denominator=30)


@settings(deadline=None, max_examples=30)
@given(fractions, fractions)
def test_balls_contain_the_value_computed_by_mpmath(p, q):
    expression = sympy.exp(-x) * sympy.sqrt(y) + sympy.log(x + y) - sympy.Max(x, 2 * y) / sympy.erf(x) + abs(x - y)
    values = {x: sympy.Rational(p.numerator, p.denominator), y: sympy.Rational(q.numerator, q.denominator)}
    reference = arb(str(expression.subs(values).evalf(60)))
    enclosure = enclose(expression, {x: p, y: q})
    assert enclosure.overlaps(reference)
    assert enclosure.rad() < 1e-30


@pytest.mark.parametrize("order", [Fraction(1, 2), 1, Fraction(5, 2)])
def test_the_tail_of_a_chi_square_law_is_enclosed(order):
    tail = sympy.uppergamma(x, y) / sympy.gamma(x)
    reference = mpmath.gammainc(mpmath.mpf(float(order)), 1.5, regularized=True)
    assert abs(enclose(tail, {x: order, y: Fraction(3, 2)}) - arb(float(reference))) < 1e-14


def test_sums_and_products_nest_and_may_be_empty():
    survival = sympy.Product(1 - x, (t, 2, h))
    expression = sympy.Sum(1 - survival, (h, 1, H))
    value = enclose(expression, {x: Fraction(1, 2), H: 3})
    assert abs(value - ball(Fraction(5, 4))) < 1e-30
    assert enclose(sympy.Sum(t * h, (t, 1, h), (h, 1, 3))) == 25


def test_piecewise_takes_the_case_that_applies():
    cases = sympy.Piecewise((1, x < 1), (2, sympy.Eq(x, 2)), (5, sympy.Ne(x, 3)), (3, True))
    assert [enclose(cases, {x: value}) for value in (0, 2, 4, 3)] == [1, 2, 5, 3]
    with pytest.raises(ValueError, match="not decided"):
        enclose(sympy.Piecewise((1, x < 1), (2, True)), {x: ball(2).sqrt() ** 2 / 2})


@pytest.mark.parametrize("expression", [x, sympy.Function("f")(1), sympy.Sum(t, (t, 1, sympy.Rational(5, 2)))])
def test_what_has_no_value_is_refused(expression):
    with pytest.raises(ValueError, match=r"no value|no rule|whole number"):
        enclose(expression)


def test_comparison_has_three_answers():
    root = ball(2).sqrt()
    assert compare(root, "<", Fraction(3, 2)) is True
    assert compare(root, ">=", Fraction(3, 2)) is False
    assert compare(root**2, "<=", 2) is None
    assert compare(root, "==", 1) is False
    assert compare(Fraction(1, 3), "==", Fraction(2, 6)) is True
    assert compare(1, ">", 1) is False


def test_remainders_are_of_whole_numbers() -> None:
    t, T = sympy.symbols("t T")
    assert enclose(sympy.Sum(sympy.Mod(t, T), (t, 0, 6)), {T: 3}) == 6
    with pytest.raises(ValueError, match="Mod must be of whole numbers"):
        enclose(sympy.Mod(t, T), {t: Fraction(1, 2), T: 3})
