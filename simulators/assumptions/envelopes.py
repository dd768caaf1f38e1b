"""Exponential envelopes C·eta^j of gain sequences: what the statements with closed forms require."""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from simulators.errors import finite_array


@dataclass(frozen=True)
class Envelope:
    """g_j ≤ C·eta^j, for every j or for the range of the sequence it was made for.

    Attributes:
        C: the constant, ≥ 0.
        eta: the rate, ≥ 0; below 1 for a stable system.
    """

    C: float
    eta: float


def tightest_envelope(gains: npt.ArrayLike) -> Envelope:
    """Return the exponential gains C·eta^j ≥ g_j with the smallest sum over the sequence's own range.

    With s = log eta the smallest admissible log C is max_j(log g_j − j·s), so the logarithm of the sum is convex in s
    and a bounded scalar search finds its minimum. Where only the last gain is positive the sum has no smallest value,
    and eta = 1 is taken. C is rounded outwards by 1e-12: the envelope dominates every entry.

    Args:
        gains: g_0, g_1, …, nonnegative; the envelope is claimed for this range of j only.

    Raises:
        ShapeError: not a vector.
        DomainError: an entry is not finite.

    Source: ours.

    >>> envelope = tightest_envelope(0.5 * 0.9 ** np.arange(50))
    >>> round(envelope.C, 6), round(envelope.eta, 6)
    (0.5, 0.9)
    """
    from scipy.optimize import minimize_scalar

    values = finite_array("gains", gains, ndim=1)
    steps = np.flatnonzero(values)
    if steps.size == 0:
        return Envelope(0.0, 0.0)
    logs = np.log(values[steps])
    if steps.size == 1 and steps[0] == 0:
        return Envelope(float(values[0]), 0.0)
    every = np.arange(values.size)

    def log_sum(s: float) -> float:
        return float(np.max(logs - steps * s) + np.logaddexp.reduce(every * s))

    eta = 1.0
    if steps[0] < every[-1]:
        steepest = float(np.max(np.abs(np.diff(logs) / np.diff(steps)), initial=0.0))
        widest = (-steepest - 1.0, steepest + 1.0)
        found = minimize_scalar(log_sum, bounds=widest, method="bounded", options={"xatol": 1e-12})
        s = float(cast(float, found.x))
        left, right = (int(np.argmax(logs - steps * (s + shift))) for shift in (-1e-6, 1e-6))
        if left != right:  # the minimum is at a kink, which the search sees to half the digits only
            kink = float((logs[left] - logs[right]) / (steps[left] - steps[right]))
            s = min(s, kink, key=log_sum)
        eta = math.exp(s)
    constant = math.exp(float(np.max(logs - steps * math.log(eta))))
    return Envelope(constant * (1.0 + 1e-12), eta)
