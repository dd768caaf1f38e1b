"""Moduli of smoothness."""

import math

import numpy as np
import pytest

from bounds.errors import ParameterError
from bounds.moduli import FunctionModulus, LinearModulus, Modulus, ThresholdModulus

ZERO = np.array(0.0)
DISTANCES = np.array([0.0, 1e-9, 0.1, 1.0, 50.0])
ALL = [LinearModulus(0.3), ThresholdModulus(2.0), FunctionModulus(lambda r: (r > 0.5) * 1.0)]


@pytest.mark.parametrize("modulus", ALL, ids=lambda m: type(m).__name__)
def test_moduli_are_nonnegative_and_nondecreasing(modulus):
    assert isinstance(modulus, Modulus)
    values = modulus(DISTANCES, np.array(0.05), np.array(4.0))
    assert (values >= 0).all()
    assert (np.diff(values) >= 0).all()


def test_linear_modulus_broadcasts_over_constants_and_distances():
    values = LinearModulus([1.0, 2.0])(np.array([0.0, 0.5, 1.0]), ZERO, ZERO)
    assert values.tolist() == [[0.0, 0.5, 1.0], [0.0, 1.0, 2.0]]


@pytest.mark.parametrize(
    ("k", "eps_q", "distance", "expected"),
    [
        (4.0, 0.25, 0.24, 0.0),
        (4.0, 0.25, 0.25, 0.0),
        (4.0, 0.25, 0.26, 1.0),
        (2.0, 0.25, 0.0, 0.0),
        (1.0, 0.25, 0.0, 1.0),
    ],
)
def test_threshold_is_where_the_jump_may_exceed_the_relaxation(k, eps_q, distance, expected):
    """A binned ell-Lipschitz map jumps by at most ell r + 2 eps_q <= k eps_q below the threshold."""
    assert ThresholdModulus(2.0)(np.array([distance]), np.array(eps_q), np.array(k)) == expected


@pytest.mark.parametrize("kappa", [lambda r: r * 2, lambda r: -r - 1, lambda r: 0.5, lambda r: r * math.nan])
def test_step_modulus_refuses_what_is_no_probability(kappa):
    with pytest.raises(ParameterError, match="modulus must map distances to probabilities of the same shape"):
        FunctionModulus(kappa)(np.array([0.0, 1.0]), ZERO, ZERO)
