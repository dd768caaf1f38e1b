"""Quantization error of uniform binning, its inverse, and what the codes cost in bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from bounds.errors import ParameterError
from bounds.numerics import Array
from bounds.symbols import as_floats

_NORMS = ("linf", "l2")
_MOST = 2.0**53


def _counts(name: str, value: Any) -> Array:
    """Whole numbers >= 1 as floats.

    Raises:
        ParameterError: anything else.
    """
    array = as_floats(name, value, "a whole number >= 1")
    bad = ~((array >= 1) & (array <= _MOST) & (array == np.floor(array)))
    if bad.any():
        raise ParameterError(f"{name} must be a whole number in [1, 2^53], got {float(array[bad].flat[0])!r}")
    return array


def _half_width(low: Any, high: Any, dimension: Any, norm: str) -> Array:
    """Largest distance from the centre of the action box, i.e. eps_q of one bin."""
    if norm not in _NORMS:
        raise ParameterError(f"norm must be one of {', '.join(_NORMS)}, got {norm!r}")
    try:
        lowest, highest = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"low and high must be numbers, got {low!r} and {high!r}") from None
    if not (np.isfinite(lowest).all() and np.isfinite(highest).all() and (lowest < highest).all()):
        raise ParameterError(f"low must be below high, both finite, got {low!r} and {high!r}")
    dimensions = _counts("dimension", dimension)
    half = highest / 2.0 - lowest / 2.0
    return np.asarray(half * np.sqrt(dimensions) if norm == "l2" else half + 0.0 * dimensions)


def eps_q(bins: Any, *, low: Any, high: Any, dimension: Any = 1, norm: str = "linf") -> Array:
    """Sup error of uniform midpoint binning, a radius in the chosen norm; arguments broadcast.

    (high - low) / (2 K) in ``"linf"``, sqrt(d) times that in ``"l2"``.

    Args:
        bins: K, bins per action dimension.
        low: smallest action, the same in every dimension.
        high: largest action.
        dimension: d, action dimensions.
        norm: action norm.

    Raises:
        ParameterError: bins or dimension are not whole numbers >= 1, low >= high, or the norm is unknown.

    Example:
        >>> eps_q([1, 64], low=-1, high=1, dimension=4, norm="l2")
        array([2.     , 0.03125])
    """
    return np.asarray(_half_width(low, high, dimension, norm) / _counts("bins", bins))


def bits(bins: Any, dimension: Any = 1) -> Array:
    """Bits to name one action, d log2 K; arguments broadcast.

    Example:
        >>> float(bits(256, 7))
        56.0
    """
    return np.asarray(_counts("dimension", dimension) * np.log2(_counts("bins", bins)))


def vocabulary(bins: int, dimension: int = 1) -> int:
    """Number of distinct action codes, K^d, exactly.

    Example:
        >>> vocabulary(256, 7) == 2**56
        True
    """
    codes: int = int(_counts("bins", bins)) ** int(_counts("dimension", dimension))
    return codes
