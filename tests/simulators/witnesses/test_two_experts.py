import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.two_experts import TwoExperts, scaled_gap

EIGHTH = Fraction(1, 8)
HALF = Fraction(1, 2)


@given(st.integers(1, 400), st.fractions(0, Fraction(29, 60), max_denominator=90), st.integers(1, 9))
def test_the_constant_policy_loses_exactly_the_bound_on_both(n, eps, H):
    family = TwoExperts(n, eps, H)
    value = evaluate(catalog["theorem_9"], **family.values()).total
    for sign in (1, -1):
        assert float(family.regret(sign, HALF)) == pytest.approx(float(value), rel=1e-13)
        assert family.regret(sign, HALF) < 1.001 * value or value == 0


@settings(deadline=None)
@given(st.integers(1, 40))
def test_every_algorithm_meets_the_bound_with_probability_an_eighth(n):
    assert TwoExperts(n, Fraction(1, 10)).guaranteed_probability() >= EIGHTH


def test_one_demonstration_gives_exactly_an_eighth_so_three_eighths_cannot_be_raised():
    assert TwoExperts(1, Fraction(1, 10)).guaranteed_probability() == EIGHTH
    assert TwoExperts(1, Fraction(1, 10), gap=scaled_gap(1, Fraction(376, 1000))).guaranteed_probability() < EIGHTH


@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_learner_on_a_grid_of_means_does_better_than_the_guarantee(n):
    family = TwoExperts(n, Fraction(1, 10))
    grid = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
    worst = [
        max(family.event_probability(sign, means) for sign in (1, -1))
        for means in itertools.product(grid, repeat=n + 1)
    ]
    assert min(worst) >= family.guaranteed_probability() * (1 if n == 1 else 1 - 1e-12)


@pytest.mark.parametrize("n", [1, 3, 9, 25])
def test_following_the_majority_attains_the_guarantee_for_odd_n(n):
    family = TwoExperts(n, Fraction(1, 10))
    for sign in (1, -1):
        event = family.event_probability(sign, family.follow_majority())
        assert float(event) == pytest.approx(float(family.guaranteed_probability()), rel=1e-12)


def test_the_gap_of_three_fifths_gives_less_than_an_eighth_in_the_limit():
    limit = math.erfc(1.2 / math.sqrt(2)) / 2
    assert round(limit, 3) == 0.115
    known = TwoExperts(400, Fraction(1, 10), gap=scaled_gap(400, Fraction(3, 5))).guaranteed_probability()
    assert float(known) == pytest.approx(limit, abs=1e-3)
    assert known < EIGHTH


def test_the_gap_of_three_fifths_is_no_probability_for_one_demonstration():
    with pytest.raises(DomainError, match="gap must be"):
        TwoExperts(1, Fraction(1, 10), gap=scaled_gap(1, Fraction(3, 5)))


def test_counts_are_a_distribution():
    assert sum(TwoExperts(9, Fraction(1, 10)).counts(-1)) == 1


def test_square_sample_sizes_stay_exact():
    assert scaled_gap(9, Fraction(3, 8)) == Fraction(1, 8)
    assert isinstance(scaled_gap(2, Fraction(3, 8)), float)
