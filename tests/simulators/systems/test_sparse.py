"""Sparse processes are the dense ones in less memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from simulators.assumptions.smoothness import kernel_lipschitz
from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.exact.dp import expected_returns, occupancy
from simulators.learners.demonstrations import demonstrate
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.sparse import SparseMDP
from simulators.systems.tabular import TabularMDP

seeds = st.integers(0, 2**32 - 1)


def both(seed: int, S: int = 4, A: int = 3, H: int = 5, varying: bool = False, same: bool = False):
    rng = np.random.default_rng(seed)
    shape = (H, S, A) if varying else (S, A)
    kernel = rng.dirichlet(np.full(S, 0.3), shape)
    kernel[kernel < 0.05] = 0
    kernel /= kernel.sum(axis=-1, keepdims=True)
    reward, initial = rng.random((S, A) if same else (H, S, A)), rng.dirichlet(np.ones(S))
    tables = [sparse.csr_array(k.reshape(-1, S)) for k in (kernel if varying else kernel[None])]
    dense = TabularMDP(kernel, np.broadcast_to(reward, (H, S, A)), initial)
    thin = SparseMDP(tables if varying else tables[0], reward, initial, steps=H if same else None)
    return dense, thin, rng


@settings(deadline=None, max_examples=30)
@given(seed=seeds, varying=st.booleans(), same=st.booleans())
def test_everything_agrees_with_the_dense_process(seed: int, varying: bool, same: bool) -> None:
    dense, thin, rng = both(seed, varying=varying, same=same)
    policies = [TabularPolicy(rng.dirichlet(np.ones(3), size)) for size in ((4,), (5, 4))]
    policies.append(TabularPolicy.of_actions(rng.integers(0, 3, 4), 3))
    np.testing.assert_allclose(expected_returns(thin, policies), expected_returns(dense, policies), rtol=1e-12)
    np.testing.assert_allclose(occupancy(thin, policies[1]), occupancy(dense, policies[1]), atol=1e-14)
    cut = [model.first_steps(2) for model in (thin, dense)]
    np.testing.assert_allclose(*[expected_returns(model, policies[:1]) for model in cut], rtol=1e-12)
    apart = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0)))
    assert kernel_lipschitz(thin, apart) == pytest.approx(kernel_lipschitz(dense, apart), rel=1e-12)
    values = rng.random((2, 4))
    np.testing.assert_allclose(thin.backup(1, values), dense.backup(1, values), rtol=1e-12)


def test_demonstrations_follow_the_law() -> None:
    dense, thin, _ = both(3)
    policy, n = TabularPolicy(np.full((4, 3), 1 / 3)), 20_000
    data = demonstrate(thin, policy, LabelMap.identity(3), episodes=n, rng=np.random.default_rng(0))
    law = occupancy(dense, policy)[-1].sum(axis=1)
    seen = np.bincount(data.states[-1], minlength=4) / n
    assert np.abs(seen - law).max() < np.sqrt(np.log(8 / 1e-9) / (2 * n))  # Hoeffding


def test_memory_is_that_of_the_nonzeros() -> None:
    S, A, H = 20_000, 4, 50
    rng = np.random.default_rng(0)
    where = rng.integers(0, S, (S * A, 3))
    table = sparse.csr_array((np.full(where.size, 1 / 3), where.ravel(), np.arange(0, where.size + 1, 3)), (S * A, S))
    tracemalloc.start()
    mdp = SparseMDP(table, rng.random((S, A)), np.full(S, 1 / S), steps=H)
    returned = expected_returns(mdp, [TabularPolicy(np.full((S, A), 1 / A))])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0 < returned[0] < H
    assert peak < 12 * table.data.nbytes  # copies, indices and the closed loop; dense tables take S/3 times as much


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"transition": np.array([[0.5, 0.4], [0.0, 1.0]])},
            ProbabilityError,
            "transition must sum to 1",
        ),
        ({"transition": np.array([[1.5, -0.5], [0.0, 1.0]])}, ProbabilityError, "transition must be nonnegative"),
        ({"transition": np.eye(3)}, ShapeError, r"transition must have shape \(S·A, S\) with S = 2"),
        ({"transition": []}, ShapeError, "at least one table"),
        ({"transition": [np.eye(2)] * 2}, ShapeError, "one table for each of the 3 steps, got 2"),
        ({"reward": np.full((2, 1), 1.5)}, DomainError, r"reward must lie in \[0, 1\], got 1.5"),
        ({"reward": np.ones((2, 1)), "steps": None}, ShapeError, "steps must give the horizon"),
        ({"reward": np.ones((4, 2, 1))}, ShapeError, "steps must be the reward's 4, got 3"),
        ({"initial": [0.5, 0.4]}, ProbabilityError, "initial must sum to 1"),
    ],
)
def test_bad_tables_are_refused(change: dict, error: type[Exception], message: str) -> None:
    good = {"transition": np.eye(2), "reward": np.ones((2, 1)), "initial": [1.0, 0.0], "steps": 3}
    with pytest.raises(error, match=message):
        SparseMDP(**(good | change))
