"""Chunks: a chunk of one step is a policy, longer ones are followed path by path."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.exact.chunks import chunked_return
from simulators.exact.dp import expected_return
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, systems


@given(systems(), st.data())
@settings(deadline=None, max_examples=40)
def test_return_is_that_of_all_paths(system, data):
    steps = data.draw(st.integers(1, 4))
    size = system.n_states * steps
    chosen = data.draw(st.lists(st.integers(0, system.n_actions - 1), min_size=size, max_size=size))
    codes = np.reshape(chosen, (system.n_states, steps))
    listed = 0
    for x, *noises in itertools.product(range(system.n_states), *[range(len(system.noise))] * (system.horizon - 1)):
        mass, total, here, start = system.initial[x], 0, x, x
        for h in range(system.horizon):
            start = start if h % steps else here
            action = codes[start, h % steps]
            total += system.reward[h, here, action]
            if h + 1 < system.horizon:
                mass *= system.noise[noises[h]]
                here = system.step_table(h)[here, action, noises[h]]
        listed += mass * total
    assert chunked_return(system, codes) == chunked_return(as_mdp(system), codes) == listed


def test_a_chunk_of_one_step_is_a_policy():
    rng = np.random.default_rng(0)
    mdp = TabularMDP(rng.dirichlet(np.ones(4), (4, 3)), rng.random((6, 4, 3)), rng.dirichlet(np.ones(4)))
    actions = rng.integers(0, 3, 4)
    policy = TabularPolicy.of_actions(actions, 3)
    assert chunked_return(mdp, actions[:, None]) == pytest.approx(expected_return(mdp, policy), rel=1e-13)


def test_codes_have_a_row_for_every_state():
    mdp = TabularMDP([[[1.0]]], np.ones((2, 1, 1)), [1.0])
    with pytest.raises(ShapeError, match="codes must have shape"):
        chunked_return(mdp, [[0], [0]])
    with pytest.raises(DomainError, match=r"codes must lie in 0\.\.0, got 1"):
        chunked_return(mdp, [[1]])
