"""Beyond the mean return: its standard deviation and range, and how far two runs drift apart."""

from __future__ import annotations

import math

import numpy as np

from simulators.errors import DomainError
from simulators.exact.dp import Model, check_fit
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number, to_float, zeros

MAX_PAIRS = 4_000_000
"""Most pairs of states for which the joint law of two runs is propagated."""


def return_std(model: Model, policy: TabularPolicy) -> float:
    """Return the standard deviation of the total reward under a policy, in float64.

    Var_h(s) = E(r + V_{h+1}(s') − V_h(s))² + E Var_{h+1}(s'): nonnegative terms only, so a small deviation is not lost
    in the square of a large mean.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64.

    >>> from simulators.systems.tabular import TabularMDP
    >>> coin = TabularMDP([[[1.0], [1.0]]], [[[0.0, 1.0]]], [1.0])
    >>> return_std(coin, TabularPolicy([[0.5, 0.5]]))
    0.5
    """
    check_fit(model, [policy])
    value, variance = np.zeros(model.n_states), np.zeros(model.n_states)
    for h in reversed(range(model.horizon)):
        pi, reward = to_float(policy.at(h)), to_float(model.reward[h])
        later = to_float(model.backup(h, value)) if h + 1 < model.horizon else np.zeros_like(reward)
        mean = (pi * (reward + later)).sum(axis=1)
        spread = (reward + later - mean[:, None]) ** 2
        if h + 1 < model.horizon:
            centred = np.stack([value**2 + variance, value])
            square, once = (to_float(part) for part in model.backup(h, centred))
            spread = spread + np.maximum(square - once**2, 0.0)
        value, variance = mean, (pi * spread).sum(axis=1)
    initial = to_float(model.initial)
    centre = float(initial @ value)
    return math.sqrt(float(initial @ (variance + (value - centre) ** 2)))


def return_range(model: Model) -> Number:
    """Return the width of the smallest interval that holds the total reward of every run of positive probability.

    Every action may be played in every state.

    >>> from simulators.systems.tabular import TabularMDP
    >>> return_range(TabularMDP([[[1.0], [1.0]]], [[[0.0, 0.5]], [[0.25, 0.25]]], [1.0]))
    0.5
    """
    top = bottom = model.initial * 0
    for h in reversed(range(model.horizon)):
        reward = model.reward[h]
        high, low = (reward, reward) if h + 1 == model.horizon else _extremes(model, h, reward, top, bottom)
        top, bottom = high.max(axis=1), low.min(axis=1)
    starts = model.initial > 0
    return number(top[starts].max() - bottom[starts].min())


def _extremes(model: Model, h: int, reward: Table, top: Table, bottom: Table) -> tuple[Table, Table]:
    """Return the best and the worst continuation of every state and action."""
    if isinstance(model, FiniteSystem):
        reached = model.step_table(h)[:, :, np.flatnonzero(model.noise > 0)]
        return reward + top[reached].max(axis=2), reward + bottom[reached].min(axis=2)
    possible = model.kernel(h) > 0
    high, low = np.where(possible, top, bottom.min()), np.where(possible, bottom, top.max())
    return reward + high.max(axis=2), reward + low.min(axis=2)


def quantile_coupling(first: Table, second: Table) -> Table:
    """Return the joint law [a, b] of two laws whose indices are read off one uniform number.

    >>> quantile_coupling(np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    array([[0.25, 0.25],
           [0.  , 0.5 ]])
    """
    joint = zeros((len(first), len(second)), exact=first.dtype == object)
    i = j = 0
    left, right = first[0], second[0]
    while True:
        mass = min(left, right)
        joint[i, j] += mass
        left, right = left - mass, right - mass
        if left <= right:
            i, left = i + 1, (first[i + 1] if i + 1 < len(first) else 0) + left
            if i == len(first):
                return joint
        else:
            j, right = j + 1, (second[j + 1] if j + 1 < len(second) else 0) + right
            if j == len(second):
                return joint


def deviations(system: FiniteSystem, expert: TabularPolicy, learner: TabularPolicy) -> tuple[Table, Table, Table]:
    """Return (largest, mean, mean square) of |x̂_h − x*_h|, h = 1..H, for runs that share all randomness.

    Both start in the same state and share the noise; where policies are stochastic, their actions are read off one
    uniform number in the order of their indices.

    Args:
        system: gives noise, positions and norm.
        expert: executes raw actions.
        learner: executes its codes.

    Raises:
        ShapeError: a policy of another shape.
        DomainError: a mixture of exact and float64, or too many states.

    >>> system = FiniteSystem(states=[0, 1], actions=[0, 1], noise=[1.0], next_state=[[[0], [1]]] * 2,
    ...                       initial=[1.0, 0.0], reward=np.ones((2, 2, 2)))
    >>> stay, go = TabularPolicy([[1.0, 0.0]] * 2), TabularPolicy([[0.75, 0.25]] * 2)
    >>> [part.tolist() for part in deviations(system, stay, go)]
    [[0.0, 1.0], [0.0, 0.25], [0.0, 0.25]]
    """
    exact = check_fit(system, [expert, learner])
    S = system.n_states
    if S**2 > MAX_PAIRS:
        raise DomainError(f"deviations are exact for at most {MAX_PAIRS} pairs of states, got {S**2}")
    law = zeros((S, S), exact=exact)
    law[np.arange(S), np.arange(S)] = system.initial
    gaps = system.state_distances
    largest, mean, square = (zeros((system.horizon,), exact=exact) for _ in range(3))
    for h in range(system.horizon):
        met = law > 0
        largest[h], mean[h], square[h] = gaps[met].max(), (law * gaps).sum(), (law * gaps * gaps).sum()
        if h + 1 < system.horizon:
            law = _moved(system, h, law, expert.at(h), learner.at(h))
    return largest, mean, square


def _moved(system: FiniteSystem, h: int, law: Table, expert: Table, learner: Table) -> Table:
    following, after = system.step_table(h), zeros(law.shape, exact=law.dtype == object)
    for x, y in np.argwhere(law > 0):
        joint = quantile_coupling(expert[x], learner[y])
        for a, b in np.argwhere(joint > 0):
            for w in np.flatnonzero(system.noise > 0):
                after[following[x, a, w], following[y, b, w]] += law[x, y] * joint[a, b] * system.noise[w]
    return after
