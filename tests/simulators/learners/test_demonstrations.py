"""Demonstrations follow the law of the observed chain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.learners.demonstrations import demonstrate
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, label_paths, problems


@given(problems(), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_every_episode_is_a_path_of_positive_probability(problem, seed):
    system, expert, quantizer, _ = problem
    paths = label_paths(system, expert, quantizer)
    for model in (system, as_mdp(system)):
        data = demonstrate(model, expert, quantizer, episodes=20, rng=np.random.default_rng(seed))
        for i in range(20):
            codes = quantizer.column_of_code(data.labels[:, i])
            assert (tuple(data.states[:, i].tolist()), tuple(codes.tolist())) in paths
    replay = demonstrate(system, expert, quantizer, episodes=20, rng=np.random.default_rng(seed))
    again = demonstrate(system, expert, quantizer, episodes=20, rng=np.random.default_rng(seed))
    assert np.array_equal(replay.labels, again.labels)


def test_frequencies_are_those_of_the_chain():
    """A chi-square-like check with a certified margin: Hoeffding at 1e-9 for each of the four paths."""
    mdp = TabularMDP([[[0.3, 0.7], [1.0, 0.0]], [[0.0, 1.0]] * 2], np.ones((2, 2, 2)), [1.0, 0.0])
    expert = TabularPolicy([[0.4, 0.6], [1.0, 0.0]])
    n = 40_000
    data = demonstrate(mdp, expert, LabelMap.identity(2), episodes=n, rng=np.random.default_rng(1))
    margin = np.sqrt(np.log(2 / 1e-9) / (2 * n))
    assert abs((data.labels[0] == 0).mean() - 0.4) < margin
    assert abs(((data.labels[0] == 0) & (data.states[1] == 1)).mean() - 0.4 * 0.7) < margin


def test_misfits_are_refused():
    mdp = TabularMDP([[[1.0]]], np.ones((2, 1, 1)), [1.0])
    policy, quantizer, rng = TabularPolicy([[1.0]]), LabelMap([0], [0]), np.random.default_rng(0)
    with pytest.raises(DomainError, match="episodes must be"):
        demonstrate(mdp, policy, quantizer, episodes=0, rng=rng)
    with pytest.raises(ShapeError, match="quantizer must act on"):
        demonstrate(mdp, policy, LabelMap.identity(2), episodes=1, rng=rng)
