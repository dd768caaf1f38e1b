"""Sums, powers and logarithms that keep their digits."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from bounds.numerics import (
    Twofold,
    exact_product,
    exact_sum,
    geometric_response,
    log_of_one_less,
    multiply_add,
    powers,
    running_sum,
    times,
)

properties = settings(deadline=None, max_examples=100)
moderate = st.floats(-1e100, 1e100).filter(lambda v: v == 0 or abs(v) > 1e-100)


def test_times_lets_zero_win_and_keeps_real_infinities():
    a = np.array([0.0, np.inf, 2.0, np.inf, 1e300])
    b = np.array([np.inf, 0.0, np.inf, 3.0, 1e300])
    assert times(a, b).tolist() == [0.0, 0.0, np.inf, np.inf, np.inf]
    assert times(np.empty((0, 3)), np.ones(3)).shape == (0, 3)


@pytest.mark.parametrize("length", [1, 2, 1023, 1024, 1025, 2048, 2049, 5000])
def test_running_sums_are_sums(length):
    terms = np.random.default_rng(length).random((2, length))
    sums = running_sum(terms)
    for row in range(2):
        for column in {0, length // 2, min(1024, length - 1), length - 1}:
            assert sums[row, column] == pytest.approx(math.fsum(terms[row, : column + 1]), rel=2e-13, abs=0)


@pytest.mark.parametrize("term", [0.1, 1 / 3, 1e-6, 0.3])
def test_a_million_equal_terms_keep_twelve_digits(term):
    exact = Fraction(term) * 10**6
    total = Fraction(float(running_sum(np.full(10**6, term))[-1]))
    assert abs(total - exact) / exact < Fraction(1, 10**12)
    naive = Fraction(float(np.cumsum(np.full(10**6, term))[-1]))
    assert abs(naive - exact) / exact > Fraction(1, 10**12)  # why the blocks are there


def test_running_sums_of_infinities_stay_infinite():
    terms = np.ones(3000)
    terms[1500] = np.inf
    assert np.isposinf(running_sum(terms)[1500:]).all()
    assert running_sum(terms)[1499] == 1500


@properties
@given(a=moderate, b=moderate)
def test_error_free_product_and_sum(a, b):
    product, total = exact_product(np.float64(a), np.float64(b)), exact_sum(np.float64(a), np.float64(b))
    if abs(a * b) > 1e-200:
        assert Fraction(float(product.high)) + Fraction(float(product.low)) == Fraction(a) * Fraction(b)
    assert Fraction(float(total.high)) + Fraction(float(total.low)) == Fraction(a) + Fraction(b)


@properties
@given(a=st.floats(1e-10, 1e10), b=st.floats(1e-10, 1e10), c=st.floats(1e-10, 1e10))
def test_multiply_add_has_twice_the_digits(a, b, c):
    found = multiply_add(np.float64(a), np.float64(b), np.float64(c))
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    assert abs(Fraction(float(found.high)) + Fraction(float(found.low)) - exact) <= exact * Fraction(1, 2**100)


@properties
@given(high=st.floats(0, 1.5), ulps=st.floats(-0.5, 0.5), count=st.integers(1, 3000))
@example(high=1.0, ulps=0.5, count=10**6)
@example(high=0.0, ulps=0.0, count=3)
def test_powers_see_the_low_part_of_the_base(high, ulps, count):
    low = ulps * np.spacing(high) if high > 1e-3 else 0.0
    found = powers(Twofold(np.float64(high), np.float64(low)), count)[-1]
    with mp.workdps(50):
        exact = (mpf(high) + mpf(low)) ** (count - 1)
        if exact > mpf(2) ** 1024:
            assert np.isposinf(found)
        elif exact > 1e-290:
            assert abs(mpf(float(found)) - exact) / exact < 1e-14


def test_powers_of_zero_and_overflow():
    assert powers(Twofold(np.float64(0.0), np.float64(0.0)), 3).tolist() == [1.0, 0.0, 0.0]
    assert np.isposinf(powers(Twofold(np.float64(1.5), np.float64(0.0)), 2000)[-1])


@properties
@given(size=st.one_of(st.floats(0.7, 1e6), st.floats(1e-6, 0.69)))
@example(size=math.log(2))
@example(size=0.5)
@example(size=1.0)
@example(size=math.log(3))
@example(size=1e6)
def test_log_of_one_less(size):
    found = float(log_of_one_less(np.float64(size)))
    with mp.workdps(60):
        exact = mpmath.log(mpmath.expm1(mpf(size))) if size < 1000 else mpf(size)
        assert abs(mpf(found) - exact) <= 1e-14 * abs(exact)


def test_log_of_one_less_at_one_policy():
    assert np.isneginf(log_of_one_less(np.float64(0.0)))


@pytest.mark.parametrize("length", [1, 2, 1024, 1025, 3000])
@pytest.mark.parametrize("base", [0.0, 0.5, 0.999, 1.0, 1.01])
def test_geometric_response_is_the_recursion(length, base):
    disturbances = np.random.default_rng(length).random(length)
    found = geometric_response(Twofold(np.array([base, 0.25]), np.zeros(2)), disturbances)
    assert found.shape == (2, length)
    with mp.workdps(40):
        state = mpf(0)
        for step in range(length):
            assert abs(mpf(float(found[0, step])) - state) <= mpf("3e-13") * state
            state = mpf(base) * state + mpf(float(disturbances[step]))


def test_geometric_response_of_nothing_is_nothing_however_unstable():
    assert not geometric_response(Twofold(np.array(1.5), np.array(0.0)), np.zeros(5000)).any()
