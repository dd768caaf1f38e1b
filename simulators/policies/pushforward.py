"""The push-forward policy q#π: exact probabilities of the labels a policy's raw actions get."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError
from simulators.policies.base import Policy
from simulators.policies.cells import Cells, cells_of
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.mixture import Mixture
from simulators.quantizers.base import Quantizer, encode_columns

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

    Tokens that execute the same action count as one label. Deterministic policies, and mixtures of them, have exact
    probabilities with any quantizer of single steps. Gaussian ones need a quantizer that acts dimension by dimension
    (scalar, `PerDimension`, normalized): the probability is a product of differences of distribution functions, and
    clipped mass sits in the cell of the clip. A Gaussian through k-means or residual VQ has no closed form.

    Args:
        policy: deterministic, `ClippedGaussian`, or a `Mixture` of those.
        quantizer: the map q.
        x: states, shape (…, dx, M).
        labels: tokens as `quantizer.encode` numbers them, shape (…, du, M); (…, tokens an action, M) for quantizers of
            whole actions.

    Returns:
        Array of shape (…, M), natural logarithms.

    Raises:
        ShapeError: labels do not fit the states, or the quantizer not the actions.
        DomainError: labels are no tokens, the quantizer acts on chunks, or a Gaussian meets cells that are no boxes.

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
    if not isinstance(policy, ClippedGaussian):
        raise DomainError(
            "label probabilities of a random policy need a ClippedGaussian or a mixture of deterministic and Gaussian "
            f"policies, got {type(policy).__name__}"
        )
    mean = policy.mean.act(x)
    cells = _cells(policy, quantizer, mean.shape[-2])
    _check_shapes(tokens, mean.shape)
    logs = np.empty(mean.shape)
    for c in dict.fromkeys(cells):  # dimensions that are cut alike are looked up together
        rows = [j for j, own in enumerate(cells) if own is c]
        cell = c.part.cell_of_token(tokens[..., rows, :])
        logs[..., rows, :] = _gaussian_cells(policy, c, rows, mean[..., rows, :], cell)
    return np.asarray(logs.sum(axis=-2))


def label_log_probabilities(policy: ClippedGaussian, quantizer: Quantizer, x: FloatArray) -> FloatArray:
    """Return log q#π of every label of every action dimension.

    Args:
        policy: a Gaussian policy; its action dimensions are independent given the state.
        quantizer: acts dimension by dimension: scalar, `PerDimension`, or one of them behind a normalizer.
        x: states, shape (…, dx, M).

    Returns:
        Array p[…, j, i, k]: dimension j, trajectory i, k-th distinct code of that dimension in increasing order; −inf
        beyond the codes of a dimension that has fewer than another.

    Raises:
        DomainError: the quantizer's cells are no product of intervals.

    Source: explicit.

    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 1.0), 1.0)
    >>> np.exp(label_log_probabilities(policy, uniform(2), np.zeros((1, 1))))
    array([[[0.5, 0.5]]])
    """
    mean = policy.mean.act(x)
    cells = _cells(policy, quantizer, mean.shape[-2])
    out = np.full((*mean.shape, max(c.part.cells for c in cells)), -math.inf)
    for j, c in enumerate(cells):
        for k in range(c.part.cells):
            own = mean[..., j : j + 1, :]
            out[..., j : j + 1, :, k] = _gaussian_cells(policy, c, [j], own, np.full(own.shape, k))
    return out


def _cells(policy: ClippedGaussian, quantizer: Quantizer, dimension: int) -> tuple[Cells, ...]:
    cells = cells_of(quantizer, dimension, policy.low, policy.high)
    if cells is None:
        raise DomainError(
            "label probabilities of a Gaussian policy need a quantizer that acts dimension by dimension: "
            "the Gaussian mass of a cell that is no box (k-means, residual VQ, chunks) has no closed form; "
            f"got {quantizer.name!r}"
        )
    return cells


def _gaussian_cells(
    policy: ClippedGaussian, cells: Cells, rows: Sequence[int], mean: FloatArray, cell: IntArray
) -> FloatArray:
    """Return the log-probability of each entry's cell in dimensions that are cut alike, shape of `mean`."""
    std = np.asarray(policy.std)
    scale = 1 / (std if std.ndim == 0 else std[list(rows), None])
    out = log_normal_interval((cells.ends[cell] - mean) * scale, (cells.ends[cell + 1] - mean) * scale)
    if cells.beyond < math.inf:
        beyond = log_normal_interval((cells.beyond - mean) * scale, np.full(mean.shape, math.inf))
        out = np.where(cell == 0, np.logaddexp(out, beyond), out)
    return out


def _match(quantizer: Quantizer, actions: FloatArray, tokens: IntArray) -> FloatArray:
    labels = encode_columns(quantizer, actions)
    _check_shapes(tokens, labels.shape)
    same = decode_columns(quantizer, labels) == decode_columns(quantizer, tokens)
    return np.where(same.all(axis=-2), 0.0, -math.inf)


def decode_columns(quantizer: Quantizer, tokens: IntArray) -> FloatArray:
    """Return the codes of dimension-major tokens, shape (…, d, M)."""
    if quantizer.elementwise:
        return quantizer.decode(tokens)
    return np.moveaxis(quantizer.decode(np.moveaxis(tokens, -2, -1)), -1, -2)


def _check_shapes(tokens: IntArray, wanted: tuple[int, ...]) -> None:
    if tokens.shape != wanted:
        raise ShapeError(f"labels must have shape {wanted} for these states, got {tokens.shape}")


def _log_mixture(parts: FloatArray, weights: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        weighted = parts + np.log(weights).reshape((-1,) + (1,) * (parts.ndim - 1))
    return np.asarray(np.logaddexp.reduce(weighted, axis=0))
