"""Shared floating-point routines: accurate sums and powers over a horizon.

Horizons reach 10^6 and decays sit arbitrarily close to 1, where closed forms of geometric sums lose every digit. The
numbers therefore come from running sums, arranged so that the rounding error stays near one unit in the last place.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_BLOCK = 1024  # additions in a row: at most 1.2e-13 relative error in sums of nonnegative terms
_LOG2_HIGH = math.log(2.0)
_LOG2_LOW = 2.3190468138462996e-17  # log 2 - fl(log 2)
_SPLIT = 134217729.0  # 2^27 + 1


class Twofold(NamedTuple):
    """An unevaluated sum high + low of two floats, about twice the working precision."""

    high: Array
    low: Array


def times(a: Array, b: Array) -> Array:
    """Product with 0 * inf = 0: an absent perturbation stays absent however large the gain.

    Example:
        >>> times(np.array([0.0, 2.0]), np.array([np.inf, 3.0]))
        array([0., 6.])
    """
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        product = np.asarray(a * b)
    if product.size and np.isnan(np.max(product)):  # one reduction, cheaper than a pass of isnan
        product = np.where(np.isnan(product), 0.0, product)
    return product


def running_sum(terms: Array) -> Array:
    """Cumulative sums along the last axis, block by block, so that no float takes part in more than 2000 additions.

    Example:
        >>> abs(float(running_sum(np.full(10**6, 0.1))[-1]) / 1e5 - 1) < 1e-13
        True
    """
    with np.errstate(over="ignore"):
        if terms.shape[-1] <= _BLOCK:
            return np.cumsum(terms, axis=-1)
        sums = np.empty_like(terms)
        for start in range(0, terms.shape[-1], _BLOCK):
            block = sums[..., start : start + _BLOCK]
            np.cumsum(terms[..., start : start + _BLOCK], axis=-1, out=block)
            if start:
                block += sums[..., start - 1 : start]
    return sums


def geometric_response(base: Twofold, disturbances: Array) -> Array:
    """The recursion s_1 = 0, s_(h+1) = base * s_h + d_h along a new last axis, in blocks that all advance at once.

    Args:
        base: nonnegative factor, any shape.
        disturbances: d_1..d_H, nonnegative, shape ``(H,)``.

    Example:
        >>> geometric_response(Twofold(np.array(0.5), np.array(0.0)), np.array([1.0, 1.0, 1.0]))
        array([0. , 1. , 1.5])
    """
    high, low = np.asarray(base.high), np.asarray(base.low)
    length = disturbances.size
    blocks = -(-length // _BLOCK)
    width = min(length, _BLOCK)
    padded = np.zeros(blocks * width)
    padded[1:length] = disturbances[: length - 1]
    inner = np.zeros((*high.shape, blocks, width))
    factors = powers(base, width + 1)
    with np.errstate(over="ignore", under="ignore"):
        state = np.zeros((*high.shape, blocks))
        for step, disturbance in enumerate(padded.reshape(blocks, width).T):
            state = times(high[..., None], state) + (times(low[..., None], state) + disturbance)
            inner[..., step] = state
        for block in range(1, blocks):
            carried = inner[..., block - 1, -1:]
            inner[..., block, :] += times(factors[..., 1:], carried)
    return inner.reshape(*high.shape, -1)[..., :length]


def _split(a: Array) -> tuple[Array, Array]:
    shifted = _SPLIT * a
    high = shifted - (shifted - a)
    return high, a - high


def exact_product(a: Array, b: Array) -> Twofold:
    """The product a*b without rounding error (Dekker).

    Example:
        >>> bool(exact_product(np.float64(0.1), np.float64(0.1)).low != 0.0)
        True
    """
    product = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    error = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return Twofold(product, error)


def exact_sum(a: Array, b: Array) -> Twofold:
    """The sum a+b without rounding error (Knuth).

    Example:
        >>> float(exact_sum(np.float64(1.0), np.float64(1e-20)).low)
        1e-20
    """
    total = a + b
    shadow = total - a
    return Twofold(total, (a - (total - shadow)) + (b - shadow))


def multiply_add(a: Array, b: Array, c: Array) -> Twofold:
    """a*b + c to about twice the working precision."""
    product = exact_product(a, b)
    total = exact_sum(c, product.high)
    return Twofold(*exact_sum(total.high, total.low + product.low))


def powers(base: Twofold, count: int) -> Array:
    """base^0 … base^(count-1) along a new last axis; 0^0 = 1, overflow gives inf.

    The low part of the base matters: (1 + 1e-16)^(10^6) differs from 1 by 1e-10.

    Example:
        >>> powers(Twofold(np.float64(2.0), np.float64(0.0)), 4)
        array([1., 2., 4., 8.])
    """
    exponents = np.arange(count, dtype=np.float64)
    high = np.asarray(base.high)[..., None]
    with np.errstate(over="ignore", under="ignore"):
        result = np.power(high, exponents)
    low = np.asarray(base.low)[..., None]
    if np.any(low):
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = np.where(high > 0, low / high, 0.0)
        result = times(result, np.exp(exponents * relative))
    return result


def log_of_one_less(log_size: Array) -> Array:
    """log(N - 1) from log N, to full relative accuracy; -inf at N = 1.

    Around N = 2 the result passes through zero, so the distance to log 2 is formed first, with both its halves.

    Example:
        >>> log_of_one_less(np.log([1.0, 3.0, 11.0])).round(6)
        array([    -inf, 0.693147, 2.302585])
    """
    with np.errstate(divide="ignore", over="ignore"):
        near_two = np.log1p(2.0 * np.expm1((log_size - _LOG2_HIGH) - _LOG2_LOW))
        small = np.log(np.expm1(np.minimum(log_size, 1.0)))
        large = log_size + np.log1p(-np.exp(-np.maximum(log_size, 1.0)))
    return np.where(log_size < 0.5, small, np.where(log_size < 1.0, near_two, large))
