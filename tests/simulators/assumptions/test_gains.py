"""Gains and contraction computed on finite systems: valid, smallest, and as the theory says on linear ones."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.assumptions.gains import minimal_gains
from simulators.errors import StabilityError
from simulators.systems.finite import FiniteSystem, enumerate_linear
from tests.simulators.finite_cases import systems


def paired_runs(system):
    """All (states, actions), (states', actions') that share the first state and the noise."""
    H = system.horizon
    plays = list(itertools.product(range(system.n_actions), repeat=H - 1))
    for x in np.flatnonzero(system.initial > 0):
        for ws in itertools.product(np.flatnonzero(system.noise > 0), repeat=H - 1):
            paths = []
            for play in plays:
                states = [x]
                for h in range(H - 1):
                    states.append(system.step_table(h)[states[h], play[h], ws[h]])
                paths.append((states, play))
            yield from itertools.product(paths, paths)


def satisfies(system, gains):
    for (states, play), (others, replay) in paired_runs(system):
        for h in range(system.horizon):
            drift = sum(gains[h - 1 - t] * system.action_distances[play[t], replay[t]] for t in range(h))
            if system.state_distances[states[h], others[h]] > drift:
                return False
    return True


@given(systems(max_horizon=4))
@settings(deadline=None, max_examples=60)
def test_the_minimal_gains_hold_on_every_pair_of_runs_and_none_can_be_lowered(system):
    gains = minimal_gains(system)
    assert satisfies(system, gains)
    for j in np.flatnonzero(gains > 0):
        lower = gains.copy()
        lower[j] = lower[j] * Fraction(999, 1000)
        assert not satisfies(system, lower)


@given(st.fractions(-2, 2, max_denominator=4), st.fractions(-2, 2, max_denominator=4), st.integers(1, 4))
@settings(deadline=None)
def test_linear_systems_have_the_gains_of_their_powers(a, b, horizon):
    """g_j = |a|^j·|b| exactly, as for x' = Ax + Bu + w (arXiv:2603.20538, P-IISS)."""
    system = enumerate_linear(
        a=a,
        b=b,
        initial={Fraction(0): 1},
        actions=[Fraction(0), Fraction(1, 3)],
        noise={Fraction(0): Fraction(1, 2), Fraction(1, 5): Fraction(1, 2)},
        horizon=horizon,
        reward=lambda h, x, u: 0,
    )
    powers = [abs(a) ** j * abs(b) for j in range(horizon - 1)]
    assert list(minimal_gains(system)) == powers


@given(systems(max_horizon=4))
@settings(deadline=None)
def test_floats_agree_with_fractions(system):
    floats = system.to_float()
    assert np.allclose(minimal_gains(floats), minimal_gains(system).astype(float), rtol=1e-12)


def test_impossible_noise_and_unreachable_states_do_not_count():
    common = {"states": [0, 1, 100], "actions": [0, 1], "initial": [1.0, 0.0, 0.0], "reward": np.ones((3, 3, 2))}
    calm = [[[0, 2], [1, 0]], [[0, 0], [1, 2]], [[2, 0], [0, 2]]]
    system = FiniteSystem(**common, noise=[1.0, 0.0], next_state=calm)
    assert minimal_gains(system).tolist() == [1.0, 0.0]
    noisy = FiniteSystem(**common, noise=[0.5, 0.5], next_state=calm)
    assert minimal_gains(noisy)[0] == 100


def test_states_that_are_left_for_good_still_count():
    """Only the first state reacts to the action; one step later the system rests wherever it is."""
    system = FiniteSystem(
        states=[0, 1, 2],
        actions=[0, 1],
        noise=[1.0],
        next_state=[[[1], [2]], [[1], [1]], [[2], [2]]],
        initial=[1.0, 0.0, 0.0],
        reward=np.ones((4, 3, 2)),
    )
    assert minimal_gains(system).tolist() == [1.0, 1.0, 1.0]


def test_actions_at_one_position_must_act_alike():
    system = FiniteSystem(
        states=[0, 1],
        actions=[0, 0],
        noise=[1.0],
        next_state=[[[0], [1]], [[0], [1]]],
        initial=[1.0, 0.0],
        reward=np.ones((2, 2, 2)),
    )
    with pytest.raises(StabilityError, match="actions must agree at equal positions"):
        minimal_gains(system)
