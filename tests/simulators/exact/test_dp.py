"""Dynamic programming against the list of all runs, floats against Fractions, and relabelled systems."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.exact import dp
from simulators.exact.dp import expected_return, expected_returns, occupancy, regret
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.systems.tabular import TabularMDP
from simulators.tables import zeros
from tests.simulators.finite_cases import as_mdp, policies, runs, systems


@given(systems(), st.data())
@settings(deadline=None)
def test_return_and_occupancy_average_over_all_runs(system, data):
    policy = data.draw(policies(system))
    total, visits = Fraction(0), zeros(system.reward.shape, exact=True)
    for chance, states, actions, _ in runs(system, policy):
        total += chance * sum(system.reward[h, s, a] for h, (s, a) in enumerate(zip(states, actions, strict=True)))
        visits[range(system.horizon), states, actions] += chance
    assert expected_return(system, policy) == total
    assert np.array_equal(occupancy(system, policy), visits)
    assert (occupancy(system, policy) * system.reward).sum() == total


@given(systems(), st.data())
@settings(deadline=None)
def test_float_routes_agree_with_fractions(system, data):
    """Gathering, dense step by step and closed loop are three routes to one number."""
    candidates = [data.draw(policies(system)) for _ in range(3)]
    exact = np.array([expected_return(system, policy) for policy in candidates], dtype=float)
    floats = [policy.to_float() for policy in candidates]
    stationary = TabularMDP(system.kernel(0), system.reward, system.initial)
    assert np.allclose(expected_returns(system.to_float(), floats), exact, rtol=1e-13)
    assert np.allclose(expected_returns(as_mdp(system).to_float(), floats), exact, rtol=1e-13)
    if system.stationary:
        assert np.allclose(expected_returns(stationary.to_float(), floats), exact, rtol=1e-13)


def test_closed_loops_are_evaluated_in_chunks(monkeypatch):
    rng = np.random.default_rng(0)
    mdp = TabularMDP(rng.dirichlet(np.ones(5), size=(5, 3)), rng.random((4, 5, 3)), np.full(5, 0.2))
    candidates = [TabularPolicy(rng.dirichlet(np.ones(3), size=5)) for _ in range(7)]
    varying = [TabularPolicy(np.repeat(p.probabilities[None], 4, axis=0)) for p in candidates]
    monkeypatch.setattr(dp, "CLOSED_LOOP_ENTRIES", 60)
    monkeypatch.setattr(dp, "CACHED_ENTRIES", 40)
    mixed = expected_returns(mdp, [*varying[:2], *candidates, *varying[2:]])
    assert np.allclose(mixed[2:9], expected_returns(mdp, varying), rtol=1e-14)
    assert np.allclose(np.r_[mixed[:2], mixed[9:]], mixed[2:9], rtol=1e-14)


@given(systems(), st.data())
@settings(deadline=None)
def test_relabelling_states_and_actions_changes_nothing(system, data):
    policy = data.draw(policies(system))
    states = np.array(data.draw(st.permutations(range(system.n_states))))
    actions = np.array(data.draw(st.permutations(range(system.n_actions))))
    place = np.argsort(states)
    moved = FiniteSystem(
        states=system.states[states],
        actions=system.actions[actions],
        noise=system.noise,
        next_state=place[system.next_state[..., states, :, :][..., actions, :]],
        initial=system.initial[states],
        reward=system.reward[:, states][:, :, actions],
    )
    relabelled = TabularPolicy(policy.probabilities[..., states, :][..., actions])
    assert expected_return(moved, relabelled) == expected_return(system, policy)


@given(systems(), st.data())
@settings(deadline=None)
def test_splitting_a_state_changes_nothing(system, data):
    """State 0 gets a twin; half of the initial mass starts in the twin, and all else goes on as before."""
    policy = data.draw(policies(system))
    copy = [*range(system.n_states), 0]
    initial = system.initial[copy] * [Fraction(1, 2) if s == 0 else 1 for s in copy]
    split = replace(
        system,
        states=system.states[copy],
        next_state=system.next_state[..., copy, :, :],
        initial=initial,
        reward=system.reward[:, copy],
    )
    doubled = TabularPolicy(policy.probabilities[..., copy, :])
    assert expected_return(split, doubled) == expected_return(system, policy)


@given(systems(), st.data())
@settings(deadline=None)
def test_regret_is_antisymmetric(system, data):
    one, two = data.draw(policies(system)), data.draw(policies(system))
    assert regret(system, one, one) == 0
    assert regret(system, one, two) == -regret(system, two, one)


def test_misfits_are_refused():
    mdp = TabularMDP(
        [
            [[1.0]],
        ],
        np.ones((2, 1, 1)),
        [1.0],
    )
    with pytest.raises(ShapeError, match="policies must not be empty"):
        expected_returns(mdp, [])
    with pytest.raises(ShapeError, match="policy must have shape"):
        expected_return(mdp, TabularPolicy([[0.5, 0.5]]))
    with pytest.raises(DomainError, match="mixture"):
        expected_return(mdp, TabularPolicy([[Fraction(1)]]))
