"""The law of a scalar state, carried step by step with a known error.

Without noise, `Pieces` follows intervals of first states through piecewise affine maps: exact in Fractions, and up to
rounding in float64. With uniform noise, `NoisyChain` carries masses of cells; projecting the density on the cells is
its only approximation, and `NoisyChain.error` bounds what that can do.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulators.errors import (
    DomainError,
    FloatArray,
    IntArray,
    ProbabilityError,
    ShapeError,
    finite_array,
    positive_int,
    positive_number,
)
from simulators.tables import Table

LEAK = 1e-9
"""How much mass may miss the cells by rounding before it is an error."""


class Enclosure(NamedTuple):
    """A number known to lie in [low, high]."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """high − low."""
        return self.high - self.low


def enclose_distance(low: npt.ArrayLike, high: npt.ArrayLike, target: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the smallest and largest |v − target| over v in [low, high], entry by entry.

    >>> [ends.tolist() for ends in enclose_distance([0.0, 2.0], [1.0, 3.0], 0.25)]
    [[0.0, 1.75], [0.75, 2.75]]
    """
    below, above = np.asarray(low) - target, np.asarray(high) - target
    nearest = np.maximum(np.maximum(below, -above), 0.0)
    return nearest, np.maximum(np.abs(below), np.abs(above))


@dataclass(frozen=True, eq=False)
class Pieces:
    """Intervals of first states, each mapped increasingly and affinely onto an interval of present states.

    All four arrays have shape (pieces,) and hold floats or Fractions.

    Attributes:
        start_low: left ends in first states.
        start_high: right ends in first states.
        low: where the left ends are now.
        high: where the right ends are now.

    >>> pieces = Pieces.between([-1.0, 1.0]).move([0.5], [0.25]).split([0.0])
    >>> pieces.start_low.tolist(), pieces.low.tolist(), pieces.high.tolist()
    ([-1.0, -0.5], [-0.25, 0.0], [0.0, 0.75])
    """

    start_low: Table
    start_high: Table
    low: Table
    high: Table

    def __post_init__(self) -> None:
        for name in ("start_low", "start_high", "low", "high"):
            object.__setattr__(self, name, _vector(name, getattr(self, name)))
        if not len(self.start_low) == len(self.start_high) == len(self.low) == len(self.high):
            raise ShapeError("start_low, start_high, low and high must have equal lengths")
        if np.any(self.start_low > self.start_high) or np.any(self.low > self.high):
            raise DomainError("every piece must have low at most high")

    @classmethod
    def between(cls, points: npt.ArrayLike) -> "Pieces":
        """Return the intervals between consecutive points, not moved yet.

        Raises:
            DomainError: points that decrease.
        """
        ends = _vector("points", points)
        return cls(ends[:-1], ends[1:], ends[:-1], ends[1:])

    def __len__(self) -> int:
        return len(self.low)

    def split(self, cuts: npt.ArrayLike) -> "Pieces":
        """Cut every piece at the present states `cuts` (increasing), so that none has a cut inside."""
        places = _vector("cuts", cuts)
        first, last = np.searchsorted(places, self.low, side="right"), np.searchsorted(places, self.high, side="left")
        inside = np.maximum(last - first, 0)
        parent = np.repeat(np.arange(len(self)), inside + 1)
        number = np.arange(len(parent)) - np.repeat(np.cumsum(inside + 1) - inside - 1, inside + 1)
        cut = np.concatenate([self.low[:1], places, self.high[:1]])  # padded: the ends of a piece are not cuts
        left = np.where(number == 0, self.low[parent], cut[first[parent] + number])
        right = np.where(
            number == inside[parent], self.high[parent], cut[np.minimum(first[parent] + number + 1, len(cut) - 1)]
        )
        return Pieces(
            self._start(parent, left, number == 0, last=False),
            self._start(parent, right, number == inside[parent], last=True),
            left,
            right,
        )

    def _start(self, parent: IntArray, place: Table, end: npt.NDArray[np.bool_], *, last: bool) -> Table:
        """First states that are now at `place`; the piece's own end where `end`."""
        result = (self.start_high if last else self.start_low)[parent].copy()
        inner, origin = ~end, parent[~end]
        share = (place[inner] - self.low[origin]) / (self.high[origin] - self.low[origin])
        here = self.start_low[origin] + share * (self.start_high[origin] - self.start_low[origin])
        result[inner] = np.minimum(here, self.start_high[origin])
        return result

    def cells(self, cuts: npt.ArrayLike) -> IntArray:
        """Return for each piece how many cuts lie left of its midpoint: its cell, if it was split at the cuts."""
        return np.asarray(np.searchsorted(_vector("cuts", cuts), (self.low + self.high) / 2))

    def move(self, slope: npt.ArrayLike, offset: npt.ArrayLike) -> "Pieces":
        """Apply x ↦ slope·x + offset, one slope ≥ 0 and offset a piece.

        Raises:
            DomainError: a negative slope.
        """
        a, b = _vector("slope", slope), _vector("offset", offset)
        if np.any(a < 0):
            raise DomainError("slope must be nonnegative, so that pieces keep their direction")
        return Pieces(self.start_low, self.start_high, a * self.low + b, a * self.high + b)

    def select(self, which: npt.NDArray[np.bool_]) -> "Pieces":
        """Return the marked pieces."""
        return Pieces(self.start_low[which], self.start_high[which], self.low[which], self.high[which])

    def weights(self, probability: Callable[[Table, Table], Table]) -> Table:
        """Return each piece's probability, given probability(low, high) of intervals of first states."""
        return probability(self.start_low, self.start_high)


