"""Pairs give certified intervals, and a pair beyond the proved bound is an error, not a number."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.experiments.base import Budget
from simulators.experiments.pairs import block_of, measured_pairs
from simulators.policies.linear import LinearFeedback
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import compared, paired
from simulators.systems.linear import LinearSystem

SYSTEM = LinearSystem([[0.5]], [[0.5]])
POLICY = LinearFeedback(0.0, 0.0, 0.5, -1.0, 1.0)


def measured(budget: Budget, spread: float, rng: np.random.Generator):
    run = {"horizon": budget.H, "episodes": budget.episodes, "rng": rng, "block": block_of(budget)}
    steps = paired(SYSTEM, POLICY, POLICY, uniform(4), **run)
    reach = np.array([0.0, 0.125, 0.1875])  # half of eps_q = 1/4, then half of it all again
    seen = compared(steps, ReachReward(0.0, 1.0, 1.0), "linf")
    return measured_pairs(seen, budget, spread=spread, reach=reach)


def test_a_smaller_proved_range_gives_a_narrower_interval_around_the_same_mean() -> None:
    budget = Budget(H=3, n=1, episodes=500)
    wide, narrow = (measured(budget, spread, np.random.default_rng(0))[0] for spread in (3.0, 1.0625))
    assert wide.mean == narrow.mean
    assert narrow.high - narrow.low < 0.6 * (wide.high - wide.low)


def test_a_pair_beyond_the_bound_is_an_error() -> None:
    with pytest.raises(DomainError, match="samples must lie in"):
        measured(Budget(H=3, n=1, episodes=500), 0.1, np.random.default_rng(0))


def test_all_episodes_are_used_up_if_the_precision_is_out_of_reach() -> None:
    budget = Budget(H=3, n=1, episodes=2500, precision=1e-6)
    rng = np.random.default_rng(0)
    regret, _ = measured(budget, 3.0, rng)
    assert regret.high - regret.low > 2e-6
    again = np.random.default_rng(0)
    measured(Budget(H=3, n=1, episodes=2500, precision=0.5), 3.0, again)
    assert rng.bit_generator.state != again.bit_generator.state
