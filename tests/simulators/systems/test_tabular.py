"""Tabular MDPs: validation, and the closed loop against its definition."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, laws, policies, systems

GOOD = {"transition": [[[0.5, 0.5]], [[0.0, 1.0]]], "reward": np.ones((3, 2, 1)), "initial": [1.0, 0.0]}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"transition": [[[0.5, 0.6]], [[0.0, 1.0]]]}, ProbabilityError, "transition must sum to 1"),
        ({"transition": [[[0.5, 0.5, 0.0]], [[0.0, 1.0, 0.0]]]}, ShapeError, "transition must have shape"),
        ({"transition": [[0.5, 0.5], [0.0, 1.0]]}, ShapeError, "transition must be indexed"),
        ({"transition": np.full((2, 2, 1, 2), 0.5)}, ShapeError, "transition must have shape"),
        ({"transition": [[[np.nan, 0.5]], [[0.0, 1.0]]]}, DomainError, "transition must be finite"),
        ({"reward": np.full((3, 2, 1), 2.0)}, DomainError, "reward must lie in"),
        ({"initial": [0.5, 0.4]}, ProbabilityError, "initial must sum to 1"),
    ],
)
def test_bad_input_is_refused_on_construction(change, error, message):
    TabularMDP(**GOOD)
    with pytest.raises(error, match=message):
        TabularMDP(**{**GOOD, **change})


@given(systems(), st.data())
@settings(deadline=None)
def test_the_dense_process_moves_mass_like_the_system(system, data):
    mdp = as_mdp(system)
    values = np.array(data.draw(laws(system.n_states)), dtype=object)
    flow = values[:, None] * data.draw(policies(system)).at(0)
    for h in range(system.horizon):
        assert np.array_equal(mdp.backup(h, values), system.backup(h, values))
        assert np.array_equal(mdp.push(h, flow), system.push(h, flow))


@given(systems(), st.data())
@settings(deadline=None)
def test_the_closed_loop_averages_the_kernel_over_the_policy(system, data):
    mdp = TabularMDP(system.kernel(0), system.reward, system.initial)
    tables = [data.draw(policies(system)).at(0) for _ in range(3)]
    (loops,) = mdp.closed_loop(tables)
    for policy, loop in zip(tables, loops, strict=True):
        for s in range(system.n_states):
            assert np.array_equal(loop[s], policy[s] @ mdp.kernel(0)[s])


def test_float_version_keeps_the_numbers():
    exact = TabularMDP(**{**GOOD, "initial": [Fraction(1), 0], "transition": [[[Fraction(1, 2)] * 2], [[0, 1]]]})
    assert exact.exact
    assert np.array_equal(exact.to_float().transition, np.array(GOOD["transition"]))
