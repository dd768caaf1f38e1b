"""Laws of the noise w and of the first state x_1, sampled dimension-major: shape (dimension, M)."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, ShapeError, finite_array


class Law(Protocol):
    """A distribution on vectors whose entries are independent."""

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        """Draw M vectors, shape (dimension, M)."""
        ...

    def radius(self, dimension: int) -> float:
        """Return the smallest r with |entry| ≤ r almost surely (math.inf if there is none)."""
        ...

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        """Return the smallest and the largest value of every entry, infinite where there is none."""
        ...

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of every entry."""
        ...


def _column(name: str, value: FloatArray, dimension: int) -> FloatArray:
    """Return a number, or a vector of the given length as a column, to broadcast over samples."""
    if value.ndim == 1 and len(value) != dimension:
        raise ShapeError(f"{name} must be a number or have length {dimension}, got length {len(value)}")
    return value[:, None] if value.ndim == 1 else value


def as_vector(value: npt.ArrayLike, dimension: int) -> FloatArray:
    """Return a number or a vector as a vector."""
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), dimension))


def _scale(name: str, value: npt.ArrayLike) -> FloatArray:
    array = finite_array(name, value)
    if array.ndim > 1:
        raise ShapeError(f"{name} must be a number or a vector, got shape {array.shape}")
    if np.any(array < 0):
        raise DomainError(f"{name} must be nonnegative, got {array.min()}")
    return array


@dataclass(frozen=True)
class NoNoise:
    """w = 0: deterministic dynamics.

    >>> NoNoise().sample(2, 3, np.random.default_rng(0)).shape
    (2, 3)
    """

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        """Return zeros, shape (dimension, M), without touching the generator."""
        return np.broadcast_to(0.0, (dimension, M))

    def radius(self, dimension: int) -> float:
        return 0.0

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return np.zeros(dimension), np.zeros(dimension)

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return np.zeros(dimension), np.zeros(dimension)


@dataclass(frozen=True, eq=False)
class UniformNoise:
    """Independent entries w_j ~ Unif[−half_width_j, half_width_j].

    Attributes:
        half_width: a number for all dimensions, or one per dimension; nonnegative.

    >>> UniformNoise(0.5).radius(3)
    0.5
    """

    half_width: npt.ArrayLike

    def __post_init__(self) -> None:
        object.__setattr__(self, "half_width", _scale("half_width", self.half_width))

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        width = _column("half_width", np.asarray(self.half_width), dimension)
        draws = rng.random((dimension, M))
        draws *= 2 * width
        draws -= width
        return draws

    def radius(self, dimension: int) -> float:
        return float(_column("half_width", np.asarray(self.half_width), dimension).max())

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        width = as_vector(self.half_width, dimension)
        return -width, width

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return np.zeros(dimension), as_vector(self.half_width, dimension) ** 2 / 3


@dataclass(frozen=True, eq=False)
class GaussianNoise:
    """Independent entries w_j ~ N(0, std_j²).

    Attributes:
        std: a number for all dimensions, or one per dimension; nonnegative.

    >>> GaussianNoise([0.1, 0.2]).sample(2, 5, np.random.default_rng(0)).shape
    (2, 5)
    """

    std: npt.ArrayLike

    def __post_init__(self) -> None:
        object.__setattr__(self, "std", _scale("std", self.std))

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        std = _column("std", np.asarray(self.std), dimension)
        draws = rng.standard_normal((dimension, M))
        draws *= std
        return draws

    def radius(self, dimension: int) -> float:
        return math.inf if _column("std", np.asarray(self.std), dimension).any() else 0.0

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        width = np.where(as_vector(self.std, dimension) > 0, math.inf, 0.0)
        return -width, width

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return np.zeros(dimension), as_vector(self.std, dimension) ** 2


@dataclass(frozen=True, eq=False)
class UniformBox:
    """x_1 uniform on the box [low, high], entry by entry.

    Attributes:
        low: a number or one per dimension.
        high: a number or one per dimension, at least `low` (equal ends fix that entry).

    Raises:
        DomainError: high < low somewhere.

    >>> UniformBox(-1.0, 1.0).radius(2)
    1.0
    """

    low: npt.ArrayLike
    high: npt.ArrayLike

    def __post_init__(self) -> None:
        low, high = finite_array("low", self.low), finite_array("high", self.high)
        if low.ndim > 1 or high.ndim > 1:
            raise ShapeError(f"low and high must be numbers or vectors, got {low.shape} and {high.shape}")
        if low.ndim == high.ndim == 1 and low.shape != high.shape:
            raise ShapeError(f"low and high must have equal lengths, got {len(low)} and {len(high)}")
        if np.any(high < low):
            raise DomainError(f"high must be at least low, got low={low}, high={high}")
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        low = _column("low", np.asarray(self.low), dimension)
        high = _column("high", np.asarray(self.high), dimension)
        return np.asarray(low + (high - low) * rng.random((dimension, M)))

    def radius(self, dimension: int) -> float:
        low = _column("low", np.asarray(self.low), dimension)
        high = _column("high", np.asarray(self.high), dimension)
        return float(np.maximum(np.abs(low), np.abs(high)).max())

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return as_vector(self.low, dimension), as_vector(self.high, dimension)

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        low, high = self.box(dimension)
        return (low + high) / 2, (high - low) ** 2 / 12


@dataclass(frozen=True, eq=False)
class GaussianInitial:
    """x_1 ~ N(mean, std²), entry by entry.

    Attributes:
        std: a number or one per dimension; nonnegative.
        mean: a number or one per dimension.

    >>> GaussianInitial(1.0).radius(1)
    inf
    """

    std: npt.ArrayLike
    mean: npt.ArrayLike = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "std", _scale("std", self.std))
        mean = finite_array("mean", self.mean)
        if mean.ndim > 1:
            raise ShapeError(f"mean must be a number or a vector, got shape {mean.shape}")
        object.__setattr__(self, "mean", mean)

    def sample(self, dimension: int, M: int, rng: np.random.Generator) -> FloatArray:
        mean = _column("mean", np.asarray(self.mean), dimension)
        std = _column("std", np.asarray(self.std), dimension)
        return np.asarray(mean + std * rng.standard_normal((dimension, M)))

    def radius(self, dimension: int) -> float:
        if _column("std", np.asarray(self.std), dimension).any():
            return math.inf
        return float(np.abs(_column("mean", np.asarray(self.mean), dimension)).max())

    def box(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        mean = as_vector(self.mean, dimension)
        width = np.where(as_vector(self.std, dimension) > 0, math.inf, 0.0)
        return mean - width, mean + width

    def moments(self, dimension: int) -> tuple[FloatArray, FloatArray]:
        return as_vector(self.mean, dimension), as_vector(self.std, dimension) ** 2
