from fractions import Fraction

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.recheck import evaluate
from proofs_check.proofs import elementary as el


def test_everything_is_checked_from_nothing(stands):
    assert stands("elementary") == set()


@settings(deadline=None)
@given(st.integers(0, 12), st.fractions(-1, 3, max_denominator=20))
def test_bernoulli_says_what_bernoulli_says(n, y):
    a, b, c = z3.Reals("y n power")
    assert evaluate(el.bernoulli(a, b, c), {"y": y, "n": n, "power": (1 + y) ** n}) is True
    assert evaluate(el.bernoulli(a, b, c), {"y": y, "n": n, "power": 1 + n * y - Fraction(1, 1000)}) is False
