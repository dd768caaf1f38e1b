import math

from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.engines.recheck import evaluate
from proofs_check.engines.smt import Smt
from proofs_check.proofs import elementary as el


def test_everything_is_proved_from_limits_alone(stands):
    assert stands("elementary") == {"limits", "exponential"}


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


def test_without_its_premise_the_compound_step_is_not_proved():
    (step,) = (step for step in el.proof().steps if step.id == "compound")
    assert isinstance(step.obligation, Smt)
    assert step.obligation.without(el.BERNOULLI).discharge().verdict == "REFUTED"
