from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.four_experts import EXPERTS, FourExperts

NS = st.integers(1, 5)
EPS = st.fractions(0, Fraction(1, 4), max_denominator=60)


@settings(deadline=None)
@given(NS, EPS, st.integers(1, 9))
def test_bayes_risk_is_the_formula_and_the_catalog_says_it(n, eps, H):
    family = FourExperts(n, eps, H)
    assert family.exact() == family.formula()
    assert evaluate(catalog["theorem_8"], **family.values()).total == pytest.approx(float(family.formula()), rel=1e-13)


@settings(deadline=None)
@given(NS, EPS)
def test_the_explicit_algorithm_loses_exactly_the_bound_on_all_four(n, eps):
    family = FourExperts(n, eps)
    assert {family.loss(expert) for expert in EXPERTS} == {family.formula()}


def test_a_lower_bound_a_thousandth_higher_is_beaten():
    family = FourExperts(4, Fraction(1, 20), 10)
    raised = 1.001 * evaluate(catalog["theorem_8"], **family.values()).total
    assert all(family.loss(expert) < raised for expert in EXPERTS)


def test_the_rare_start_is_best_at_one_over_n_plus_one():
    best = FourExperts(3, Fraction(1, 10)).formula()
    assert all(FourExperts(3, Fraction(1, 10), rare=rare).formula() < best for rare in (Fraction(1, 5), Fraction(1, 3)))


def test_the_risk_formula_holds_for_any_rare_start():
    family = FourExperts(3, Fraction(1, 10), rare=Fraction(2, 7))
    assert family.exact() == family.formula()


def test_the_algorithm_would_leave_the_bin_when_a_rare_start_is_too_rare():
    with pytest.raises(DomainError, match="rare must satisfy"):
        FourExperts(1, Fraction(1, 10), rare=Fraction(1, 10)).loss(EXPERTS[0])


def test_the_played_action_stays_in_the_bin():
    family = FourExperts(1, Fraction(1, 8))
    assert family.play(((1, family.eps),), 1) == 0
    assert family.play(((1, 1 - family.eps),), 1) == 1


@pytest.mark.parametrize(
    "bad", [{"n": 0, "eps": 0.1}, {"n": 1, "eps": Fraction(1, 3)}, {"n": 1, "eps": 0.1, "rare": 1}]
)
def test_bad_parameters_are_refused(bad):
    with pytest.raises(DomainError):
        FourExperts(**bad)
