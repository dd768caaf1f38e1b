"""Slopes and closeness over pairs of points."""

from fractions import Fraction

import numpy as np
import pytest

from simulators.assumptions.pairs import largest_slope, within
from simulators.errors import StabilityError


def test_a_change_across_no_gap_has_no_finite_slope():
    gaps = np.array([[0.0, 0.0], [0.0, 0.0]])
    with pytest.raises(StabilityError, match="reward must agree at equal positions"):
        largest_slope("reward", np.array([[0.0, 0.1], [0.1, 0.0]]), gaps)
    assert largest_slope("reward", gaps, gaps) == 0


def test_ties_are_within_in_both_kinds():
    assert within(np.array([0.1 + 0.2, 0.31]), 0.3).tolist() == [True, False]
    tenths = np.array([Fraction(3, 10), Fraction(3, 10) + Fraction(1, 10**15)], dtype=object)
    assert within(tenths, Fraction(3, 10)).tolist() == [True, False]
