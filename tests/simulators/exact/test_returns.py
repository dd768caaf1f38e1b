"""Spread, range and deviation against listing all runs."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from simulators.errors import DomainError
from simulators.exact import returns
from simulators.exact.dp import expected_return
from simulators.exact.returns import deviations, quantile_coupling, return_range, return_std
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, problems, runs


def totals(system, policy):
    return [
        (mass, sum(system.reward[h, s, a] for h, (s, a) in enumerate(zip(xs, us, strict=True))))
        for mass, xs, us, _ in runs(system, policy)
    ]


@given(problems())
@settings(deadline=None, max_examples=40)
def test_spread_and_range_are_those_of_all_runs(problem):
    system, expert, _, _ = problem
    listed = totals(system, expert)
    mean = expected_return(system, expert)
    variance = sum(mass * (total - mean) ** 2 for mass, total in listed)
    for model in (system, as_mdp(system)):
        assert return_std(model, expert) ** 2 == pytest.approx(float(variance), abs=1e-12)
    uniform = TabularPolicy(np.full((system.n_states, system.n_actions), Fraction(1, system.n_actions)))
    every = [total for mass, total in totals(system, uniform) if mass > 0]
    assert return_range(system) == return_range(as_mdp(system)) == max(every) - min(every)


def test_a_small_spread_is_not_lost_in_a_large_mean():
    H = 400
    reward = np.ones((H, 1, 2))
    reward[0, 0, 1] = 1 - 1e-9
    mdp = TabularMDP([[[1.0], [1.0]]], reward, [1.0])
    assert return_std(mdp, TabularPolicy([[0.5, 0.5]])) == pytest.approx(5e-10, rel=1e-6)


@given(problems())
@settings(deadline=None, max_examples=30)
def test_deviations_are_those_of_all_shared_runs(problem):
    """Recomputed by pushing every pair of paths forward one by one."""
    system, expert, _, learner = problem
    paths = {(x, x): mass for x, mass in enumerate(system.initial) if mass > 0}
    largest, mean, square = deviations(system, expert, learner)
    for h in range(system.horizon):
        gap = {pair: system.state_distances[pair] for pair in paths}
        assert largest[h] == max(gap.values())
        assert mean[h] == sum(mass * gap[pair] for pair, mass in paths.items())
        assert square[h] == sum(mass * gap[pair] ** 2 for pair, mass in paths.items())
        after = {}
        for ((x, y), mass), w in itertools.product(paths.items(), range(len(system.noise))):
            for a, b, share in shared(expert.at(h)[x], learner.at(h)[y]):
                p = mass * share * system.noise[w]
                pair = system.step_table(h)[x, a, w], system.step_table(h)[y, b, w]
                if p > 0:
                    after[pair] = after.get(pair, 0) + p
        paths = after


def shared(p, q):
    """Cut the unit interval at all levels of both laws."""
    levels = sorted({0, *itertools.accumulate(p), *itertools.accumulate(q)})
    for low, high in itertools.pairwise(levels):
        middle = (low + high) / 2
        yield (*(next(i for i, c in enumerate(itertools.accumulate(law)) if c > middle) for law in (p, q)), high - low)


def test_a_coupling_has_its_marginals_in_floats_as_well():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p, q = rng.dirichlet(np.full(4, 0.3)), rng.dirichlet(np.full(3, 0.3))
        joint = quantile_coupling(p, q)
        np.testing.assert_allclose(joint.sum(axis=1), p, atol=1e-14)
        np.testing.assert_allclose(joint.sum(axis=0), q, atol=1e-14)
        assert joint.min() >= -1e-15


def test_too_many_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(returns, "MAX_PAIRS", 1)
    system, policy = _two_states()
    with pytest.raises(DomainError, match="at most 1 pairs of states, got 4"):
        deviations(system, policy, policy)


def _two_states():
    from simulators.systems.finite import FiniteSystem

    system = FiniteSystem(
        states=[0, 1], actions=[0], noise=[1.0], next_state=[[[0]]] * 2, initial=[1.0, 0.0], reward=np.ones((2, 2, 1))
    )
    return system, TabularPolicy([[1.0]] * 2)
