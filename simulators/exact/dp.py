"""Returns, regret and occupancy by dynamic programming, in float64 or in Fractions.

A model is anything with the members of `Model`: finite systems, tabular and linear MDPs. Values are unnormalised
totals over the H steps.
"""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from simulators.errors import ShapeError
from simulators.policies.tabular import TabularPolicy
from simulators.tables import Number, Table, number, same_kind, zeros

CLOSED_LOOP_ENTRIES = 2**24
"""How many entries of closed-loop matrices are held at a time: 128 MB in float64."""

CACHED_ENTRIES = 2**17
"""How many of them go through all steps together: 1 MB, which stays in a core's cache from step to step."""


class Model(Protocol):
    """What dynamic programming needs to know about a system with finitely many states and actions."""

    @property
    def horizon(self) -> int:
        """Number of steps H."""

    @property
    def n_states(self) -> int:
        """Number of states S."""

    @property
    def n_actions(self) -> int:
        """Number of actions K."""

    @property
    def stationary(self) -> bool:
        """Whether the dynamics are the same at every step."""

    @property
    def initial(self) -> Table:
        """The law of the first state, initial[s]."""

    @property
    def reward(self) -> Table:
        """The rewards r[h, s, a]."""

    def backup(self, h: int, values: Table) -> Table:
        """Return E[values(x_{h+1}) | x_h = s, u_h = a], shape (…, S, K), a new array."""

    def push(self, h: int, flow: Table) -> Table:
        """Return the law of x_{h+1} from the joint law of (x_h, u_h)."""

    def kernel(self, h: int) -> Table:
        """Return P[s, a, s'] of step h as a dense table."""


@runtime_checkable
class ClosedLoopModel(Protocol):
    """A model that can build the transition matrices of stationary policies once and for all."""

    def closed_loop(self, policies: Sequence[Table]) -> tuple[Table, ...]:
        """Return stacks of matrices whose product, in order, is P_π[i, s, s'] for every policy i."""


@runtime_checkable
class SparseLoopModel(Protocol):
    """A model whose transition matrices under a policy are sparse."""

    def sparse_loop(self, policy: Table) -> Any:
        """Return P_π[s, s'], a scipy.sparse array."""


def expected_returns(model: Model, policies: Sequence[TabularPolicy]) -> Table:
    """Return J(π_i) for each policy: expected total reward over the H steps.

    Time-varying policies share one matrix product a step. If model and policy are stationary (and the model has
    `closed_loop`), each P_π is built once, which is cheaper by about the number of actions.

    Args:
        model: the system.
        policies: policies on its states and actions, all exact if the model is, all float64 if not.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64.

    >>> from simulators.systems.tabular import TabularMDP
    >>> mdp = TabularMDP(transition=[[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]],
    ...                  reward=[[[1, 0], [0, 0]]] * 3, initial=[1, 0])
    >>> expected_returns(mdp, [TabularPolicy([[1.0, 0.0]] * 2), TabularPolicy([[0.5, 0.5]] * 2)])
    array([3.   , 0.875])
    """
    exact = check_fit(model, policies)
    result = zeros((len(policies),), exact=exact)
    closed = model.stationary and isinstance(model, ClosedLoopModel | SparseLoopModel) and not exact
    direct = [i for i, policy in enumerate(policies) if not (closed and policy.stationary)]
    if direct:
        result[direct] = _step_by_step(model, [policies[i] for i in direct])
    if isinstance(model, SparseLoopModel):
        for i in set(range(len(policies))) - set(direct):
            result[i] = _sparse_return(model, model.sparse_loop(policies[i].at(0)), policies[i].at(0))
    elif isinstance(model, ClosedLoopModel) and len(direct) < len(policies):
        chunk = max(1, CLOSED_LOOP_ENTRIES // model.n_states**2)
        rest = [i for i in range(len(policies)) if i not in set(direct)]
        for start in range(0, len(rest), chunk):
            part = rest[start : start + chunk]
            tables = [policies[i].at(0) for i in part]
            result[part] = _closed_loop_returns(model, model.closed_loop(tables), tables)
    return result


def check_fit(model: Model, policies: Sequence[TabularPolicy]) -> bool:
    """Check that policies fit a model and return whether all are exact.

    Raises:
        ShapeError: no policy, or one of another shape.
        DomainError: a mixture of exact and float64.
    """
    if not policies:
        raise ShapeError("policies must not be empty")
    for policy in policies:
        policy.require_fit(model.horizon, model.n_states, model.n_actions)
    return same_kind("model and policies", [model.initial, *(p.probabilities for p in policies)])


def _step_by_step(model: Model, policies: Sequence[TabularPolicy]) -> Table:
    values = zeros((len(policies), model.n_states), exact=policies[0].exact)
    ones = zeros((model.n_actions,), exact=policies[0].exact) + 1
    for h in reversed(range(model.horizon)):
        reward = model.reward[h]
        for worth, policy, value in zip(model.backup(h, values), policies, values, strict=True):
            worth += reward
            worth *= policy.at(h)
            np.matmul(worth, ones, out=value)
    return np.asarray(values @ model.initial)


def _closed_loop_returns(model: Model, factors: tuple[Table, ...], tables: Sequence[Table]) -> Table:
    rewards = np.stack(tables, axis=1) @ model.reward.transpose(1, 2, 0)
    rewards = np.ascontiguousarray(rewards.transpose(1, 2, 0))
    result = np.empty(len(tables))
    size = max(1, CACHED_ENTRIES // model.n_states**2)
    for start in range(0, len(tables), size):
        group = slice(start, start + size)
        matrices = [factor[group] if factor.ndim == 3 else factor for factor in reversed(factors)]
        earned = rewards[group, :, :, None]
        values = earned[:, -1]
        for h in reversed(range(earned.shape[1] - 1)):
            for matrix in matrices:
                values = matrix @ values
            values += earned[:, h]
        result[group] = values[..., 0] @ model.initial
    return result


def _sparse_return(model: Model, loop: Any, policy: Table) -> float:
    constant = model.reward.strides[0] == 0
    earned = np.einsum("sa,sa->s", model.reward[-1], policy)
    values = earned
    for h in reversed(range(model.horizon - 1)):
        if not constant:
            earned = np.einsum("sa,sa->s", model.reward[h], policy)
        values = loop @ values
        values += earned
    return float(values @ model.initial)


def expected_return(model: Model, policy: TabularPolicy) -> Number:
    """Return J(π), a float or a Fraction.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64.
    """
    return number(expected_returns(model, [policy])[0])


def regret(model: Model, expert: TabularPolicy, learner: TabularPolicy) -> Number:
    """Return J(expert) − J(learner), total over the H steps; negative when the learner does better.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64.
    """
    return expected_return(model, expert) - expected_return(model, learner)


def occupancy(model: Model, policy: TabularPolicy) -> Table:
    """Return d[h, s, a] = P(x_h = s, u_h = a) under the policy.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64.

    >>> from simulators.systems.tabular import TabularMDP
    >>> mdp = TabularMDP(transition=[[[0.5, 0.5]], [[0.0, 1.0]]], reward=np.ones((2, 2, 1)), initial=[1, 0])
    >>> occupancy(mdp, TabularPolicy([[1.0], [1.0]]))[1, :, 0]
    array([0.5, 0.5])
    """
    exact = check_fit(model, [policy])
    result = zeros(model.reward.shape, exact=exact)
    law = model.initial
    for h in range(model.horizon):
        result[h] = law[:, None] * policy.at(h)
        if h + 1 < model.horizon:
            law = model.push(h, result[h])
    return result
