"""Smoothness of policies, kernels and rewards on finite systems, exactly (arXiv:2603.20538, RTVC and TVC)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from simulators.assumptions.pairs import largest_slope, within
from simulators.assumptions.transport import unmatched_mass
from simulators.errors import ShapeError, nonnegative_number
from simulators.exact.dp import Model
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.systems.sparse import SparseMDP
from simulators.tables import Number, Table, holds_fractions, number, same_kind, table, to_float


@dataclass(frozen=True, eq=False)
class StepModulus:
    """A nondecreasing step function κ of the distance: κ(r) = the value of the largest threshold ≤ r.

    Attributes:
        thresholds: increasing, from 0.
        values: nondecreasing.

    Raises:
        ShapeError: different lengths, or thresholds that do not start at 0 and increase.

    >>> StepModulus([0.0, 1.0], [0.0, 0.5])(0.99)
    0.0
    """

    thresholds: Table
    values: Table

    def __post_init__(self) -> None:
        exact = holds_fractions(self.thresholds, self.values)
        thresholds = table("thresholds", self.thresholds, exact=exact, shape=(-1,))
        values = table("values", self.values, exact=exact, shape=thresholds.shape)
        rising = len(thresholds) and thresholds[0] == 0 and np.all(thresholds[1:] > thresholds[:-1])
        if not rising or np.any(values[1:] < values[:-1]):
            raise ShapeError("thresholds must increase from 0 and values must not decrease")
        object.__setattr__(self, "thresholds", thresholds)
        object.__setattr__(self, "values", values)

    def __call__(self, distance: Any) -> Any:
        """Return κ(distance), a number for a number and an array for an array.

        Float distances get a relative slack of 1e-12, so that ties round up.
        """
        if not isinstance(distance, np.ndarray):
            nonnegative_number("distance", distance)
            return number(self.values[np.flatnonzero(within(self.thresholds, distance))[-1]])
        if self.values.dtype == object:
            return StepModulus(to_float(self.thresholds), to_float(self.values))(distance)
        reached = np.searchsorted(self.thresholds, distance * (1 + 1e-12), side="right") - 1
        return self.values[reached]


def rtvc_modulus(system: FiniteSystem, policy: TabularPolicy, radius: Number) -> StepModulus:
    """Return the smallest modulus κ for which the policy is radius-RTVC, at every step and all pairs of states.

    κ(r) = max over |x − x'| ≤ r of the smallest P(|u − u'| > radius) over couplings of π(·|x) and π(·|x').

    Args:
        system: gives the positions and the norm.
        policy: the policy, exact if the system is.
        radius: ε' ≥ 0; 0 gives the total-variation modulus (TVC).

    Raises:
        ShapeError: the policy does not fit the system.
        DomainError: a negative radius, or a mixture of exact and float64.

    >>> system = FiniteSystem(states=[0, 1], actions=[0, 1], noise=[1.0], next_state=np.zeros((2, 2, 1), int),
    ...                       initial=[1.0, 0.0], reward=np.ones((2, 2, 2)))
    >>> policy = TabularPolicy([[1.0, 0.0], [0.25, 0.75]])
    >>> rtvc_modulus(system, policy, 0)(1.0), rtvc_modulus(system, policy, 1)(1.0)
    (0.75, 0.0)
    """
    nonnegative_number("radius", radius)
    policy.require_fit(system.horizon, system.n_states, system.n_actions)
    same_kind("system and policy", [system.initial, policy.probabilities])
    thresholds = np.unique(system.state_distances)
    costs = _pair_costs(system, policy, radius)
    # probabilities that a float sum has rounded beyond 1
    values = [min(costs[within(system.state_distances, r)].max(), Fraction(1)) for r in thresholds]
    return StepModulus(thresholds, np.maximum.accumulate(np.array(values, dtype=costs.dtype)))


def _pair_costs(system: FiniteSystem, policy: TabularPolicy, radius: Number) -> Table:
    """Return the largest transport cost over the steps for every pair of states; zero on the diagonal."""
    costs = system.state_distances * 0
    steps = [policy.at(0)] if policy.stationary else list(policy.probabilities)
    if radius == 0 and np.count_nonzero(system.action_distances == 0) == system.n_actions:
        return _variation_gaps(policy)
    for step in steps:
        for s in range(system.n_states):
            for other in range(s):
                cost = unmatched_mass(
                    step[s],
                    step[other],
                    positions=system.actions,
                    distances=system.action_distances,
                    radius=radius,
                )
                costs[s, other] = costs[other, s] = max(costs[s, other], cost)
    return costs


def tv_lipschitz(system: FiniteSystem, policy: TabularPolicy) -> Number:
    """Return L, the smallest number with TV(π_h(·|x), π_h(·|x')) ≤ L|x − x'| for all steps and states.

    Raises:
        ShapeError: the policy does not fit the system.
        DomainError: a mixture of exact and float64.
        StabilityError: states at the same position with different policies: no finite L.

    >>> system = FiniteSystem(states=[0, 2], actions=[0, 1], noise=[1.0], next_state=np.zeros((2, 2, 1), int),
    ...                       initial=[1.0, 0.0], reward=np.ones((2, 2, 2)))
    >>> tv_lipschitz(system, TabularPolicy([[1.0, 0.0], [0.0, 1.0]]))
    0.5
    """
    policy.require_fit(system.horizon, system.n_states, system.n_actions)
    same_kind("system and policy", [system.initial, policy.probabilities])
    return largest_slope("policy", _variation_gaps(policy), system.state_distances)


def _variation_gaps(policy: TabularPolicy) -> Table:
    """Return the largest total variation over the steps for every pair of states."""
    rows = policy.probabilities if not policy.stationary else policy.probabilities[None]
    return np.asarray(np.abs(rows[:, :, None, :] - rows[:, None, :, :]).sum(axis=-1).max(axis=0) / 2)


def kernel_lipschitz(model: Model, action_distances: Table) -> Number:
    """Return L_P, the smallest number with TV(P_h(·|x, u), P_h(·|x, u')) ≤ L_P|u − u'| at all steps and states.

    Args:
        model: a finite system, or a tabular or linear MDP; states need no positions.
        action_distances: distances[a, a'].

    Raises:
        StabilityError: actions at the same position with different kernels: no finite L_P.

    >>> system = FiniteSystem(states=[0, 1], actions=[0, 2], noise=[1.0], next_state=[[[0], [1]], [[0], [0]]],
    ...                       initial=[1.0, 0.0], reward=np.ones((2, 2, 2)))
    >>> kernel_lipschitz(system, system.action_distances)
    0.5
    """
    steps = [0] if model.stationary else range(model.horizon)
    gaps = action_distances * 0
    for h in steps:
        if isinstance(model, SparseMDP):
            gaps = np.maximum(gaps, model.action_gaps(h))
            continue
        for rows in model.kernel(h):
            gaps = np.maximum(gaps, np.abs(rows[:, None, :] - rows[None, :, :]).sum(axis=-1) / 2)
    return largest_slope("kernel", gaps, action_distances)


def reward_lipschitz(system: FiniteSystem) -> tuple[Number, Number]:
    """Return the smallest (L_x, L_u) with |r_h(x,u) − r_h(x',u')| ≤ L_x|x − x'| + L_u|u − u'|, over all pairs.

    No trade-off: L_x is forced by pairs with u = u', L_u by pairs with x = x', and together they suffice.

    Raises:
        StabilityError: points at the same position with different rewards: no finite constant.

    >>> reward = [[[0.0, 0.5], [0.25, 0.75]]]
    >>> system = FiniteSystem(states=[0, 1], actions=[0, 1], noise=[1.0], next_state=np.zeros((2, 2, 1), int),
    ...                       initial=[1.0, 0.0], reward=reward)
    >>> reward_lipschitz(system)
    (0.25, 0.5)
    """
    reward = system.reward
    over_states = np.abs(reward[:, :, None, :] - reward[:, None, :, :]).max(axis=(0, 3))
    state = largest_slope("reward", over_states, system.state_distances)
    return state, reward_action_lipschitz(system, system.action_distances)


def reward_action_lipschitz(model: Model, action_distances: Table) -> Number:
    """Return L_u, the smallest number with |r_h(x,u) − r_h(x,u')| ≤ L_u|u − u'|; states need no positions.

    Args:
        model: a finite system, or a tabular or linear MDP.
        action_distances: distances[a, a'].

    Raises:
        StabilityError: actions at the same position with different rewards: no finite constant.

    >>> from simulators.systems.tabular import TabularMDP
    >>> mdp = TabularMDP([[[1.0], [1.0]]], [[[0.0, 0.5]]], [1.0])
    >>> reward_action_lipschitz(mdp, np.array([[0.0, 2.0], [2.0, 0.0]]))
    0.25
    """
    over_actions = np.abs(model.reward[:, :, :, None] - model.reward[:, :, None, :]).max(axis=(0, 1))
    return largest_slope("reward", over_actions, action_distances)
