"""Uniform binning: error, inverse, bits and vocabulary."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bounds.errors import ParameterError
from bounds.quantization import bins_for, bits, eps_q, vocabulary

properties = settings(deadline=None, max_examples=150)


@pytest.mark.parametrize("bins", [1, 2, 7, 64])
@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("dimension", [1, 3])
def test_the_error_is_attained_at_the_corner_of_a_cell_and_nowhere_exceeded(bins, norm, dimension):
    low, high = -1.0, 3.0
    centres = low + (high - low) * (np.arange(bins) + 0.5) / bins
    grid = np.linspace(low, high, 4 * bins + 1)
    worst = np.abs(grid[:, None] - centres).min(axis=1).max()
    order = np.inf if norm == "linf" else 2
    corner = np.linalg.norm(np.full(dimension, worst), ord=order)
    assert eps_q(bins, low=low, high=high, dimension=dimension, norm=norm) == pytest.approx(corner, rel=1e-14)


def test_arguments_broadcast():
    found = eps_q([[2], [4]], low=0, high=1, dimension=[1, 4, 9], norm="l2")
    assert found == pytest.approx(np.array([[0.25, 0.5, 0.75], [0.125, 0.25, 0.375]]))
    assert eps_q([2, 4], low=0, high=1, dimension=[[1], [4]]).shape == (2, 2)
    assert eps_q([], low=0, high=1).shape == (0,)


@properties
@given(
    wanted=st.floats(1e-9, 10),
    low=st.floats(-10, 10),
    width=st.floats(0.01, 20),
    dimension=st.integers(1, 50),
    norm=st.sampled_from(["linf", "l2"]),
)
@example(wanted=0.1, low=0.0, width=1.0, dimension=1, norm="linf")
@example(wanted=0.05, low=-1.0, width=0.3, dimension=1, norm="linf")
@example(wanted=10.0, low=0.0, width=1.0, dimension=1, norm="linf")
def test_the_inverse_is_the_smallest(wanted, low, width, dimension, norm):
    box = {"low": low, "high": low + width, "dimension": dimension, "norm": norm}
    bins = int(bins_for(wanted, **box))
    assert eps_q(bins, **box) <= wanted
    assert bins == 1 or eps_q(bins - 1, **box) > wanted


@properties
@given(bins=st.integers(1, 10**6))
def test_the_inverse_undoes_the_error(bins):
    assert bins_for(eps_q(bins, low=-1, high=1), low=-1, high=1) == bins


def test_the_inverse_is_not_misled_by_a_quotient_that_rounds_to_a_whole_number():
    bins = np.arange(1, 2000)
    just_missed = np.nextafter(eps_q(bins, low=0, high=1), 0)
    assert (0.5 / just_missed == bins).any()
    assert np.array_equal(bins_for(just_missed, low=0, high=1), bins + 1)


def test_bits_and_vocabulary_agree():
    assert vocabulary(256, 7) == 256**7
    assert vocabulary(3, 400) == 3**400
    assert bits(3, 400) == pytest.approx(math.log2(3**400), rel=1e-14)
    assert bits([2, 4], [[1], [3]]).tolist() == [[1.0, 2.0], [3.0, 6.0]]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: eps_q(0, low=0, high=1), r"bins must be a whole number in \[1, 2\^53\], got 0.0"),
        (lambda: eps_q(2.5, low=0, high=1), r"bins must be a whole number in \[1, 2\^53\], got 2.5"),
        (lambda: eps_q(math.nan, low=0, high=1), "bins must be a whole number"),
        (lambda: eps_q("2", low=0, high=1), "bins must be a whole number >= 1, got '2'"),
        (lambda: eps_q(2, low=1, high=1), "low must be below high, both finite, got 1 and 1"),
        (lambda: eps_q(2, low=-math.inf, high=1), "low must be below high, both finite, got -inf and 1"),
        (lambda: eps_q(2, low="a", high=1), "low and high must be numbers, got 'a' and 1"),
        (lambda: eps_q(2, low=0, high=1, norm="l1"), "norm must be one of linf, l2, got 'l1'"),
        (lambda: eps_q(2, low=0, high=1, dimension=0), "dimension must be a whole number"),
        (lambda: bins_for(0.0, low=0, high=1), "eps_q must be positive to be reached by bins, got 0.0"),
        (lambda: bins_for(-1.0, low=0, high=1), "eps_q must be a number >= 0, got -1.0"),
        (lambda: bins_for(1e-300, low=0, high=1), r"eps_q needs more than 2\^53 bins, got 1e-300"),
        (lambda: bits(0), "bins must be a whole number"),
        (lambda: vocabulary(2, 1.5), "dimension must be a whole number"),
    ],
)
def test_bad_input_is_named(build, message):
    with pytest.raises(ParameterError, match=message):
        build()


def test_wide_ranges_do_not_overflow():
    assert eps_q(1, low=-1.5e308, high=1.5e308) == 1.5e308
    assert Fraction(float(eps_q(3, low=0, high=1))) == Fraction(1 / 6)
