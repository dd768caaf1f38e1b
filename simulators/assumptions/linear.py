"""Incremental stability of linear systems: the exact gains ‖A^j B‖ and exponential envelopes."""

import numpy as np

from simulators.errors import FloatArray, choice, positive_int
from simulators.norms import NORMS, operator_norm
from simulators.systems.linear import linear_pair


def gain_sequence(A: FloatArray, B: FloatArray, *, horizon: int, norm: str) -> FloatArray:
    """Return the gains g_j = ‖A^j B‖, j = 0 … horizon − 2, of x' = A x + B u + w.

    They are the incremental gains exactly: |x'_h − x_h| ≤ Σ_{t<h} g_{h−1−t}|u'_t − u_t| under shared noise.
    No stability is needed; unstable gains grow (up to inf in float64).

    Args:
        A: shape (dx, dx).
        B: shape (dx, du).
        horizon: H ≥ 1.
        norm: "linf" (largest absolute row sum) or "l2" (largest singular value), for states and actions.

    Returns:
        Array of shape (horizon − 1,).

    Source: explicit (arXiv:2603.20538 states the assumption, P-IISS).

    >>> gain_sequence([[0.5]], [[2.0]], horizon=4, norm="linf")
    array([2. , 1. , 0.5])
    """
    state, image = linear_pair(A, B)
    choice("norm", norm, NORMS)
    gains = np.empty(positive_int("horizon", horizon) - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        for j in range(len(gains)):
            if not np.isfinite(image).all():
                gains[j:] = np.inf
                break
            gains[j] = operator_norm(image, norm)
            image = state @ image
    return gains


def spectral_radius(A: FloatArray) -> float:
    """Return the largest absolute eigenvalue.

    >>> spectral_radius(np.array([[0.5, 1.0], [0.0, -0.25]]))
    0.5
    """
    return float(np.abs(np.linalg.eigvals(A)).max())
