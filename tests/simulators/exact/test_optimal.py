"""No policy earns more than the optimal one, and a soft one comes close as it gets cold."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.exact.dp import expected_return
from simulators.exact.optimal import optimal_policy
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP

seeds = st.integers(0, 2**32 - 1)


def process(seed: int, horizon: int = 2) -> TabularMDP:
    rng = np.random.default_rng(seed)
    return TabularMDP(rng.dirichlet(np.ones(2), (2, 2)), rng.uniform(0, 1, (horizon, 2, 2)), rng.dirichlet(np.ones(2)))


@given(seeds)
def test_it_earns_the_most_of_all_deterministic_policies(seed: int) -> None:
    mdp = process(seed)
    rules = itertools.product(itertools.product(range(2), repeat=2), repeat=2)
    best = max(expected_return(mdp, TabularPolicy.of_actions(np.array(rule), 2)) for rule in rules)
    assert expected_return(mdp, optimal_policy(mdp)) == pytest.approx(best)


@given(seeds)
def test_a_cold_policy_is_nearly_optimal_and_a_warm_one_is_not_better(seed: int) -> None:
    mdp = process(seed, 4)
    best = expected_return(mdp, optimal_policy(mdp))
    cold, warm = (expected_return(mdp, optimal_policy(mdp, temperature=t)) for t in (1e-6, 1.0))
    assert cold == pytest.approx(best, abs=1e-4)
    assert warm <= best + 1e-12


def test_a_stationary_policy_plays_the_first_step() -> None:
    mdp = process(3, 5)
    np.testing.assert_array_equal(
        optimal_policy(mdp, stationary=True).probabilities, optimal_policy(mdp).probabilities[0]
    )


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_is_positive(temperature: float) -> None:
    with pytest.raises(DomainError, match="temperature must be"):
        optimal_policy(process(0), temperature=temperature)