def _vector(name: str, value: npt.ArrayLike) -> Table:
    array = np.array(value)
    if array.dtype != object:
        return finite_array(name, value, ndim=1)
    if array.ndim != 1:
        raise ShapeError(f"{name} must have 1 dimension, got shape {array.shape}")
    array.setflags(write=False)
    return array


def gaussian_probability(low: npt.ArrayLike, high: npt.ArrayLike) -> FloatArray:
    """Return P(low < z < high) for z ~ N(0, 1), to full relative accuracy in both tails.

    >>> bool(np.isclose(gaussian_probability([10.0], [11.0])[0], 7.62e-24, rtol=1e-3, atol=0))
    True
    """
    from scipy.special import ndtr

    left, right = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    flip = left > 0
    left, right = np.where(flip, -right, left), np.where(flip, -left, right)
    return np.asarray(ndtr(right) - ndtr(left))


@dataclass(frozen=True, eq=False)
class CellChain(ABC):
    """x' = slope_i x + offset_i + noise for x in cell i, its law carried by cell masses.

    Attributes:
        low: left ends of the cells, shape (cells,), increasing.
        high: right ends, each at most the next left end.
        slope: shape (cells,).
        offset: shape (cells,).

    Raises:
        ShapeError: arrays that do not agree.
    """

    low: FloatArray
    high: FloatArray
    slope: FloatArray
    offset: FloatArray

    def __post_init__(self) -> None:
        low = finite_array("low", self.low, ndim=1)
        object.__setattr__(self, "low", low)
        for name in ("high", "slope", "offset"):
            object.__setattr__(self, name, finite_array(name, getattr(self, name), shape=low.shape))

    @property
    @abstractmethod
    def matrix(self) -> FloatArray:
        """matrix[i, j] = P(x' in cell j | x uniform on cell i)."""

    def laws(self, initial: npt.ArrayLike, steps: int) -> FloatArray:
        """Return mass[h, i] of cell i before step h (from 0), from a first law with constant density on each cell."""
        mass = np.empty((positive_int("steps", steps), len(self.low)))
        mass[0] = finite_array("initial", initial, shape=self.low.shape)
        for h in range(1, steps):
            mass[h] = mass[h - 1] @ self.matrix
        return mass


