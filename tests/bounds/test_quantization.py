"""Uniform binning: error, bits and vocabulary."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import settings

from bounds.errors import ParameterError
from bounds.quantization import bits, eps_q, vocabulary

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
