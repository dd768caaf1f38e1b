"""Errors and argument checks shared by every simulator.

Each check returns the validated value, so that a frozen dataclass can store what it got back; arrays come
back as read-only copies. Messages name the argument, the requirement and the value that broke it.
"""

import math
from numbers import Integral, Real

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]  # of any shape
IntArray = npt.NDArray[np.int64]  # of any shape

PROBABILITY_SLACK = 1e-12
"""How far a float64 probability vector may miss 0 and 1 before it is refused."""


class ShapeError(ValueError):
    """An array has the wrong number of dimensions or the wrong lengths."""


class DomainError(ValueError):
    """A number is not finite or lies outside its range."""


class ProbabilityError(ValueError):
    """A vector that should be a probability distribution is not one."""


class StabilityError(ValueError):
    """A statement about stable systems was applied to an unstable one."""


class RealizabilityError(ValueError):
    """No policy in the class explains the demonstrations, or the expert is missing from the class."""


def finite_array(
    name: str, value: npt.ArrayLike, *, ndim: int | None = None, shape: tuple[int, ...] | None = None
) -> FloatArray:
    """Copy a value into a read-only float64 array of finite numbers.

    Args:
        name: the argument's name, for the message.
        value: anything numpy can turn into an array of floats.
        ndim: the required number of dimensions, if any.
        shape: the required shape, if any; a −1 leaves that length free.

    Raises:
        ShapeError: wrong number of dimensions or wrong lengths, or rows of different lengths.
        DomainError: an entry is not a number, not real, infinite or NaN.

    >>> finite_array("gain", [1, 2], ndim=1)
    array([1., 2.])
    >>> finite_array("gain", [1, float("nan")])
    Traceback (most recent call last):
    simulators.errors.DomainError: gain must be finite, got nan at index (1,)
    """
    array = _as_floats(name, value)
    if ndim is not None and array.ndim != ndim:
        raise ShapeError(f"{name} must have {ndim} dimension(s), got shape {array.shape}")
    if shape is not None:
        fits = array.ndim == len(shape) and all(s in (-1, n) for s, n in zip(shape, array.shape, strict=True))
        if not fits:
            wanted = str(shape).replace("-1", "any")
            raise ShapeError(f"{name} must have shape {wanted}, got {array.shape}")
    bad = ~np.isfinite(array)
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        raise DomainError(f"{name} must be finite, got {array[index]} at index {index}")
    array.setflags(write=False)
    return array


def _as_floats(name: str, value: npt.ArrayLike) -> FloatArray:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"{name} must be a regular array: {error}") from None
    if array.dtype.kind not in "biufO":
        raise DomainError(f"{name} must hold real numbers, got dtype {array.dtype}")
    try:
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DomainError(f"{name} must hold real numbers: {error}") from None


def finite_number(name: str, value: float | Real) -> float:
    """Return a finite real number as a float.

    Raises:
        DomainError: not a real number, infinite or NaN.

    >>> finite_number("std", 1)
    1.0
    """
    try:
        number = math.nan if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) else float(value)
    except OverflowError:  # an integer beyond the floats
        number = math.inf
    if not math.isfinite(number):
        raise DomainError(f"{name} must be a finite real number, got {value!r}")
    return number


def positive_number(name: str, value: float | Real) -> float:
    """Return a finite number > 0 as a float.

    Raises:
        DomainError: not finite or ≤ 0.

    >>> positive_number("std", 0.0)
    Traceback (most recent call last):
    simulators.errors.DomainError: std must be positive, got 0.0
    """
    number = finite_number(name, value)
    if number <= 0:
        raise DomainError(f"{name} must be positive, got {value!r}")
    return number


def nonnegative_number(name: str, value: float | Real) -> float:
    """Return a finite number ≥ 0 as a float.

    Raises:
        DomainError: not finite or negative.

    >>> nonnegative_number("half_width", 0)
    0.0
    """
    number = finite_number(name, value)
    if number < 0:
        raise DomainError(f"{name} must be nonnegative, got {value!r}")
    return number


def open_unit(name: str, value: float | Real) -> float:
    """Return a number strictly between 0 and 1 as a float.

    Raises:
        DomainError: not in (0, 1).

    >>> open_unit("delta", 1.5)
    Traceback (most recent call last):
    simulators.errors.DomainError: delta must lie in (0, 1), got 1.5
    """
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise DomainError(f"{name} must lie in (0, 1), got {value!r}")
    return number


def interval(low: float, high: float, *, names: tuple[str, str] = ("low", "high")) -> tuple[float, float]:
    """Return the ends of a nonempty interval as floats.

    Raises:
        DomainError: an end is not finite, high ≤ low, or a width that is no float.

    >>> interval(-1, 1)
    (-1.0, 1.0)
    >>> interval(1, 1)
    Traceback (most recent call last):
    simulators.errors.DomainError: high must exceed low, got low=1.0, high=1.0
    """
    left, right = finite_number(names[0], low), finite_number(names[1], high)
    if right <= left:
        raise DomainError(f"{names[1]} must exceed {names[0]}, got {names[0]}={left}, {names[1]}={right}")
    if not math.isfinite(right - left):
        raise DomainError(f"{names[1]} − {names[0]} must be finite, got {names[0]}={left}, {names[1]}={right}")
    return left, right


def positive_int(name: str, value: int | Integral, *, minimum: int = 1) -> int:
    """Return an integer ≥ minimum (1 by default) as an int.

    Raises:
        DomainError: not an integer (a bool is none), or too small.

    >>> positive_int("bins", 0)
    Traceback (most recent call last):
    simulators.errors.DomainError: bins must be an integer >= 1, got 0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral) or value < minimum:
        raise DomainError(f"{name} must be an integer >= {minimum}, got {value!r}")
    return int(value)


def probabilities(name: str, value: npt.ArrayLike, *, axis: int = -1, slack: float = PROBABILITY_SLACK) -> FloatArray:
    """Copy a value into a read-only array whose entries along one axis are probabilities.

    Entries are kept as given (nothing is renormalised or clipped), so exact inputs stay exact.

    Raises:
        ProbabilityError: a negative entry, or sums that miss 1 by more than slack × length of the axis.
        ShapeError: a scalar, or an empty axis.
        DomainError: an entry is not finite.

    >>> probabilities("rho", [0.25, 0.75])
    array([0.25, 0.75])
    >>> probabilities("rho", [0.25, 0.7])
    Traceback (most recent call last):
    simulators.errors.ProbabilityError: rho must sum to 1 along axis -1, got a sum of 0.95
    """
    array = finite_array(name, value)
    if array.ndim == 0 or array.shape[axis] == 0:
        raise ShapeError(f"{name} must have at least one entry along axis {axis}, got shape {array.shape}")
    if array.size and array.min() < 0:
        raise ProbabilityError(f"{name} must be nonnegative, got {array.min()}")
    sums = array.sum(axis=axis)
    wrong = np.abs(sums - 1) > slack * array.shape[axis]
    if np.any(wrong):
        raise ProbabilityError(f"{name} must sum to 1 along axis {axis}, got a sum of {np.ravel(sums[wrong])[0]}")
    return array


def choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return the value if it is one of the allowed words.

    Raises:
        DomainError: it is not.

    >>> choice("norm", "l3", ("linf", "l2"))
    Traceback (most recent call last):
    simulators.errors.DomainError: norm must be one of 'linf', 'l2', got 'l3'
    """
    if value not in allowed:
        raise DomainError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value
