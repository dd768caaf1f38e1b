"""Mixtures draw one component a step with its probability."""

import numpy as np
import pytest
from scipy.stats import binomtest

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear
from simulators.policies.mixture import Mixture


def constant(value: float) -> Linear:
    return Linear([[0.0]], value)


def test_components_are_drawn_with_their_weights() -> None:
    weights = [0.2, 0.5, 0.3]
    policy = Mixture(tuple(constant(c) for c in range(3)), weights)
    M = 20_000
    u = policy.act(np.zeros((1, M)), np.random.default_rng(0).standard_normal((policy.normals(1), M)))
    for c, weight in enumerate(weights):
        count = int((u == c).sum())
        assert binomtest(count, M, weight).pvalue > 1e-4


def test_the_choice_and_the_component_use_different_normals() -> None:
    policy = Mixture((ClippedGaussian(constant(0.0), 1.0), constant(9.0)), [0.5, 0.5])
    assert policy.normals(1) == 2
    assert policy.act(np.zeros((1, 2)), np.array([[-1.0, 1.0], [0.3, 0.3]])).tolist() == [[0.3, 9.0]]


def test_a_component_without_weight_never_acts() -> None:
    policy = Mixture((constant(1.0), constant(2.0), constant(3.0)), [0.0, 1.0, 0.0])
    z = np.array([[-40.0, 0.0, 40.0]])
    assert policy.act(np.zeros((1, 3)), z).tolist() == [[2.0, 2.0, 2.0]]


def test_bad_mixtures_are_refused() -> None:
    with pytest.raises(ShapeError, match="one entry per component"):
        Mixture((constant(1.0),), [0.5, 0.5])
    with pytest.raises(ProbabilityError, match="sum to 1"):
        Mixture((constant(1.0),), [0.5])
    with pytest.raises(DomainError, match="must not be mixtures"):
        Mixture((Mixture((constant(1.0),), [1.0]),), [1.0])
    with pytest.raises(DomainError, match="z must hold"):
        Mixture((constant(1.0),), [1.0]).act(np.zeros((1, 1)))
