"""Finite systems: validation, the reachable set, and agreement of the three ways to move mass."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import FiniteSystem, distances, enumerate_linear
from tests.simulators.finite_cases import laws, runs, systems

HALF = Fraction(1, 2)
GOOD = {
    "states": [0.0, 1.0],
    "actions": [0.0, 1.0, 2.0],
    "noise": [0.5, 0.5],
    "next_state": np.zeros((2, 3, 2), dtype=int),
    "initial": [1.0, 0.0],
    "reward": np.ones((4, 2, 3)),
}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"noise": [0.5, 0.6]}, ProbabilityError, "noise must sum to 1"),
        ({"initial": [1.5, -0.5]}, ProbabilityError, "initial must be nonnegative"),
        ({"next_state": np.full((2, 3, 2), 2)}, DomainError, "next_state must lie in 0..1, got 2"),
        ({"next_state": np.full((2, 3, 2), -1)}, DomainError, "got -1"),
        ({"next_state": np.zeros((2, 3, 2))}, DomainError, "next_state must be integers"),
        ({"next_state": np.zeros((2, 3, 1), dtype=int)}, ShapeError, "next_state must have shape"),
        ({"next_state": np.zeros((3, 2, 3, 2), dtype=int)}, ShapeError, "next_state must have shape"),
        ({"reward": np.full((4, 2, 3), 1.5)}, DomainError, r"reward must lie in \[0, 1\], got 1.5"),
        ({"reward": np.full((4, 2, 3), -0.5)}, DomainError, "got -0.5"),
        ({"reward": np.ones((0, 2, 3))}, ShapeError, "at least one step"),
        ({"reward": np.ones((4, 3, 2))}, ShapeError, "reward must have shape"),
        ({"states": [0.0, float("nan")]}, DomainError, "states must be finite"),
        ({"states": np.zeros((2, 1, 1))}, ShapeError, "states must be positions"),
        ({"actions": [0.0, float("inf"), 1.0]}, DomainError, "actions must be finite"),
        ({"norm": "l3"}, DomainError, "norm must be one of"),
        ({"noise": [HALF, HALF], "states": [0.1, 0.2]}, DomainError, "states is exact"),
    ],
)
def test_bad_input_is_refused_on_construction(change, error, message):
    FiniteSystem(**GOOD)
    with pytest.raises(error, match=message):
        FiniteSystem(**{**GOOD, **change})


def test_one_fraction_makes_the_whole_system_exact():
    system = FiniteSystem(**{**GOOD, "noise": [HALF, HALF]})
    assert system.exact
    assert type(system.reward[0, 0, 0]) is Fraction
    assert not system.to_float().exact


@given(systems(), st.data())
@settings(deadline=None)
def test_kernel_backup_and_push_are_one_operator(system, data):
    values = np.array(data.draw(laws(system.n_states)), dtype=object)
    flow = np.reshape(
        np.array(data.draw(laws(system.n_states * system.n_actions)), dtype=object), (system.n_states, system.n_actions)
    )
    for h in range(system.horizon):
        kernel = system.kernel(h)
        assert np.all(kernel.sum(axis=-1) == 1)
        assert np.array_equal(system.backup(h, values), kernel @ values)
        assert np.array_equal(system.push(h, flow), np.tensordot(flow, kernel, axes=2))
        assert np.allclose(system.to_float().kernel(h), kernel.astype(float), rtol=1e-15)


@given(systems())
@settings(deadline=None)
def test_reachable_states_are_those_that_some_run_visits(system):
    uniform = TabularPolicy(np.full((system.n_states, system.n_actions), Fraction(1, system.n_actions), dtype=object))
    visited = np.zeros((system.horizon, system.n_states), dtype=bool)
    for _, states, _, _ in runs(system, uniform):
        visited[range(system.horizon), states] = True
    assert np.array_equal(system.reachable(), visited)


rationals = st.fractions(-2, 2, max_denominator=4)


@given(rationals, rationals, st.lists(rationals, min_size=1, max_size=3, unique=True), st.integers(1, 4))
@settings(deadline=None)
def test_enumerated_systems_follow_the_recursion(a, b, actions, horizon):
    noise = {Fraction(0): Fraction(1, 3), Fraction(1, 8): Fraction(2, 3)}
    system = enumerate_linear(
        a=a,
        b=b,
        initial={Fraction(1): HALF, Fraction(0): HALF},
        actions=actions,
        noise=noise,
        horizon=horizon,
        reward=lambda h, x, u: Fraction(h, horizon),
    )
    x = system.states[:, 0]
    for h, here in enumerate(system.reachable()[:-1]):
        for s in np.flatnonzero(here):
            for i, u in enumerate(actions):
                for j, w in enumerate(noise):
                    assert x[system.step_table(h)[s, i, j]] == a * x[s] + b * u + w
    assert np.all(system.reachable().any(axis=0))
    assert list(x) == sorted(set(x))
    assert system.reward[-1, 0, 0] == Fraction(horizon - 1, horizon)


def test_enumeration_refuses_large_sets_and_floats():
    settings_ = {"a": HALF, "b": HALF, "initial": {Fraction(0): 1}, "noise": {0: 1}, "reward": lambda h, x, u: 0}
    with pytest.raises(DomainError, match="max_states=10"):
        enumerate_linear(**settings_, actions=[0, 1], horizon=9, max_states=10)
    with pytest.raises(DomainError, match="actions is exact"):
        enumerate_linear(**settings_, actions=[0.1], horizon=2)


def test_exact_l2_distances_are_refused_beyond_the_line():
    points = np.array([[Fraction(0), Fraction(0)], [Fraction(3), Fraction(4)]], dtype=object)
    assert distances(points, norm="linf")[0, 1] == 4
    assert distances(points[:, :1], norm="l2")[0, 1] == 3
    with pytest.raises(DomainError, match="irrational"):
        distances(points, norm="l2")
