import math

from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.recheck import evaluate
from proofs_check.proofs import elementary as el


def test_everything_is_checked_from_nothing(stands):
    assert stands("elementary") == set()


@settings(deadline=None)
@given(st.integers(0, 12), st.fractions(-1, 3, max_denominator=20))
def test_bernoulli_says_what_bernoulli_says(n, y):
    import z3

    a, b, c = z3.Reals("y n power")
    assert evaluate(el.bernoulli(a, b, c), {"y": y, "n": n, "power": (1 + y) ** n}) == (
        y < -1 or (1 + y) ** n >= 1 + n * y
    )
    assert (1 + y) ** n >= 1 + n * y


@settings(deadline=None)
@given(st.integers(0, 20), st.floats(0, 3))
def test_am_gm_and_exponential_hold_in_floats(n, a):
    assert a**n * (n + 1 - n * a) <= 1 + 1e-9
    assert 1 - a <= math.exp(-a)
