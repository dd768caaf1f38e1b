"""Exact maximum likelihood over finite classes."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, RealizabilityError, ShapeError
from simulators.learners.finite_class import MARGIN, FiniteClass, Fit, gain_class, likely_members, log_loss_mle
from simulators.policies.base import Policy
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.mixture import Mixture
from simulators.policies.pushforward import label_log_probability
from simulators.quantizers.scalar import uniform
from simulators.rollouts import demonstrate
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformNoise

seeds = st.integers(0, 2**32 - 1)


def gains(N: int, std: float | None = None) -> FiniteClass:
    return gain_class(np.linspace(0.1, 0.9, N), target_action=0.3, target_state=0.3, low=-1.0, high=1.0, std=std)


def data(expert: Policy, *, d: int, H: int, n: int, bins: int, seed: int) -> Demonstrations:
    system = LinearSystem(0.6 * np.eye(d), 0.4 * np.eye(d), UniformNoise(0.05))
    return demonstrate(system, expert, uniform(bins), horizon=H, episodes=n, rng=np.random.default_rng(seed))


@settings(deadline=None, max_examples=40)
@given(seed=seeds, std=st.sampled_from([None, 0.3]), bins=st.integers(1, 9), n=st.integers(1, 40), H=st.integers(1, 9))
def test_the_fit_is_the_brute_force_maximum_with_the_smallest_tied_index(
    seed: int, std: float | None, bins: int, n: int, H: int
) -> None:
    members = gains(6, std)
    d = data(members.policies[seed % 6], d=2, H=H, n=n, bins=bins, seed=seed)
    fit = log_loss_mle(members, uniform(bins), d.states, d.labels)
    scores = [float(label_log_probability(p, uniform(bins), d.states, d.labels).sum()) for p in members.policies]
    assert fit.log_likelihood == pytest.approx(max(scores), rel=1e-10)
    assert scores[fit.index] == pytest.approx(max(scores), rel=1e-10)
    assert fit.index == min(fit.maximisers)
    if std is None:
        assert fit.maximisers == tuple(i for i, score in enumerate(scores) if score == 0)


@settings(deadline=None, max_examples=20)
@given(seed=seeds)
def test_a_deterministic_expert_in_the_class_is_always_a_maximiser(seed: int) -> None:
    members = gains(9)
    expert = seed % 9
    d = data(members.policies[expert], d=2, H=6, n=5, bins=16, seed=seed)
    fit = log_loss_mle(members, uniform(16), d.states, d.labels)
    assert fit.realizable
    assert fit.log_likelihood == 0
    assert expert in fit.maximisers


def test_ties_go_to_the_smallest_index() -> None:
    members = FiniteClass((Linear([[0.0]], 0.9), Linear([[0.0]], 0.3), Linear([[0.0]], 0.4)))
    fit = log_loss_mle(members, uniform(4), np.zeros((1, 1, 2)), np.full((1, 1, 2), 2))
    assert fit == fit.require_realizable()
    assert (fit.index, fit.maximisers) == (1, (1, 2))


def test_an_expert_outside_the_class_is_noticed() -> None:
    members = gains(4)
    d = data(LinearFeedback(-0.8, 0.0, 0.1, -1.0, 1.0), d=1, H=5, n=20, bins=64, seed=0)
    fit = log_loss_mle(members, uniform(64), d.states, d.labels)
    assert (fit.realizable, fit.log_likelihood, fit.maximisers) == (False, -math.inf, (0, 1, 2, 3))
    with pytest.raises(RealizabilityError, match="explain every label"):
        fit.require_realizable()
    with pytest.raises(RealizabilityError, match="must contain the expert"):
        members.index(LinearFeedback(-0.8, 0.0, 0.1, -1.0, 1.0))
    assert gains(4, 0.1).index(gains(4, 0.1).policies[2]) == 2


def test_a_mixture_beats_its_parts_on_mixed_data() -> None:
    low, high = Linear([[0.0]], -0.5), Linear([[0.0]], 0.5)
    members = FiniteClass((low, high, Mixture((low, high), [0.5, 0.5])))
    labels = np.array([[[0, 1, 1, 0]]])
    fit = log_loss_mle(members, uniform(2), np.zeros((1, 1, 4)), labels)
    assert fit == Fit(2, pytest.approx(4 * math.log(0.5)), (2,), True)


@pytest.mark.parametrize(("N", "std", "limit"), [(256, None, 0.5), (32, 0.1, 4.0)])
def test_large_classes_are_fast(N: int, std: float | None, limit: float) -> None:
    members = gains(N, std)
    d = data(members.policies[N // 3], d=7, H=100, n=1000, bins=64, seed=0)
    start = time.process_time()
    fit = log_loss_mle(members, uniform(64), d.states, d.labels)
    assert time.process_time() - start < limit
    assert fit.index == N // 3


def every_member(members: FiniteClass, d: Demonstrations, bins: int) -> np.ndarray:
    return np.array([
        sum(float(label_log_probability(p, uniform(bins), x, u).sum()) for x, u in zip(d.states, d.labels, strict=True))
        for p in members.policies
    ])  # fmt: skip


@pytest.mark.parametrize("truth", [0, 3, 20, 39])
def test_members_far_below_the_best_are_bounded_and_the_others_exact(truth: int) -> None:
    members = gains(40, 0.2)
    d = data(members.policies[truth], d=2, H=20, n=300, bins=6, seed=truth)
    found = np.array(log_loss_mle(members, uniform(6), d.states, d.labels).log_likelihoods)
    exact = every_member(members, d, 6)
    near = exact > exact.max() - MARGIN
    assert found[near] == pytest.approx(exact[near], rel=1e-12)
    assert np.all(found >= exact - 1e-6)
    assert np.all(found[~near] <= exact.max() - MARGIN)
    assert np.any(found > exact + 1), "none was bounded: nothing was tested"


def test_classes_whose_likelihoods_need_not_be_concave_are_evaluated_throughout() -> None:
    """Gains out of order, and one member with another noise: the line through two neighbours bounds nothing."""
    ordered = gains(12, 0.2).policies
    noisier = gain_class([0.95], target_action=0.3, target_state=0.3, low=-1.0, high=1.0, std=0.5).policies
    for policies in (ordered[::-1], (*ordered, *noisier)):
        members = FiniteClass(policies)
        d = data(policies[2], d=2, H=20, n=300, bins=6, seed=0)
        found = np.array(log_loss_mle(members, uniform(6), d.states, d.labels).log_likelihoods)
        assert found == pytest.approx(every_member(members, d, 6), rel=1e-12)


def test_bad_input_is_refused() -> None:
    members, q, x = gains(2), uniform(2), np.zeros((2, 1, 3))
    with pytest.raises(ShapeError, match="at least one member"):
        FiniteClass(())
    for states, labels in ((x, np.zeros((2, 1, 4), int)), (x[:0], np.zeros((0, 1, 3), int)), (x, [0])):
        with pytest.raises(ShapeError, match="agree in h and i"):
            log_loss_mle(members, q, states, labels)
    with pytest.raises(DomainError, match="states must be finite"):
        log_loss_mle(members, q, x * np.nan, np.zeros((2, 1, 3), int))
    with pytest.raises(DomainError, match="token must lie between 0 and 1"):
        log_loss_mle(members, q, x, np.full((2, 1, 3), 2))
    with pytest.raises(ShapeError, match="gains must have 1 dimension"):
        gain_class(0.5, target_action=0.0, target_state=0.0, low=-1.0, high=1.0)


def test_the_likelihood_ratio_set_keeps_the_expert_as_often_as_it_says() -> None:
    """Exactly, for ten labels of two kinds in one state; a set of the maximisers alone would lose it too often."""
    laws, n, delta = np.array([0.5, 0.7, 0.3, 0.9, 0.1]), 10, 0.3
    lost = narrow = 0.0
    for ones in range(n + 1):
        mass = math.comb(n, ones) / 2**n
        scores = ones * np.log(laws) + (n - ones) * np.log(1 - laws)
        lost += mass * (0 not in likely_members(scores, deterministic=False, delta=delta)[0])
        narrow += mass * bool(scores[0] < scores.max())
    assert lost <= delta < narrow


def test_the_likelihood_ratio_set_loses_the_expert_no_more_rarely_than_it_says() -> None:
    """The expert's rare label, of probability just below delta, is the rival's only one: 0.999 of delta is broken."""
    chance, delta = 0.05, 0.050001
    scores = {label: np.log(laws) for label, laws in (("rare", [chance, 1.0]), ("usual", [1 - chance, 1e-300]))}
    left = {label: likely_members(both, deterministic=False, delta=delta)[0] for label, both in scores.items()}
    assert 0 not in left["rare"]
    assert 0 in left["usual"]
    assert 0.999 * delta < chance <= delta
