"""The reach reward stays in [0, 1] and has the Lipschitz constants it declares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.norms import norm_along
from simulators.policies.linear import Linear
from simulators.rewards import ImitationReward, ReachReward

weights = st.floats(0, 3)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), norm=st.sampled_from(["linf", "l2"]), weight_x=weights, weight_u=weights)
def test_reward_is_bounded_and_lipschitz(seed: int, norm: str, weight_x: float, weight_u: float) -> None:
    rng = np.random.default_rng(seed)
    reward = ReachReward(rng.normal(size=3), weight_x, weight_u, norm)
    x, y, u, v = rng.normal(size=(4, 3, 50)) * rng.choice([0.01, 0.3, 1.0])
    here, there = reward(x, u), reward(y, v)
    assert here.min() >= 0
    assert here.max() <= 1
    L_x, L_u = reward.lipschitz
    allowed = L_x * norm_along(x - y, norm, axis=0) + L_u * norm_along(u - v, norm, axis=0)
    assert np.all(np.abs(here - there) <= allowed + 1e-12)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_constants_are_attained_and_smaller_ones_fail(norm: str) -> None:
    reward = ReachReward([0.0, 0.0], 0.7, 0.3, norm)
    at = np.zeros((2, 1))
    off = np.array([[0.5], [0.0]])
    assert reward(at, at) - reward(off, at) == pytest.approx(0.7 * 0.5)
    assert reward(at, at) - reward(at, off) == pytest.approx(0.3 * 0.5)


def test_norms_differ_off_the_axes() -> None:
    x = np.array([[0.3], [0.4]])
    zero = np.zeros((2, 1))
    assert ReachReward(0.0, 1.0, 0.0, "l2")(x, zero) == pytest.approx(0.5)
    assert ReachReward(0.0, 1.0, 0.0, "linf")(x, zero) == pytest.approx(0.6)


def test_bad_rewards_are_refused() -> None:
    for arguments in (
        (np.nan, 1.0, 1.0, "l2"),
        (0.0, -1.0, 1.0, "l2"),
        (0.0, 1.0, np.inf, "l2"),
        (0.0, 1.0, 1.0, "l1"),
    ):
        with pytest.raises(DomainError):
            ReachReward(*arguments)


def test_a_vector_target_must_fit() -> None:
    reward = ReachReward([0.0, 0.0], 1.0, 1.0)
    with pytest.raises(ShapeError, match="one entry per dimension, got 2 for 3"):
        reward(np.zeros((3, 1)), np.zeros((2, 1)))
    with pytest.raises(ShapeError, match="one entry per dimension, got 2 for 1"):
        reward(np.zeros((2, 1)), np.zeros((1, 1)))


def test_imitation_is_rewarded_by_closeness_to_the_experts_own_action() -> None:
    reward = ImitationReward(Linear([[0.5, 0.0], [0.0, -2.0]]), 0.25)
    x, rng = np.random.default_rng(0).normal(size=(2, 50)), np.random.default_rng(1)
    assert np.array_equal(reward(x, reward.mean.act(x)), np.ones(50))
    u, moved, other = (rng.normal(size=(2, 50)) for _ in range(3))
    L_x, L_u = reward.lipschitz
    change = np.abs(reward(x, u) - reward(x + moved, u + other))
    assert np.all(change <= L_x * np.abs(moved).max(axis=0) + L_u * np.abs(other).max(axis=0) + 1e-12)
    assert (L_x, L_u) == (0.5, 0.25)
    assert reward(x, u + 100).max() == 0.0
    with pytest.raises(DomainError, match="weight must be nonnegative"):
        ImitationReward(Linear([[1.0]]), -1.0)
