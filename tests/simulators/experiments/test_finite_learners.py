"""What learns: log-loss over each kind of class, and classes that do not hold the expert are refused."""

from fractions import Fraction

import numpy as np
import pytest

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, RealizabilityError, ShapeError
from simulators.experiments.finite_learners import ChunkMaps, Counts, Given, PolicyClass, Regression, SoftmaxLinear
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.tabular import TabularMDP

MDP = TabularMDP(np.full((2, 3, 2), 0.5), np.ones((4, 2, 3)), [0.5, 0.5])
CODES = LabelMap([0, 0, 2], [0, 2])
SURE, SWAPPED = (TabularPolicy.of_actions(actions, 3) for actions in ([1, 2], [2, 1]))
MIXED = TabularPolicy([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
DATA = Demonstrations([[0, 1], [0, 1], [1, 1], [0, 0]], [[0, 2], [0, 2], [2, 2], [0, 0]])


def test_a_finite_class_learns_the_likeliest_push_forward() -> None:
    learner = PolicyClass((SWAPPED, MIXED, SURE))
    learner.require_fit(MDP, SURE, CODES)
    learnt = learner.fit(MDP, CODES, DATA)
    assert (learnt.chosen, learnt.numbers) == (2, {"chosen": 2.0})
    assert learnt.policy.probabilities.tolist() == [[1, 0, 0], [0, 0, 1]]
    np.testing.assert_allclose(
        learnt.log_likelihoods, [-np.inf, 4 * np.log(0.75), 0.0]
    )  # label 0 four times in state 0
    assert np.exp(learner.log_size(MDP, CODES)) == pytest.approx(3)


def test_counting_deterministic_labels_is_log_loss_over_all_deterministic_policies() -> None:
    counts = Counts(deterministic=True)
    counts.require_fit(MDP, SURE, CODES)
    assert counts.fit(MDP, CODES, DATA).policy.probabilities.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert np.exp(counts.log_size(MDP, CODES)) == pytest.approx(4)
    assert np.exp(Counts(stationary=False, deterministic=True).log_size(MDP, CODES)) == pytest.approx(4**4)
    unseen = Demonstrations([[0]] * 4, [[2]] * 4)
    assert counts.fit(MDP, CODES, unseen).policy.probabilities[1].tolist() == [1, 0, 0]
    exact = TabularMDP(np.full((2, 3, 2), Fraction(1, 2)), np.ones((4, 2, 3)), [Fraction(1, 2)] * 2)
    assert counts.fit(exact, CODES, DATA).policy.exact


def test_counting_stochastic_labels_gives_their_frequencies() -> None:
    found = Counts().fit(MDP, CODES, Demonstrations([[0, 0, 0, 1]], [[0, 0, 2, 2]]))
    np.testing.assert_allclose(found.policy.probabilities, [[2 / 3, 0, 1 / 3], [0, 0, 1]])
    assert Counts().log_size(MDP, CODES) is None


def test_softmax_policies_fit_what_their_features_can_tell_apart() -> None:
    fit = SoftmaxLinear(np.eye(2), ridge=1e-4).fit(MDP, CODES, DATA)
    assert fit.policy.probabilities[0, 0] > 0.98 < fit.policy.probabilities[1, 2]
    assert fit.numbers["loss"] < 0.05
    blind = SoftmaxLinear(np.ones((2, 1))).fit(MDP, CODES, DATA)
    np.testing.assert_allclose(blind.policy.probabilities[0], blind.policy.probabilities[1])


def test_regression_plays_the_action_nearest_to_the_mean() -> None:
    learner = Regression([0.0, 0.4, 1.0])
    learner.require_fit(MDP, SURE, CODES)
    data = Demonstrations([[0, 0, 0, 0]], [[0, 2, 0, 0]])
    assert learner.fit(MDP, LabelMap.identity(3), data).policy.probabilities.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert learner.fit(MDP, CODES, data).policy.probabilities.tolist() == [[1, 0, 0], [1, 0, 0]]
    assert learner.log_size(MDP, CODES) is None


def test_chunk_maps_learn_the_first_map_that_explains_all_labels() -> None:
    maps = np.array([[[0, 0], [2, 0]], [[1, 2], [2, 2]], [[1, 1], [2, 0]]])
    learner = ChunkMaps(maps)
    learner.require_fit(MDP, SURE, CODES)
    data = Demonstrations([[0, 1], [1, 1], [1, 1], [0, 0]], [[0, 2], [2, 2], [2, 2], [2, 2]])
    assert learner.fit(MDP, CODES, data).chosen == 1
    assert CODES.of_chunks(learner.maps[1]).tolist() == [[0, 2], [2, 2]]
    with pytest.raises(RealizabilityError, match="every candidate"):
        ChunkMaps(maps[:1]).fit(MDP, CODES, data)


@pytest.mark.parametrize(
    ("learner", "expert", "error", "message"),
    [
        (PolicyClass((SWAPPED,)), SURE, RealizabilityError, "must contain the expert's push-forward, got 1 policies"),
        (PolicyClass((TabularPolicy([[1.0]]),)), SURE, ShapeError, "policy must have shape"),
        (Counts(deterministic=True), MIXED, RealizabilityError, "got stochastic labels"),
        (Counts(), TabularPolicy([SURE.at(0), SWAPPED.at(0)] * 2), RealizabilityError, "labels that vary by step"),
        (Given(SURE), SURE, DomainError, "must play codes only, but plays action 1"),
        (SoftmaxLinear(np.eye(3)), SURE, ShapeError, "features must have one row for each of 2 states, got 3"),
        (Regression([0.0, 1.0]), SURE, ShapeError, "positions must be those of 3 actions"),
        (ChunkMaps(np.full((1, 2, 2), 3)), SURE, DomainError, r"maps must lie in 0\.\.2, got 3"),
        (ChunkMaps(np.zeros((1, 3, 2), int)), SURE, ShapeError, "maps must have one row for each of 2 states, got 3"),
    ],
)
def test_a_class_that_cannot_hold_the_expert_is_refused(learner, expert, error, message: str) -> None:
    with pytest.raises(error, match=message):
        learner.require_fit(MDP, expert, CODES)


def test_empty_classes_are_refused() -> None:
    with pytest.raises(ShapeError, match="at least one member"):
        PolicyClass(())
    with pytest.raises(ShapeError, match=r"maps must be indexed \[m, s, i\]"):
        ChunkMaps(np.zeros((0, 2, 2), int))
