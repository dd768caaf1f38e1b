from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.independent_noise import IndependentNoise


@given(st.integers(1, 5), st.fractions(0, 1, max_denominator=9))
def test_the_regret_is_that_of_the_enumeration(H, p):
    witness = IndependentNoise(H, p)
    assert witness.exact() == witness.enumerated_regret()
    assert witness.enumerated_regret(shared=True) == 0


def test_fair_noise_costs_half_a_step_from_the_second_on():
    assert IndependentNoise(101).exact() == 50


def test_theorem_7_would_say_zero():
    witness = IndependentNoise(50)
    bound = evaluate(catalog["theorem_7"], n=1e12, **witness.values())
    assert bound.total == 0 < witness.exact()


def test_bad_parameters_are_refused():
    with pytest.raises(DomainError, match="p must be"):
        IndependentNoise(3, Fraction(3, 2))
