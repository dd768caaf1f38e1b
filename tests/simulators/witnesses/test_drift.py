from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from proofs_check.tightness import spelled
from simulators.errors import DomainError
from simulators.witnesses.base import KNOWN_LABELS
from simulators.witnesses.drift import Drift


def small(high):
    return st.fractions(0, high, max_denominator=40)


@given(st.integers(1, 12), small(Fraction(1, 20)), small(1), small(Fraction(3, 2)), small(1), small(1))
def test_theorems_2_3_and_7_hold_with_equality(H, eps, C, eta, L_x, L_u):
    try:
        witness = Drift(H, eps, C, eta, L_x, L_u)
    except DomainError:
        assume(False)
    exact = pytest.approx(float(witness.exact()), rel=1e-13, abs=1e-300)
    for key in ("theorem_2", "theorem_3", "theorem_7"):
        values = spelled(catalog[key], {**KNOWN_LABELS, **witness.values()})
        assert evaluate(catalog[key], **values).total == exact


def test_a_saturated_reward_is_refused():
    with pytest.raises(DomainError, match="smaller eps"):
        Drift(20, Fraction(1, 2), Fraction(1, 2), Fraction(9, 10))


def test_negative_parameters_are_refused():
    with pytest.raises(DomainError, match="eta must be at least 0"):
        Drift(2, Fraction(1, 20), Fraction(1, 2), Fraction(-1, 2))
