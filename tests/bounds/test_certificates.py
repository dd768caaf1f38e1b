"""Confidence limits: they cover as often as they say, and the exact ones are exact."""

import numpy as np
import pytest
from scipy.stats import binom

from bounds import ParameterError
from bounds.certificates import mean_limit, mismatch_limit, trajectories_for_mean, trajectories_for_mismatch


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 100), (9, 10), (40, 400)])
def test_clopper_and_pearson_limit_is_where_fewer_mismatches_have_the_risk(count, n):
    limit = mismatch_limit(count, n, 0.9)
    assert binom.cdf(count, n, limit) == pytest.approx(0.1, rel=1e-9)
    assert binom.cdf(count, n, 0.999 * limit) > 0.1
    assert mismatch_limit(n, n) == 1.0


def test_the_mean_is_covered():
    rng = np.random.default_rng(0)
    for p in (0.02, 0.5):
        missed = sum(mean_limit(2.0 * (rng.random(60) < p), 2.0, 0.9) < 2.0 * p for _ in range(2000))
        assert missed <= 200
        assert mean_limit(np.full(60, 2.0), 2.0) == 2.0


def test_little_variance_makes_the_limit_closer():
    calm, wild = (mean_limit(values, 1.0) - 0.5 for values in (np.full(2000, 0.5), np.tile([0.0, 1.0], 1000)))
    assert calm < wild / 2
    assert mean_limit([0.25], 1.0, 0.5) == 1.0


def test_as_many_trajectories_as_it_takes():
    n = trajectories_for_mismatch(0.05)
    assert mismatch_limit(0, n) <= 0.05 < mismatch_limit(0, n - 1)
    n = trajectories_for_mean(2.0, 0.1)
    assert 2.0 * np.sqrt(np.log(20) / (2 * n)) <= 0.1 < 2.0 * np.sqrt(np.log(20) / (2 * (n - 1)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mismatch_limit(2, 1), "mismatches must be a whole number from 0 to trajectories >= 1, got 2 of 1"),
        (lambda: mismatch_limit(0, 0), "trajectories >= 1, got 0 of 0"),
        (lambda: mismatch_limit(0, 5, 1.0), r"confidence must be a number in \(0, 1\), got 1.0"),
        (lambda: mean_limit([], 1.0), r"samples must be numbers in \[0, 1.0\]"),
        (lambda: mean_limit([0.5, 1.5], 1.0), r"samples must be numbers in \[0, 1.0\]"),
        (lambda: trajectories_for_mean(1.0, 0.0), "slack must be a number > 0"),
        (lambda: trajectories_for_mismatch(0.0), r"mismatch must be a number in \(0, 1\), got 0.0"),
    ],
)
def test_no_certificate_of_nonsense(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
