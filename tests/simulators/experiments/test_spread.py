"""Total rewards of linear feedback stay within the range, and scatter no more than the standard deviation allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.experiments.feedback import affine
from simulators.experiments.spread import return_range, return_std
from simulators.learners.finite_class import matrix_class
from simulators.montecarlo import bernstein_interval
from simulators.policies.linear import Linear, LinearFeedback
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise, NoNoise, UniformBox, UniformNoise
from tests.simulators.experiments.test_feedback import random_case


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_run_leaves_the_range_and_none_scatters_more(seed: int) -> None:
    """Raw actions of one member beside codes of the other, which are off by half a cell."""
    system, reward, members, bins, rng = random_case(seed)
    H, n, known = 5, 2000, affine(members.policies, system)
    totals = np.zeros((2, n))
    for s in paired(system, *members.policies, uniform(bins), horizon=H, episodes=n, rng=rng):
        totals[:, s.block] += reward(s.x, s.u), reward(s.y, s.v)
    assert np.ptp(totals) <= return_range(system, reward, known, 1 / bins, H) * (1 + 1e-9) + 1e-12
    # Of two independent totals half the squared difference is the variance in the mean.
    squares = (totals[0, ::2] - totals[0, 1::2]) ** 2 / 2
    low, _ = bernstein_interval(
        n // 2,
        squares.sum(keepdims=True),
        (squares**2).sum(keepdims=True),
        most=np.array([H**2 / 2]),
        confidence=1 - 1e-9,
    )
    assert low[0] <= return_std(system, reward, known[[0]], H) ** 2 * (1 + 1e-9) + 1e-12


def test_one_number_that_moves_a_linear_reward_attains_the_deviation() -> None:
    """x_1 is drawn, x' = x/2 + u/4, u = x: rewards 1 - x of 1, .75, .5625 of the first state, whose law is uniform."""
    system = LinearSystem([[0.5]], [[0.25]], initial=UniformBox(0.0, 0.5))
    known = affine([Linear([[1.0]])], system)
    found = return_std(system, ReachReward(0.0, 1.0, 0.0), known, 3)
    assert found == pytest.approx((1 + 0.75 + 0.5625) * 0.5 / 12**0.5, rel=1e-12)


def test_the_ends_of_the_first_states_attain_the_range() -> None:
    system = LinearSystem([[0.5]], [[0.25]], initial=UniformBox(0.0, 0.5))
    known = affine([LinearFeedback(0.0, 0.0, 0.0, -1.0, 1.0)], system)
    assert return_range(system, ReachReward(0.0, 1.0, 0.0), known, 0.0, 3) == pytest.approx((1 + 0.5 + 0.25) * 0.5)
    assert return_range(system, ReachReward(0.0, 1.0, 0.0), known, 0.1, 2) == pytest.approx(0.5 + 0.275)


def test_where_nothing_is_bounded_the_horizon_is_the_range_and_half_of_it_the_deviation() -> None:
    system = LinearSystem([[3.0]], [[1.0]], GaussianNoise(9.0), UniformBox(0.0, 0.0))
    known = affine([LinearFeedback(0.0, 0.0, 0.0)], system)
    reward = ReachReward(0.0, 1.0, 1.0)
    assert return_range(system, reward, known, 0.1, 4) == 4.0
    assert return_std(system, reward, known, 400) == 200.0


def test_nothing_random_has_no_deviation() -> None:
    system = LinearSystem([[0.5]], [[1.0]], NoNoise(), UniformBox(1.0, 1.0))
    known = affine([LinearFeedback(0.0, 0.0, 0.5)], system)
    assert return_std(system, ReachReward(0.0, 1.0, 1.0), known, 9) == 0.0


@pytest.mark.parametrize(("noise", "std"), [(0.06, None), (0.0, 0.05), (0.06, 0.05)])
def test_noise_and_what_a_policy_draws_attain_the_deviation(noise: float, std: float | None) -> None:
    """From one state, x' = x/2 + u/4 + w with u = z std: three rewards that fall by a quarter of x and of u."""
    system = LinearSystem([[0.5]], [[0.25]], UniformNoise(noise), UniformBox(0.0, 0.0))
    members = matrix_class([[[0.0]]], target_action=0.0, target_state=0.0, low=-9.0, high=9.0, std=std)
    found = return_std(system, ReachReward(-1.0, 0.25, 0.25), affine(members.policies, system), 3)
    by_noise, by_action = np.array([1.5, 1.0]) / 4, np.array([1 + 1.5 / 4, 1 + 1 / 4, 1.0]) / 4
    exact = noise**2 / 3 * (by_noise**2).sum() + (std or 0.0) ** 2 * (by_action**2).sum()
    assert found == pytest.approx(np.sqrt(exact), rel=1e-12)