@dataclass(frozen=True, eq=False)
class NoisyChain(CellChain):
    """x' = slope_i x + offset_i + w for x in cell i, w ~ Unif[−half_width, half_width], its law carried by cell masses.

    One step maps a law with constant density on each cell exactly and then spreads each cell's new mass evenly. Let K
    be the true step, W the half width, D the widest cell and s the largest |slope_i|·(width of cell i). K f has total
    variation at most 1/W, so spreading adds an e with ‖e‖₁ ≤ D/(2W) and no mass in any cell; and then
    ‖K e‖₁ ≤ s·‖e‖₁/(2W), because the antiderivative of e vanishes at the cells' ends. Later steps do not increase ‖·‖₁.
    So after h steps (h ≥ 1) the cells' masses are off by at most (h − 1)·s·D/(4W²) in ‖·‖₁: second order in the width.

    Attributes:
        low: left ends of the cells, shape (cells,), increasing.
        high: right ends, each at most the next left end.
        slope: shape (cells,).
        offset: shape (cells,).
        half_width: W > 0.

    Raises:
        ShapeError, DomainError: arrays that do not agree, overlapping or empty cells.

    >>> chain = NoisyChain([-1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.0, 0.0], 0.5)
    >>> chain.laws([0.25, 0.75], 3).round(4).tolist()
    [[0.25, 0.75], [0.375, 0.625], [0.4375, 0.5625]]
    """

    half_width: float

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "half_width", positive_number("half_width", self.half_width))
        if not len(self.low) or np.any(self.high <= self.low) or np.any(self.low[1:] < self.high[:-1]):
            raise DomainError("cells must be nonempty, increasing intervals that do not overlap")

    @cached_property
    def matrix(self) -> FloatArray:
        """matrix[i, j] = P(x' in cell j | x uniform on cell i).

        Raises:
            ProbabilityError: a cell from which the state can leave all cells.
        """
        ends = np.sort([self.slope * self.low + self.offset, self.slope * self.high + self.offset], axis=0)
        result = self._below(ends, self.high) - self._below(ends, self.low)
        worst = int(np.argmin(result.sum(axis=1)))
        if result[worst].sum() < 1 - LEAK:
            raise ProbabilityError(f"cells must hold the next state, but cell {worst} keeps only {result[worst].sum()}")
        return np.asarray(result / result.sum(axis=1, keepdims=True))

    def _below(self, ends: FloatArray, y: FloatArray) -> FloatArray:
        """P(u + w <= y_j) for u uniform on [ends[0, i], ends[1, i]], which may be a point.

        This is the mean of clip(v, 0, 1) over v between the values at both ends; differences are formed before they are
        divided, so that narrow cells lose no digits.
        """
        low, high = ((y - end[:, None]) / (2 * self.half_width) + 0.5 for end in ends[::-1])
        first, last = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
        area = (last - first) * (first + last) / 2 + (np.maximum(high, 1.0) - np.maximum(low, 1.0))
        return np.asarray(np.where(high > low, area / np.where(high > low, high - low, 1.0), first))

    def error(self, h: int) -> float:
        """Return the bound on Σ_i |mass[h, i] − true mass| for a first law of mass 1 (rounding apart)."""
        widths = self.high - self.low
        stretch = float(np.max(np.abs(self.slope) * widths))
        return max(h - 1, 0) * stretch * float(widths.max()) / (4 * self.half_width**2)

    def spread_error(self) -> float:
        """Return the bound D/(2W) on ‖e‖₁: how far the density inside the cells is from constant."""
        return float((self.high - self.low).max()) / (2 * self.half_width)

    def expectation_error(self, h: int, oscillation: float) -> float:
        """Return the bound on the error of E g(x_h) computed from cell averages of g, for g with values in [0, 1].

        Args:
            h: step, from 0.
            oscillation: largest difference of two values of g inside one cell.
        """
        return (self.error(h) + oscillation * self.spread_error() * (h > 0)) / 2


def grid(blocks: Sequence[tuple[float, float, int]]) -> tuple[FloatArray, FloatArray]:
    """Return left and right ends of cells: each block (low, high, count) is cut into equal cells.

    >>> [ends.tolist() for ends in grid([(0.0, 1.0, 2), (3.0, 4.0, 1)])]
    [[0.0, 0.5, 3.0], [0.5, 1.0, 4.0]]
    """
    edges = [np.linspace(low, high, positive_int("count", count) + 1) for low, high, count in blocks]
    return np.concatenate([e[:-1] for e in edges]), np.concatenate([e[1:] for e in edges])
