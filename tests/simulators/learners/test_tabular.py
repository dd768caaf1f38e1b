"""Counting maximises the likelihood; finite classes break ties by index; the MLE's coverage is what is claimed."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from bounds import catalog, evaluate
from simulators.demonstrations import Demonstrations
from simulators.errors import RealizabilityError, ShapeError
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import affinity
from simulators.learners.demonstrations import demonstrate
from simulators.learners.tabular import count_learner, label_counts, log_likelihood, policy_mle
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import policies, problems


@given(problems(), st.booleans(), st.integers(0, 999), st.data())
@settings(deadline=None)
def test_no_tabular_policy_is_more_likely_than_the_counts(problem, stationary, seed, data):
    system, expert, quantizer, _ = problem
    seen = demonstrate(system, expert, quantizer, episodes=5, rng=np.random.default_rng(seed))
    fitted = count_learner(seen, quantizer, n_states=system.n_states, stationary=stationary)
    counts = label_counts(seen, n_states=system.n_states, n_actions=system.n_actions)
    rival = data.draw(policies(system, quantizer.codebook)).to_float()
    if rival.stationary or not stationary:
        best = log_likelihood(fitted.probabilities, counts)
        assert best >= log_likelihood(rival.probabilities, counts) - 1e-12
    exact = count_learner(seen, quantizer, n_states=system.n_states, stationary=stationary, exact=True)
    assert exact.exact
    assert np.allclose(exact.to_float().probabilities, fitted.probabilities)


def test_unseen_states_get_the_uniform_law_on_the_codes():
    data = Demonstrations([[0]], [[2]], [[0]])
    policy = count_learner(data, LabelMap([1, 1, 2], [1, 2]), n_states=2, exact=True)
    assert policy.probabilities[0].tolist() == [[0, 0, 1], [0, Fraction(1, 2), Fraction(1, 2)]]


def test_ties_go_to_the_smallest_index_and_impossible_data_is_an_error():
    data = Demonstrations([[0, 0]], [[0, 1]], [[0, 0]])
    even, odd = TabularPolicy([[0.5, 0.5]]), TabularPolicy([[0.7, 0.3]])
    assert policy_mle([odd, even, even], data) == 1
    certain = TabularPolicy([[1.0, 0.0]])
    with pytest.raises(RealizabilityError, match="probability zero"):
        policy_mle([certain], data)
    assert policy_mle([certain, odd], data) == 1
    with pytest.raises(ShapeError, match="must not be empty"):
        policy_mle([], data)
    with pytest.raises(ShapeError, match="share states and actions"):
        policy_mle([even, TabularPolicy([[1.0]])], data)


def coverage(n, delta, shrink=1.0):
    """How often D² of the MLE exceeds the log-loss radius, over 400 data sets, on a class of 16 coins' policies."""
    rng = np.random.default_rng(0)
    mdp = TabularMDP([[[0.5, 0.5]] * 2] * 2, np.ones((3, 2, 2)), [1.0, 0.0])
    quantizer = LabelMap.identity(2)
    members = [TabularPolicy([[p, 1 - p], [q, 1 - q]]) for p in (0.2, 0.4, 0.6, 0.8) for q in (0.2, 0.4, 0.6, 0.8)]
    expert = members[5]
    observed = observed_law(mdp, expert, quantizer)
    distances = [2 - 2 * affinity(learner_law(observed, member, quantizer), observed) for member in members]
    values = {"H": 1, "n": n, "class_size": len(members), "delta": delta, "eps_q": 0, "C": 0, "eta": 0, "L": 0, "k": 0}
    half = evaluate(catalog["theorem_3_deterministic_class"], **values).terms["imitation"]  # of D²: 1 − e^{−x}
    radius = 2 * float(half) * shrink
    hits = 0
    for _ in range(400):
        chosen = policy_mle(members, demonstrate(mdp, expert, quantizer, episodes=n, rng=rng))
        hits += distances[chosen] > radius
    return binomtest(hits, 400).proportion_ci(confidence_level=0.999)


def test_the_log_loss_radius_covers():
    """D² is at most the catalog's with probability ≥ 1 − δ; a fiftieth of the radius would not do."""
    assert coverage(10, 0.05).low <= 0.05
    assert coverage(10, 0.05, shrink=0.02).low > 0.05


def test_the_push_forward_is_what_the_labels_follow():
    mdp = TabularMDP([[[1.0]] * 3], np.ones((1, 1, 3)), [1.0])
    expert, quantizer = TabularPolicy([[0.25, 0.25, 0.5]]), LabelMap([0, 0, 2], [0, 2])
    data = demonstrate(mdp, expert, quantizer, episodes=100, rng=np.random.default_rng(3))
    candidates = [expert, push_forward(expert, quantizer)]
    assert policy_mle(candidates, data) == 1
