"""Tables of numbers that are either all float64 or all exact `fractions.Fraction`.

Every finite routine of this package runs on both kinds with the same code: numpy does the arithmetic of an
object array of Fractions exactly. A computation uses one kind throughout; mixing them is an error, because the
result would look exact and not be so.
"""

from collections.abc import Iterable
from fractions import Fraction
from numbers import Rational
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from simulators.errors import (
    DomainError,
    FloatArray,
    IntArray,
    ProbabilityError,
    ShapeError,
    finite_array,
    probabilities,
)

Table = npt.NDArray[Any]  # of float64, or of Fractions as objects
Number = float | Fraction  # an entry of a table


class Sized:
    """Sizes of a process that is described by tables: reward[h, s, a] and initial[s]."""

    reward: Table
    initial: Table

    @property
    def horizon(self) -> int:
        """Number of steps H."""
        return len(self.reward)

    @property
    def n_states(self) -> int:
        """Number of states S."""
        return len(self.initial)

    @property
    def n_actions(self) -> int:
        """Number of actions."""
        return int(self.reward.shape[-1])

    @property
    def exact(self) -> bool:
        """Whether the tables hold Fractions."""
        return is_exact(self.initial)


def holds_fractions(*values: object) -> bool:
    """Tell whether any entry of any of the values is a Fraction: then the whole computation must be exact.

    >>> holds_fractions([1, 2.0], Fraction(1, 2)), holds_fractions([1, 2.0])
    (True, False)
    """
    return any(_is_exact_array(value) for value in values)


def _is_exact_array(value: object) -> bool:
    try:
        array = np.asarray(value)
    except ValueError:
        return False
    return array.dtype == object and any(isinstance(entry, Fraction) for entry in array.flat)


def is_exact(table: Table) -> bool:
    """Tell whether a table made by `table` holds Fractions.

    >>> is_exact(table("x", [Fraction(1, 2)], exact=True))
    True
    """
    return bool(table.dtype == object)


def table(name: str, value: object, *, exact: bool, shape: tuple[int, ...] | None = None) -> Table:
    """Copy a value into a read-only table.

    Args:
        name: the argument's name, for messages.
        value: numbers; with `exact`, Fractions, integers and floats that are whole numbers.
        exact: Fractions (dtype object) instead of float64.
        shape: the required shape, −1 for a free length.

    Raises:
        ShapeError: wrong shape.
        DomainError: an entry is not finite, not a number, or a fractional float in an exact table.

    >>> table("x", [Fraction(1, 2), 1], exact=True)
    array([Fraction(1, 2), Fraction(1, 1)], dtype=object)
    >>> table("x", [0.5], exact=True)
    Traceback (most recent call last):
    simulators.errors.DomainError: x is exact, so it takes Fractions and whole numbers, got 0.5
    """
    if not exact:
        return finite_array(name, cast(npt.ArrayLike, value), shape=shape)
    entries = np.asarray(value, dtype=object)
    result = np.empty(entries.shape, dtype=object)
    for index, entry in np.ndenumerate(entries):
        result[index] = _fraction(name, entry)
    if shape is not None:
        require_shape(name, result, shape)
    result.setflags(write=False)
    return result


def require_shape(name: str, array: Table, shape: tuple[int, ...]) -> None:
    """Raise a ShapeError unless the array has the shape, where −1 leaves a length free.

    >>> require_shape("x", np.zeros((2, 3)), (2, -1))
    """
    fits = array.ndim == len(shape) and all(s in (-1, n) for s, n in zip(shape, array.shape, strict=True))
    if not fits:
        raise ShapeError(f"{name} must have shape {str(shape).replace('-1', 'any')}, got {array.shape}")


def _fraction(name: str, entry: object) -> Fraction:
    if isinstance(entry, Rational):
        return Fraction(int(entry.numerator), int(entry.denominator))
    if isinstance(entry, (float, np.floating)) and float(entry).is_integer():
        return Fraction(int(entry))
    raise DomainError(f"{name} is exact, so it takes Fractions and whole numbers, got {entry!r}")


def probability_table(name: str, value: object, *, exact: bool, shape: tuple[int, ...] | None = None) -> Table:
    """Copy a value into a read-only table whose last axis holds probabilities.

    Exact tables must sum to exactly 1, float tables to 1 up to rounding.

    Raises:
        ShapeError: wrong shape.
        ProbabilityError: a negative entry or a wrong sum.
        DomainError: an entry is not finite.

    >>> probability_table("rho", [Fraction(1, 3), Fraction(1, 3)], exact=True)
    Traceback (most recent call last):
    simulators.errors.ProbabilityError: rho must sum to 1 along its last axis, got 2/3
    """
    if not exact:
        array = probabilities(name, cast(npt.ArrayLike, value))
        if shape is not None:
            require_shape(name, array, shape)
        return array
    array = table(name, value, exact=True, shape=shape)
    if array.min() < 0:
        raise ProbabilityError(f"{name} must be nonnegative, got {array.min()}")
    for total in array.sum(axis=-1).ravel() if array.ndim > 1 else [array.sum()]:
        if total != 1:
            raise ProbabilityError(f"{name} must sum to 1 along its last axis, got {total}")
    return array


def to_float(values: Table) -> FloatArray:
    """Return the float64 version of a table, read-only.

    >>> to_float(table("x", [Fraction(1, 2)], exact=True))
    array([0.5])
    """
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def zeros(shape: tuple[int, ...], *, exact: bool) -> Table:
    """Return a writable table of zeros.

    >>> zeros((2,), exact=True)
    array([Fraction(0, 1), Fraction(0, 1)], dtype=object)
    """
    return np.full(shape, Fraction(0), dtype=object) if exact else np.zeros(shape)


def number(value: object) -> Number:
    """Return one entry of a table as a plain float or Fraction.

    >>> number(np.float64(0.5)), number(Fraction(1, 2))
    (0.5, Fraction(1, 2))
    """
    return value if isinstance(value, Fraction) else float(cast(float, value))


def same_kind(names: str, tables: Iterable[Table]) -> bool:
    """Return whether all the tables are exact (True) or all float64 (False).

    Raises:
        DomainError: some are exact and some are not.

    >>> same_kind("system and policy", [np.zeros(2), np.ones(1)])
    False
    """
    kinds = {is_exact(values) for values in tables}
    if len(kinds) > 1:
        raise DomainError(f"{names} must be all exact (Fractions) or all float64, got a mixture")
    return kinds.pop()


def indices(name: str, value: npt.ArrayLike, *, below: int) -> IntArray:
    """Copy a value into a read-only array of indices 0..below−1.

    Raises:
        DomainError: not integers, or out of range.

    >>> indices("labels", [0, 2], below=2)
    Traceback (most recent call last):
    simulators.errors.DomainError: labels must lie in 0..1, got 2
    """
    array = np.array(value)
    if array.dtype.kind not in "iu":
        raise DomainError(f"{name} must be integers, got dtype {array.dtype}")
    array = array.astype(np.int64)
    bad = array[(array < 0) | (array >= below)]
    if bad.size:
        raise DomainError(f"{name} must lie in 0..{below - 1}, got {bad[0]}")
    array.setflags(write=False)
    return array
