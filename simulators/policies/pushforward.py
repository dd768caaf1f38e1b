"""The push-forward policy q#π: exact probabilities of the labels a policy's raw actions get."""

import math

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError
from simulators.policies.base import Policy, column
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.mixture import Mixture
from simulators.quantizers.base import Quantizer, encode_columns
from simulators.quantizers.scalar import ScalarQuantizer

NARROW = 3e-3
"""Below this width × (1 + |midpoint|) the density's Taylor series beats a difference of distribution functions."""


def log_normal_interval(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return log(Φ(b) − Φ(a)), accurate in both tails and for narrow intervals; −inf where b ≤ a.

    Intervals on the right are mirrored to the left tail, where Φ keeps its relative accuracy; beyond its
    underflow the difference is taken between logarithms; narrow intervals use φ(m)·w·(1 + (m² − 1)w²/24).

    Args:
        a: left ends, may be −inf.
        b: right ends, same shape, may be inf.

    Source: ours.

    >>> log_normal_interval(np.array([40.0]), np.array([41.0])).round(6)
    array([-804.608442])
    """
    from scipy.special import log_ndtr, ndtr

    mirrored = a > -b
    low, high = np.where(mirrored, -b, a), np.where(mirrored, -a, b)
    with np.errstate(divide="ignore"):
        out: FloatArray = np.log(np.maximum(ndtr(high) - ndtr(low), 0.0))
    far = (out < -660) & (low < high)
    if far.any():
        top = log_ndtr(high[far])
        out[far] = top + np.log(-np.expm1(log_ndtr(low[far]) - top))
    with np.errstate(invalid="ignore"):  # ∞ − ∞: such intervals are not narrow
        middle, width = (low + high) / 2, high - low
        narrow = width * (1 - middle) < NARROW
    narrow &= low < high
    if narrow.any():
        m, w = middle[narrow], width[narrow]
        out[narrow] = np.log(w) + np.log1p((m * m - 1) * w * w / 24) - m * m / 2 - math.log(2 * math.pi) / 2
    return out


def label_log_probability(policy: Policy, quantizer: Quantizer, x: FloatArray, labels: npt.ArrayLike) -> FloatArray:
    """Return log q#π(labels | x), summed over action dimensions.

    Tokens that execute the same action count as one label. Deterministic policies give 0 or −inf with any
    quantizer; random ones need a scalar quantizer, whose cells they integrate exactly: clipped mass sits in the
    outermost cells.

    Args:
        policy: deterministic, `ClippedGaussian`, or a `Mixture` of those.
        quantizer: the map q.
        x: states, shape (…, dx, M).
        labels: tokens as `quantizer.encode` numbers them, shape (…, du, M).

    Returns:
        Array of shape (…, M), natural logarithms.

    Raises:
        ShapeError: labels do not fit the states.
        DomainError: labels are no tokens, or a random policy meets a quantizer that is not scalar.

    Source: explicit.

    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 1.0), 1.0)
    >>> np.exp(label_log_probability(policy, uniform(2), np.zeros((1, 2)), [[0, 1]]))
    array([0.5, 0.5])
    """
    tokens = np.asarray(labels)
    if isinstance(policy, Mixture):
        parts = [label_log_probability(p, quantizer, x, tokens) for p in policy.components]
        return _log_mixture(np.stack(parts), policy.weights)
    if policy.deterministic:
        return _match(quantizer, policy.act(x), tokens)
    if not isinstance(policy, ClippedGaussian) or not isinstance(quantizer, ScalarQuantizer):
        raise DomainError(
            "label probabilities of a random policy need a ClippedGaussian and a scalar quantizer, "
            f"got {type(policy).__name__} and {quantizer.name!r}"
        )
    mean = policy.mean.act(x)
    _check_shapes(tokens, mean.shape)
    return np.asarray(_gaussian_cells(policy, quantizer, mean, quantizer.cell_of_token(tokens)).sum(axis=-2))


def label_log_probabilities(policy: ClippedGaussian, quantizer: ScalarQuantizer, x: FloatArray) -> FloatArray:
    """Return log q#π of every label of every action dimension.

    Args:
        policy: a Gaussian policy; its action dimensions are independent given the state.
        quantizer: a scalar quantizer.
        x: states, shape (…, dx, M).

    Returns:
        Array p[…, j, i, k]: dimension j, trajectory i, k-th entry of `quantizer.codes`.

    Source: explicit.

    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 1.0), 1.0)
    >>> np.exp(label_log_probabilities(policy, uniform(2), np.zeros((1, 1))))
    array([[[0.5, 0.5]]])
    """
    mean = policy.mean.act(x)
    cells = [_gaussian_cells(policy, quantizer, mean, np.full(mean.shape, k)) for k in range(quantizer.cells)]
    return np.stack(cells, axis=-1)


def _gaussian_cells(
    policy: ClippedGaussian, quantizer: ScalarQuantizer, mean: FloatArray, cell: IntArray
) -> FloatArray:
    """Return the log-probability of each entry's cell, shape of `mean`."""
    ends = _effective_edges(policy, quantizer)
    scale = 1 / column(np.asarray(policy.std))
    below, above = (ends[cell] - mean) * scale, (ends[cell + 1] - mean) * scale
    out = log_normal_interval(below, above)
    if quantizer.outside == "first":
        beyond = log_normal_interval((ends[-1] - mean) * scale, np.full(mean.shape, math.inf))
        out = np.where(cell == 0, np.logaddexp(out, beyond), out)
    return out


def _effective_edges(policy: ClippedGaussian, quantizer: ScalarQuantizer) -> FloatArray:
    """Return the cells' edges for the Gaussian before it is clipped.

    An edge above the policy's clip has all the mass below it, one under the clip none: ±inf. Whether an edge at
    the clip itself does so depends on the side to which the cells are closed.
    """
    ends = quantizer.edges.copy()
    ends[0] = -math.inf
    if quantizer.outside == "clip":
        ends[-1] = math.inf
    right = quantizer.closed == "right"
    ends[ends >= policy.high if right else ends > policy.high] = math.inf
    ends[ends < policy.low if right else ends <= policy.low] = -math.inf
    return ends


def _match(quantizer: Quantizer, actions: FloatArray, tokens: IntArray) -> FloatArray:
    labels = encode_columns(quantizer, actions)
    _check_shapes(tokens, labels.shape)
    if isinstance(quantizer, ScalarQuantizer):
        labels, tokens = quantizer.cell_of_token(labels), quantizer.cell_of_token(tokens)
    return np.where((labels == tokens).all(axis=-2), 0.0, -math.inf)


def _check_shapes(tokens: IntArray, wanted: tuple[int, ...]) -> None:
    if tokens.shape != wanted:
        raise ShapeError(f"labels must have shape {wanted} for these states, got {tokens.shape}")


def _log_mixture(parts: FloatArray, weights: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        weighted = parts + np.log(weights).reshape((-1,) + (1,) * (parts.ndim - 1))
    return np.asarray(np.logaddexp.reduce(weighted, axis=0))
