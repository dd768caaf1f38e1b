"""Comparisons over pairs of points: slopes and closeness."""

import numpy as np

from simulators.errors import StabilityError
from simulators.tables import Number, Table, number


def within(distances: Table, radius: Number) -> Table:
    """Return distances ≤ radius, where floats get a relative slack of 1e-12 and Fractions none.

    >>> within(np.array([0.1 + 0.2]), 0.3)
    array([ True])
    """
    limit = radius * (1 + 1e-12) if distances.dtype != object else radius
    return np.asarray(distances <= limit, dtype=np.bool_)


def largest_slope(what: str, changes: Table, gaps: Table) -> Number:
    """Return max changes / gaps over pairs, 0 if there are none.

    Raises:
        StabilityError: a change across no gap.

    >>> largest_slope("reward", np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 2.0], [2.0, 0.0]]))
    0.5
    """
    same = gaps == 0
    if np.any(changes[same] > 0):
        raise StabilityError(f"{what} must agree at equal positions, or no finite constant exists")
    slopes = changes[~same] / gaps[~same]
    return number(slopes.max()) if slopes.size else number(gaps.flat[0] * 0)
