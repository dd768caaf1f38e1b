"""Partial matching of two laws: the transport cost 1{|u − u'| > radius}, exactly.

min over couplings of P(|u − u'| > radius) = 1 − the largest mass that can be matched within the radius. At radius 0
with distinct positions this is the total variation.
"""

import math
from fractions import Fraction

import numpy as np

from simulators.assumptions.pairs import within
from simulators.tables import Number, Table, is_exact, number

INT32_MAX = 2**31 - 1


def unmatched_mass(p: Table, q: Table, *, positions: Table, distances: Table, radius: Number) -> Number:
    """Return min over couplings of u ~ p, u' ~ q of P(|u − u'| > radius), in the kind of the laws.

    On a line by the greedy matching from left to right; elsewhere by linear programming in float64 and by maximum
    flow on the common denominator for Fractions.

    Args:
        p: p[a], a law on the actions.
        q: q[a], another.
        positions: positions[a, i], shape (A, du).
        distances: distances[a, a'] in the norm of choice.
        radius: matched actions are at most this far apart.

    Raises:
        OverflowError: Fractions in two dimensions or more whose common denominator exceeds 2^31 − 1.

    >>> points = np.array([[0.0], [1.0], [2.0]])
    >>> gaps = abs(points - points.T)
    >>> unmatched_mass(np.array([1.0, 0, 0]), np.array([0.5, 0.25, 0.25]), positions=points, distances=gaps, radius=1)
    0.25
    """
    close = within(distances, radius)
    if positions.shape[1] == 1:
        matched = _match_on_line(p, q, np.argsort(positions[:, 0], kind="stable"), positions[:, 0], close)
    elif is_exact(p):
        matched = _match_by_flow(p, q, close)
    else:
        matched = _match_by_program(p, q, close)
    return max(number(p[0] * 0), number(1 - matched))


def _match_on_line(p: Table, q: Table, order: Table, positions: Table, close: Table) -> Number:
    """Match from left to right; of two points too far apart the left one can never be matched."""
    left, right = p[order].copy(), q[order].copy()
    matched = left[0] * 0
    i = j = 0
    while i < len(order) and j < len(order):
        if left[i] == 0:
            i += 1
        elif right[j] == 0:
            j += 1
        elif close[order[i], order[j]]:
            mass = min(left[i], right[j])
            left[i], right[j], matched = left[i] - mass, right[j] - mass, matched + mass
        elif positions[order[i]] < positions[order[j]]:
            i += 1
        else:
            j += 1
    return number(matched)


def _match_by_flow(p: Table, q: Table, close: Table) -> Fraction:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    unit = math.lcm(*(entry.denominator for law in (p, q) for entry in law))
    if unit > INT32_MAX:
        raise OverflowError(f"the laws' common denominator must be at most 2^31 - 1, got {unit}")
    size = len(p)
    capacity = np.zeros((2 * size + 2, 2 * size + 2), dtype=np.int32)
    capacity[0, 1 : size + 1] = [int(mass * unit) for mass in p]
    capacity[size + 1 : -1, -1] = [int(mass * unit) for mass in q]
    capacity[1 : size + 1, size + 1 : -1] = close * unit
    flow = maximum_flow(csr_array(capacity), 0, 2 * size + 1)
    return Fraction(int(flow.flow_value), unit)


def _match_by_program(p: Table, q: Table, close: Table) -> float:
    from scipy.optimize import linprog

    rows, columns = np.nonzero(close & (p > 0)[:, None] & (q > 0)[None, :])
    if not rows.size:
        return 0.0
    limits = np.zeros((2 * len(p), rows.size))
    limits[rows, np.arange(rows.size)] = 1
    limits[len(p) + columns, np.arange(rows.size)] = 1
    solution = linprog(-np.ones(rows.size), A_ub=limits, b_ub=np.concatenate([p, q]), method="highs")
    if solution.status != 0 or solution.fun is None:
        raise ArithmeticError(f"partial matching was not solved: {solution.message}")
    return float(-solution.fun)
