"""Incremental stability of finite systems, computed exactly (arXiv:2603.20538, P-IISS and P-EIISS).

Gains satisfy |x'_h − x_h| ≤ Σ_{t<h} g_{h−1−t}|u'_t − u_t| for every noise sequence of positive probability, every
first state of positive probability and all action sequences. Only states that the system can reach in time count.
"""

from dataclasses import dataclass

import numpy as np

from simulators.assumptions.pairs import largest_slope, within
from simulators.errors import nonnegative_number
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number, zeros


@dataclass(frozen=True)
class Contraction:
    """|f_h(x, u, w) − f_h(x', u', w)| ≤ state·|x − x'| + action·|u − u'|, with the smallest such numbers.

    There is no trade-off between the two: `state` is forced by pairs with u = u', `action` by pairs with x = x',
    and together they suffice, because the two points are linked through (x, u').
    """

    state: Number
    action: Number


def one_step_contraction(system: FiniteSystem) -> Contraction:
    """Return the smallest (a, b), over all pairs of states reachable at a common step and all pairs of actions.

    Raises:
        StabilityError: two states (or actions) at the same position behave differently.

    >>> from fractions import Fraction
    >>> from simulators.systems.finite import enumerate_linear
    >>> third, half = Fraction(1, 3), Fraction(1, 2)
    >>> system = enumerate_linear(a=third, b=half, initial={0: 1}, actions=[0, 1], noise={0: 1}, horizon=4,
    ...                           reward=lambda h, x, u: 0)
    >>> one_step_contraction(system)
    Contraction(state=Fraction(1, 3), action=Fraction(1, 2))
    """
    support = np.flatnonzero(system.noise > 0)
    reached = system.reachable()
    state = action = number(system.initial[0] * 0)
    for h in range(system.horizon - 1):
        if h and system.stationary and np.array_equal(reached[h], reached[h - 1]):
            continue
        here = np.flatnonzero(reached[h])
        following = system.step_table(h)[here][:, :, support]
        gaps = system.state_distances
        for moved in np.moveaxis(following.reshape(len(here), -1), 1, 0):
            apart = gaps[np.ix_(moved, moved)]
            state = max(state, largest_slope("states", apart, system.state_distances[np.ix_(here, here)]))
        for moved in following.transpose(0, 2, 1).reshape(-1, system.n_actions):
            action = max(action, largest_slope("actions", gaps[np.ix_(moved, moved)], system.action_distances))
    return Contraction(state, action)


def contraction_gains(contraction: Contraction, *, horizon: int) -> Table:
    """Return g_j = b·a^j, j = 0..H−2: gains that follow from one-step contraction (P-EIISS with C = b, η = a).

    Raises:
        TypeError: the constants are estimated, not certified.

    >>> contraction_gains(Contraction(state=0.5, action=2.0), horizon=4)
    array([2. , 1. , 0.5])
    """
    if not isinstance(contraction, Contraction):
        raise TypeError(f"contraction must be certified, a Contraction, got {type(contraction).__name__}")
    gains = zeros((horizon - 1,), exact=not isinstance(contraction.state, float))
    for j in range(horizon - 1):
        gains[j] = contraction.action * contraction.state**j
    return gains


def minimal_gains(system: FiniteSystem) -> Table:
    """Return the smallest gain sequence g_0..g_{H−2}: no other valid sequence is smaller anywhere.

    g_j is the largest |x'_{t+1+j} − x_{t+1+j}| / |u'_t − u_t| over runs that share everything but the action of one
    step t. It is necessary by definition, and sufficient because two action sequences are linked by changing one
    action at a time (ours).

    Raises:
        StabilityError: two actions at the same position lead to different positions.

    >>> from fractions import Fraction
    >>> from simulators.systems.finite import enumerate_linear
    >>> half = Fraction(1, 2)
    >>> system = enumerate_linear(a=half, b=half, initial={0: 1}, actions=[0, 1], noise={0: 1}, horizon=4,
    ...                           reward=lambda h, x, u: 0)
    >>> [str(g) for g in minimal_gains(system)]
    ['1/2', '1/4', '1/8']
    """
    last = system.horizon - 1
    gains = zeros((last,), exact=system.exact)
    reached = system.reachable()
    for end in range(last, 0, -1):
        later = system.state_distances
        for t in range(end - 1, -1, -1):
            here = reached[: t + 1].any(axis=0) if system.stationary else reached[t]
            ratio = _action_response(system, t, later, np.flatnonzero(here))
            gains[end - 1 - t] = max(gains[end - 1 - t], ratio)
            later = _shared_step(system, t, later)
        if system.stationary:
            break
    return gains


def _action_response(system: FiniteSystem, h: int, later: Table, here: Table) -> Number:
    """Return the largest later[x', x''] / |u' − u''| over one step h from a state in `here` with shared noise."""
    support = np.flatnonzero(system.noise > 0)
    following = system.step_table(h)[here][:, :, support].transpose(0, 2, 1).reshape(-1, system.n_actions)
    pairs = later[following[:, :, None], following[:, None, :]].max(axis=0)
    return largest_slope("actions", pairs, system.action_distances)


def _shared_step(system: FiniteSystem, h: int, later: Table) -> Table:
    """Return the largest later[f(x, u, w), f(x', u, w)] over u and w of positive probability, for all x, x'."""
    result = zeros(later.shape, exact=system.exact)
    for w in np.flatnonzero(system.noise > 0):
        for moved in system.step_table(h)[:, :, w].T:
            result = np.maximum(result, later[np.ix_(moved, moved)])
    return result


def cumulative_gains(gains: Table) -> Table:
    """Return Γ_1..Γ_H, Γ_h = Σ_{j=0}^{h−2} g_j: the gain against a constant perturbation (Γ_1 = 0).

    >>> cumulative_gains(np.array([1.0, 0.5]))
    array([0. , 1. , 1.5])
    """
    result = zeros((len(gains) + 1,), exact=gains.dtype == object)
    for j, gain in enumerate(gains):
        result[j + 1] = result[j] + gain
    return result


def worst_deviations(system: FiniteSystem, radius: Number) -> Table:
    """Return the largest |x'_h − x_h|, h = 1..H, over runs that share noise and keep |u'_t − u_t| ≤ radius.

    The max-type modulus γ of P-IISS at one radius, step by step; never above Γ_h·radius. Distances in float64 that
    exceed the radius by a relative 1e-12 still count as within it.

    Raises:
        DomainError: a negative radius.

    >>> from fractions import Fraction
    >>> from simulators.systems.finite import enumerate_linear
    >>> half = Fraction(1, 2)
    >>> system = enumerate_linear(a=half, b=half, initial={0: 1}, actions=[0, 1, 2], noise={0: 1}, horizon=3,
    ...                           reward=lambda h, x, u: 0)
    >>> [str(x) for x in worst_deviations(system, Fraction(1))]
    ['0', '1/2', '3/4']
    """
    nonnegative_number("radius", radius)
    close = np.argwhere(within(system.action_distances, radius))
    together = np.diag(system.initial > 0)
    result = zeros((system.horizon,), exact=system.exact)
    for h in range(system.horizon - 1):
        left, right = np.nonzero(together)
        together = np.zeros_like(together)
        for w in np.flatnonzero(system.noise > 0):
            moved = system.step_table(h)[:, :, w]
            for u, other in close:
                together[moved[left, u], moved[right, other]] = True
        result[h + 1] = system.state_distances[together].max()
    return result
