"""How many trajectories a certificate takes: one fewer is too few."""

import numpy as np
import pytest

from bounds import ParameterError
from bounds.certificates import trajectories_for_mean, trajectories_for_mismatch


def test_as_many_trajectories_as_it_takes():
    n = trajectories_for_mismatch(0.05)
    assert 0.95**n <= 0.05 < 0.95 ** (n - 1)  # the chance to see no mismatch of that probability
    n = trajectories_for_mean(2.0, 0.1)
    assert 2.0 * np.sqrt(np.log(20) / (2 * n)) <= 0.1 < 2.0 * np.sqrt(np.log(20) / (2 * (n - 1)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trajectories_for_mismatch(0.1, 1.0), r"confidence must be a number in \(0, 1\), got 1.0"),
        (lambda: trajectories_for_mean(1.0, 0.0), "slack must be a number > 0"),
        (lambda: trajectories_for_mismatch(0.0), r"mismatch must be a number in \(0, 1\), got 0.0"),
    ],
)
def test_no_certificate_of_nonsense(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
