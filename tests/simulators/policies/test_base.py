"""Helpers every policy uses."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.policies.base import clip_range, column, number_or_vector, same_policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.mixture import Mixture


def test_columns_broadcast_over_trajectories() -> None:
    assert (np.zeros((2, 5)) + column(np.array([1.0, 2.0])))[:, 4].tolist() == [1.0, 2.0]
    assert (np.zeros((2, 5)) + column(np.array(3.0))).max() == 3.0


def test_policies_are_equal_when_all_their_numbers_are() -> None:
    def build(gain: float, std: float) -> Mixture:
        mean = LinearFeedback([0.1, 0.2], 0.0, gain)
        return Mixture((ClippedGaussian(mean, std), Linear(np.eye(2))), np.array([0.5, 0.5]))

    assert same_policy(build(0.5, 0.1), build(0.5, 0.1))
    for other in (build(0.6, 0.1), build(0.5, 0.2), build(0.5, 0.1).components[0], None):
        assert not same_policy(build(0.5, 0.1), other)


def test_clips_may_be_one_sided_but_not_empty() -> None:
    assert clip_range(-np.inf, 1) == (-np.inf, 1.0)
    for low, high in ((1.0, 1.0), (2.0, 1.0), (np.nan, 1.0), (0.0, np.nan)):
        with pytest.raises(DomainError, match="high must exceed low"):
            clip_range(low, high)


def test_parameters_are_finite_numbers_or_vectors() -> None:
    assert number_or_vector("std", [1, 2]).tolist() == [1.0, 2.0]
    for bad in (np.nan, [[1.0]]):
        with pytest.raises(DomainError, match="std must be"):
            number_or_vector("std", bad)
