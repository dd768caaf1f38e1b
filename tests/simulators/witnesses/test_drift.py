from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.drift import Drift

SILENT = {"n": 1, "class_size": 1, "delta": 0.999999999}


def small(high):
    return st.fractions(0, high, max_denominator=40)


@given(st.integers(1, 12), small(Fraction(1, 20)), small(1), small(Fraction(3, 2)), small(1), small(1))
def test_theorems_2_3_and_7_hold_with_equality(H, eps, C, eta, L_x, L_u):
    try:
        witness = Drift(H, eps, C, eta, L_x, L_u)
    except DomainError:
        assume(False)
    values = dict(witness.values())
    constant = values.pop("L")
    exact = pytest.approx(float(witness.regret()), rel=1e-13, abs=1e-300)
    assert evaluate(catalog["theorem_2"], L=constant, **SILENT, **values).total == exact
    assert evaluate(catalog["theorem_3"], L=constant, k=0, **SILENT, **values).total == exact
    assert evaluate(catalog["theorem_7"], model_class_size=1, **SILENT, **values).total == exact


def test_the_drift_cannot_be_lowered_by_a_thousandth():
    witness = Drift(20, Fraction(1, 100), Fraction(1, 2), Fraction(9, 10))
    drift = evaluate(catalog[witness.bound], **SILENT, **witness.values()).terms["drift"]
    assert 0.999 * drift < witness.regret() <= drift * (1 + 1e-15)


def test_a_saturated_reward_is_refused():
    with pytest.raises(DomainError, match="smaller eps"):
        Drift(20, Fraction(1, 2), Fraction(1, 2), Fraction(9, 10))


def test_negative_parameters_are_refused():
    with pytest.raises(DomainError, match="eta must be at least 0"):
        Drift(2, Fraction(1, 20), Fraction(1, 2), Fraction(-1, 2))
