"""Incremental stability of finite systems, computed exactly (arXiv:2603.20538, P-IISS and P-EIISS).

Gains satisfy |x'_h − x_h| ≤ Σ_{t<h} g_{h−1−t}|u'_t − u_t| for every noise sequence of positive probability, every
first state of positive probability and all action sequences. Only states that the system can reach in time count.
"""

import numpy as np

from simulators.assumptions.pairs import largest_slope
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, zeros


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
