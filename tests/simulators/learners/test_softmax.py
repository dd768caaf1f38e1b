"""Softmax-linear cloning: convex, certified, and the truth in the limit of rich features."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, ShapeError
from simulators.learners.demonstrations import demonstrate
from simulators.learners.softmax import ConvergenceError, softmax_learner
from simulators.learners.tabular import count_learner, label_counts
from simulators.policies.tabular import LabelMap
from tests.simulators.finite_cases import problems

CODES = LabelMap([0, 1, 2], [0, 2, 1])


def data_of(seed, n=30):
    rng = np.random.default_rng(seed)
    states = rng.integers(4, size=(3, n))
    return Demonstrations(states, rng.integers(3, size=(3, n)), np.zeros((3, n)))


@given(st.integers(0, 999), st.floats(1e-4, 1.0))
@settings(deadline=None, max_examples=30)
def test_no_weights_beat_the_fit_by_more_than_its_gap(seed, ridge):
    rng = np.random.default_rng(seed)
    features, data = rng.normal(size=(4, 3)), data_of(seed)
    fit = softmax_learner(data, CODES, features, ridge=ridge)
    shares = label_counts(data, n_states=4, n_actions=3).sum(axis=0) / data.states.size

    def loss(weights):
        logits = features @ weights
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return -(shares * logs).sum() + ridge / 2 * (weights**2).sum()

    assert loss(fit.weights) == pytest.approx(fit.loss, rel=1e-12)
    for scale in (1e-6, 1e-3, 1.0):
        assert loss(fit.weights + scale * rng.normal(size=fit.weights.shape)) >= fit.loss - fit.gap


def test_one_feature_for_each_state_recovers_the_frequencies():
    data = data_of(0, n=300)
    fit = softmax_learner(data, CODES, np.eye(4), ridge=1e-7)
    counted = count_learner(data, CODES, n_states=4, stationary=True)
    assert np.allclose(fit.policy.probabilities, counted.probabilities, atol=1e-4)


@given(problems(), st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_the_policy_plays_codes_only(problem, seed):
    system, expert, quantizer, _ = problem
    data = demonstrate(system, expert, quantizer, episodes=10, rng=np.random.default_rng(seed))
    fit = softmax_learner(data, quantizer, np.eye(system.n_states), ridge=1e-3)
    outside = np.setdiff1d(np.arange(system.n_actions), quantizer.codebook)
    assert np.all(fit.policy.probabilities[:, outside] == 0)
    assert fit.gap <= 1e-8


def test_a_gap_that_cannot_be_certified_is_an_error():
    with pytest.raises(ConvergenceError, match="must reach a gap of 1e-40"):
        softmax_learner(data_of(1), CODES, np.eye(4), tolerance=1e-40)


def test_bad_input_is_refused():
    with pytest.raises(DomainError, match="ridge must be positive"):
        softmax_learner(data_of(1), CODES, np.eye(4), ridge=0.0)
    with pytest.raises(ShapeError, match="features must cover state 3"):
        softmax_learner(data_of(1), CODES, np.eye(3))
