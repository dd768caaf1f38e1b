"""Incremental stability of linear systems: the exact gains ‖A^j B‖ and exponential envelopes."""

import numpy as np

from simulators.assumptions.envelopes import Envelope
from simulators.errors import FloatArray, StabilityError, choice, open_unit, positive_int
from simulators.norms import NORMS, operator_norm
from simulators.systems.linear import linear_pair

MAX_POWER = 20_000
"""Powers of A tried before an envelope is given up."""

ROUNDING = 1e-12
"""How far a norm that should be at most 1 may exceed it in float64."""


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


def exponential_envelope(A: FloatArray, B: FloatArray, *, eta: float, norm: str) -> Envelope:
    """Return the smallest C with ‖A^j B‖ ≤ C·eta^j for all j ≥ 0 that the first powers certify.

    With m such that ‖A^m‖ ≤ eta^m, every later power is a product of m-th powers and one of the first m, so
    C = max_{j<m} ‖A^j B‖/eta^j holds for all j, and no smaller C does (up to rounding).

    Args:
        A: shape (dx, dx).
        B: shape (dx, du).
        eta: the rate, above the spectral radius of A (or equal to it where ‖A^m‖ = eta^m is reached).
        norm: "linf" or "l2".

    Raises:
        StabilityError: the spectral radius of A reaches 1 or exceeds eta, or no m up to 20 000 works.
        DomainError: eta is not in (0, 1).

    Source: explicit (P-EIISS in arXiv:2603.20538).

    >>> exponential_envelope([[0.5, 1.0], [0.0, 0.5]], [[0.0], [1.0]], eta=0.75, norm="linf").C.__round__(3)
    1.778
    """
    open_unit("eta", eta)
    state, _ = linear_pair(A, B)
    radius = spectral_radius(state)
    if radius >= 1 or radius > eta * (1 + ROUNDING):
        raise StabilityError(f"the spectral radius of A must be below 1 and at most eta={eta}, got {radius}")
    image, power, C = np.asarray(B, dtype=np.float64), np.eye(len(state)), 0.0
    for _ in range(MAX_POWER):
        C = max(C, operator_norm(image, norm))
        image, power = state @ image / eta, state @ power / eta
        if operator_norm(power, norm) <= 1 + ROUNDING:
            return Envelope(C, eta)
    raise StabilityError(f"eta must exceed the spectral radius {radius} by a margin, got {eta}")


def total_gain(A: FloatArray, B: FloatArray, *, norm: str) -> float:
    """Return Γ_∞ = Σ_j ‖A^j B‖, the gain against a constant perturbation over an infinite horizon.

    The sum is cut where an exponential envelope leaves less than 1e-12 of it, and that rest is added, so the
    value is never too small (up to rounding).

    Args:
        A: shape (dx, dx).
        B: shape (dx, du).
        norm: "linf" or "l2".

    Raises:
        StabilityError: the spectral radius of A reaches 1.

    Source: explicit.

    >>> round(total_gain([[0.5]], [[2.0]], norm="l2"), 9)
    4.0
    """
    state, image = linear_pair(A, B)
    radius = spectral_radius(state)
    if radius >= 1:
        raise StabilityError(f"the spectral radius of A must be below 1, got {radius}")
    envelope = exponential_envelope(state, image, eta=(1 + radius) / 2, norm=norm)
    total, rest = 0.0, envelope.C / (1 - envelope.eta)
    while rest > ROUNDING * total:
        total += operator_norm(image, norm)
        image = state @ image
        rest *= envelope.eta
    return total + rest


def spectral_radius(A: FloatArray) -> float:
    """Return the largest absolute eigenvalue.

    >>> spectral_radius(np.array([[0.5, 1.0], [0.0, -0.25]]))
    0.5
    """
    return float(np.abs(np.linalg.eigvals(A)).max())
