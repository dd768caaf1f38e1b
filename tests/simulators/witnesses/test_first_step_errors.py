from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.first_step_errors import FirstStepErrors


@given(st.integers(1, 12), st.fractions(0, 1, max_denominator=30))
def test_the_bound_is_attained_exactly(H, share):
    witness = FirstStepErrors(H, share / H)
    assert witness.exact() == H * share
    assert evaluate(catalog["ross_bagnell"], **witness.values()).total == pytest.approx(float(H * share), rel=1e-14)


def test_the_bound_cannot_be_lowered_by_a_thousandth():
    witness = FirstStepErrors(10, Fraction(1, 100))
    for form in ("sharp", "simple"):
        assert 0.999 * evaluate(catalog["ross_bagnell"], form, **witness.values()).total < witness.exact()


def test_floats_give_the_same_number():
    assert FirstStepErrors(8, 0.0625).exact() == float(FirstStepErrors(8, Fraction(1, 16)).exact())


def test_more_errors_than_the_first_step_can_hold_are_refused():
    with pytest.raises(DomainError, match="step_error must be"):
        FirstStepErrors(4, Fraction(1, 3))
