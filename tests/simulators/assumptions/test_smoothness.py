"""RTVC moduli and Lipschitz constants: they hold on every pair and cannot be lowered."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.assumptions.smoothness import (
    StepModulus,
    kernel_lipschitz,
    reward_lipschitz,
    rtvc_modulus,
    tv_lipschitz,
)
from simulators.assumptions.transport import unmatched_mass
from simulators.errors import DomainError, ShapeError, StabilityError
from simulators.policies.tabular import TabularPolicy, push_forward
from tests.simulators.finite_cases import policies, quantizers, systems

LESS = Fraction(999, 1000)
radii = st.fractions(0, 1, max_denominator=10)


def pairs(n):
    return list(itertools.product(range(n), repeat=2))


@given(systems(), radii, st.data())
@settings(deadline=None)
def test_the_modulus_is_the_largest_cost_within_each_distance(system, radius, data):
    policy = data.draw(policies(system))
    kappa = rtvc_modulus(system, policy, radius)
    costs = {}
    for h, (s, r) in itertools.product(range(system.horizon), pairs(system.n_states)):
        cost = unmatched_mass(
            policy.at(h)[s], policy.at(h)[r], positions=system.actions, distances=system.action_distances, radius=radius
        )
        costs[s, r] = max(costs.get((s, r), 0), cost)
    for distance in [Fraction(n, 14) for n in range(20)]:
        within = [cost for pair, cost in costs.items() if system.state_distances[pair] <= distance]
        assert kappa(distance) == max(within)
        rounded = rtvc_modulus(system.to_float(), policy.to_float(), float(radius))
        assert rounded(float(distance)) == pytest.approx(float(kappa(distance)), abs=1e-14)


@given(systems(), st.lists(st.integers(0, 2), min_size=3, max_size=3), radii)
@settings(deadline=None)
def test_a_deterministic_policy_costs_nothing_or_everything(system, chosen, radius):
    """Its modulus is the indicator that some pair within the distance jumps by more than the radius."""
    actions = np.array(chosen[: system.n_states]) % system.n_actions
    kappa = rtvc_modulus(system, TabularPolicy.of_actions(actions, system.n_actions, exact=True), radius)
    for distance in system.state_distances.ravel():
        jumps = any(
            system.action_distances[actions[s], actions[r]] > radius
            for s, r in pairs(system.n_states)
            if system.state_distances[s, r] <= distance
        )
        assert kappa(distance) == int(jumps)


@given(systems(), st.data())
@settings(deadline=None)
def test_quantizing_never_raises_the_total_variation_modulus(system, data):
    policy = data.draw(policies(system))
    coded = push_forward(policy, data.draw(quantizers(system.n_actions)))
    before, after = (rtvc_modulus(system, p, Fraction(0)) for p in (policy, coded))
    assert all(after(r) <= before(r) for r in system.state_distances.ravel())
    assert tv_lipschitz(system, coded) <= tv_lipschitz(system, policy)


@given(systems(), st.data())
@settings(deadline=None)
def test_tv_lipschitz_dominates_the_modulus_and_is_smallest(system, data):
    policy = data.draw(policies(system))
    L, kappa = tv_lipschitz(system, policy), rtvc_modulus(system, policy, Fraction(0))
    distances = system.state_distances.ravel()
    assert all(kappa(r) <= L * r for r in distances)
    assert L == 0 or any(kappa(r) > L * LESS * r for r in distances)
    assert float(L) == pytest.approx(tv_lipschitz(system.to_float(), policy.to_float()))


@given(systems())
@settings(deadline=None)
def test_reward_constants_hold_on_all_pairs_and_are_smallest(system):
    L_x, L_u = reward_lipschitz(system)
    x, u, r = system.state_distances, system.action_distances, system.reward

    def holds(a, b):
        return all(
            abs(r[h, s, i] - r[h, t, j]) <= a * x[s, t] + b * u[i, j]
            for h in range(system.horizon)
            for s, t in pairs(system.n_states)
            for i, j in pairs(system.n_actions)
        )

    assert holds(L_x, L_u)
    assert L_x == 0 or not holds(L_x * LESS, L_u)
    assert L_u == 0 or not holds(L_x, L_u * LESS)


@given(systems())
@settings(deadline=None)
def test_kernel_constant_holds_on_all_pairs_and_is_smallest(system):
    L_P = kernel_lipschitz(system, system.action_distances)
    slopes = [
        abs(system.kernel(h)[s, i] - system.kernel(h)[s, j]).sum() / 2 / system.action_distances[i, j]
        for h in range(system.horizon)
        for s in range(system.n_states)
        for i, j in pairs(system.n_actions)
        if i != j
    ]
    assert max(slopes, default=0) == L_P


def test_step_moduli_are_nondecreasing_step_functions():
    kappa = StepModulus([Fraction(0), Fraction(1, 3)], [Fraction(0), Fraction(1)])
    assert kappa(Fraction(1, 3) - Fraction(1, 10**20)) == 0
    assert kappa(Fraction(1, 3)) == kappa(Fraction(5)) == 1
    for thresholds, values in (([0.0, 1.0], [0.5, 0.4]), ([0.5], [0.5]), ([0.0, 0.0], [0.0, 1.0]), ([], [])):
        with pytest.raises(ShapeError, match="thresholds must increase"):
            StepModulus(thresholds, values)
    with pytest.raises(DomainError, match="distance must be nonnegative"):
        kappa(-1.0)
    floats = StepModulus([0.0, 0.1 + 0.2, 1.0], [0.0, 0.25, 1.0])
    distances = np.array([[0.0, 0.3], [0.5, 9.0]])
    assert floats(distances).tolist() == [[0.0, 0.25], [0.25, 1.0]]
    assert kappa(distances).tolist() == [[0.0, 0.0], [1.0, 1.0]]


@given(systems(min_states=2, max_states=2, min_actions=2))
@settings(deadline=None)
def test_states_at_one_position_need_equal_policies(system):
    merged = replace(system, states=[Fraction(1), Fraction(1)])
    different = TabularPolicy.of_actions([0, 1], system.n_actions, exact=True)
    with pytest.raises(StabilityError, match="policy must agree"):
        tv_lipschitz(merged, different)
    assert rtvc_modulus(merged, different, Fraction(0))(Fraction(0)) == 1
