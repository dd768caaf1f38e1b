"""The push-forward policy q#π: exact probabilities of the labels a policy's raw actions get."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

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
    out = np.asarray(ndtr(high))
    out -= ndtr(low)
    np.maximum(out, 0.0, out=out)
    with np.errstate(divide="ignore"):
        np.log(out, out=out)
    far = out < -660
    if far.any():
        far &= low < high
        top = log_ndtr(high[far])
        out[far] = top + np.log(-np.expm1(log_ndtr(low[far]) - top))
    with np.errstate(invalid="ignore"):  # ∞ − ∞: such intervals are not narrow
        narrow = high - low < NARROW  # midpoints are not positive
    if narrow.any():
        narrow &= low < high
        m, w = (low[narrow] + high[narrow]) / 2, high[narrow] - low[narrow]
        series = np.log(w) + np.log1p((m * m - 1) * w * w / 24) - m * m / 2 - math.log(2 * math.pi) / 2
        out[narrow] = np.where(w * (1 - m) < NARROW, series, out[narrow])
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
    return Labels(quantizer, np.asarray(labels)).log_probability(policy, x)


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels whose cells are looked up once for many policies.

    Attributes:
        quantizer: the map q.
        tokens: as for `label_log_probability`.
    """

    quantizer: Quantizer
    tokens: IntArray
    _known: dict[tuple[float, float], list[_Group]] = field(default_factory=dict, init=False, repr=False)

    def log_probability(self, policy: Policy, x: FloatArray) -> FloatArray:
        """Return log q#π(labels | x) as `label_log_probability` does."""
        if isinstance(policy, Mixture):
            return _log_mixture(np.stack([self.log_probability(p, x) for p in policy.components]), policy.weights)
        if policy.deterministic:
            return self._match(policy.act(x))
        if not isinstance(policy, ClippedGaussian):
            raise DomainError(
                "label probabilities of a random policy need a ClippedGaussian or a mixture of deterministic and "
                f"Gaussian policies, got {type(policy).__name__}"
            )
        mean = policy.mean.act(x)
        groups = self._groups(policy, mean.shape)
        logs = np.empty(mean.shape)
        for g in groups:
            logs[..., g.rows, :] = _gaussian_cells(policy, g, mean[..., g.rows, :])
        return np.asarray(logs.sum(axis=-2))

    def _groups(self, policy: ClippedGaussian, shape: tuple[int, ...]) -> list[_Group]:
        """Return the labels' cells, of dimensions that are cut alike together."""
        clip = (policy.low, policy.high)
        if clip not in self._known:
            cells = _cells(policy, self.quantizer, shape[-2])
            _check_shapes(self.tokens, shape)
            self._known[clip] = [
                _Group.of(c, rows, c.part.cell_of_token(self.tokens[..., rows, :])) for c, rows in _alike(cells).items()
            ]
        return self._known[clip]

    @cached_property
    def _codes(self) -> FloatArray:
        return decode_columns(self.quantizer, self.tokens)

    def _match(self, actions: FloatArray) -> FloatArray:
        labels = encode_columns(self.quantizer, actions)
        _check_shapes(self.tokens, labels.shape)
        same = decode_columns(self.quantizer, labels) == self._codes
        return np.where(same.all(axis=-2), 0.0, -math.inf)


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
            out[..., j : j + 1, :, k] = _gaussian_cells(policy, _Group.of(c, [j], np.full(own.shape, k)), own)
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


@dataclass(frozen=True, eq=False)
class _Group:
    """Cells of the labels in dimensions that are cut alike, as intervals of raw actions.

    Attributes:
        rows: the dimensions; all of them as a slice, which copies nothing.
        low: left ends.
        high: right ends.
        wraps: whether the cell is the one that holds what is beyond the range; None if clipping puts it elsewhere.
        beyond: where that begins.
    """

    rows: list[int] | slice
    low: FloatArray
    high: FloatArray
    wraps: npt.NDArray[np.bool_] | None
    beyond: float

    @classmethod
    def of(cls, cells: Cells, rows: list[int] | slice, cell: IntArray) -> _Group:
        wraps = cell == 0 if cells.beyond < math.inf else None
        return cls(rows, cells.ends[cell], cells.ends[cell + 1], wraps, cells.beyond)


def _alike(cells: tuple[Cells, ...]) -> dict[Cells, list[int] | slice]:
    found = {c: [j for j, own in enumerate(cells) if own is c] for c in dict.fromkeys(cells)}
    return dict(found) if len(found) > 1 else {cells[0]: slice(None)}


def _gaussian_cells(policy: ClippedGaussian, group: _Group, mean: FloatArray) -> FloatArray:
    """Return the log-probability of each entry's cell in dimensions that are cut alike, shape of `mean`."""
    std = np.asarray(policy.std)
    scale = 1 / (std if std.ndim == 0 else std[group.rows, None])
    low, high = group.low - mean, group.high - mean
    low *= scale
    high *= scale
    out = log_normal_interval(low, high)
    if group.wraps is not None:
        beyond = log_normal_interval((group.beyond - mean) * scale, np.full(mean.shape, math.inf))
        out = np.where(group.wraps, np.logaddexp(out, beyond), out)
    return out


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
