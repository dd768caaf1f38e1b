from fractions import Fraction

import pytest
import sympy
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.recheck import evaluate
from proofs_check.engines.translate import to_z3

x, y = sympy.symbols("x y")
fractions = st.fractions(Fraction(1, 9), 4, max_denominator=20)


@settings(deadline=None)
@given(fractions, fractions)
def test_the_term_has_the_value_of_the_expression(p, q):
    expression = (x - 2 * y) ** 3 / (x + y) ** 2 + sympy.Max(x, y, 1) * sympy.Min(x, 2 * y) - sympy.Rational(1, 3)
    value = expression.subs({x: sympy.Rational(p), y: sympy.Rational(q)})
    assert evaluate(to_z3(expression, {}), {"x": p, "y": q}) == Fraction(int(value.p), int(value.q))


def test_what_z3_cannot_read_must_be_named():
    with pytest.raises(ValueError, match="exp"):
        to_z3(sympy.exp(x), {})
    assert to_z3(sympy.exp(x) * 2, {sympy.exp(x): z3.Real("E")}).eq(2 * z3.Real("E"))
