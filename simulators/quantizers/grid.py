"""Which cell a number lies in, by arithmetic or from a table instead of by search, and still exactly."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simulators.errors import FloatArray, IntArray


@dataclass(frozen=True)
class EvenGrid:
    """The evenly spaced thresholds t_0 < t_1 < … at integer positions p(u) = u·scale + shift.

    The cell of u (number of thresholds below it, or not above it for left-closed cells) is p(u) rounded. Where
    scale is a power of two (at least 1) and every t_i·scale an integer, that is exact. Elsewhere positions within
    `slack` of an integer are doubtful, and their cells are looked up.

    Attributes:
        thresholds: the boundaries, shape (cells − 1,).
        right: whether cells are closed on the right.
        scale: cells per unit.
        shift: moves the first threshold to position `origin`.
        origin: an integer, position of the first threshold.
        slack: largest rounding error of a position, 0 if there is none.
        first: the rounded position that stands for cell 0.
        inner: the thresholds' hull and half a cell on both sides.
    """

    thresholds: FloatArray
    right: bool
    scale: float
    shift: float
    origin: float
    slack: float
    first: float = field(init=False)
    inner: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        half = 0.5 / self.scale
        object.__setattr__(self, "first", self.origin if self.right else self.origin - 1)
        object.__setattr__(self, "inner", (float(self.thresholds[0]) - half, float(self.thresholds[-1]) + half))

    def position(self, values: FloatArray) -> FloatArray:
        """Return rounded positions, `first` + the cell's index, of finite numbers, as a new array."""
        # The outermost cells are half-lines: half a cell inside them, no rounding can leave them.
        position: FloatArray = np.asarray(values.clip(*self.inner))
        position *= self.scale
        if self.shift:
            position += self.shift
        if not self.slack:
            return np.asarray((np.ceil if self.right else np.floor)(position, out=position))
        rounded = np.asarray((np.ceil if self.right else np.floor)(position))
        position -= rounded
        np.abs(position, out=position)
        if position.size and (position.min() < self.slack or position.max() > 1 - self.slack):
            doubtful = (position < self.slack) | (position > 1 - self.slack)
            rounded[doubtful] = self.first + self.search(values[doubtful])
        return rounded

    def search(self, values: FloatArray) -> IntArray:
        """Return cells by binary search."""
        return np.asarray(np.searchsorted(self.thresholds, values, side="left" if self.right else "right"))


def even_grid(thresholds: FloatArray, *, right: bool) -> EvenGrid | None:
    """Return the grid of evenly spaced thresholds, None if there are fewer than two or they are uneven.

    Args:
        thresholds: increasing, shape (cells − 1,).
        right: whether cells are closed on the right.

    >>> even_grid(np.array([-0.5, 0.0, 0.5]), right=True).position(np.array([-9.0, -0.5, 0.1, 9.0]))
    array([-1., -1.,  1.,  2.])
    >>> even_grid(np.array([0.0, 1.0, 3.0]), right=True) is None
    True
    """
    if len(thresholds) < 2:
        return None
    width = float(thresholds[-1] - thresholds[0]) / (len(thresholds) - 1)
    # Half a cell must be a step that floats can take, and the scale a float.
    if width < max(2 * float(np.spacing(np.abs(thresholds).max())), 1 / np.finfo(np.float64).max):
        return None
    scale = 1 / width
    exact = thresholds * scale
    integers = exact[0] + np.arange(len(thresholds))
    if scale >= 1 and np.frexp(scale)[0] == 0.5 and exact[0] == np.rint(exact[0]) and np.array_equal(exact, integers):
        return EvenGrid(thresholds, right, scale, 0.0, float(exact[0]), 0.0)
    roundoff = np.finfo(np.float64).eps * (len(thresholds) + np.abs(exact).max())
    slack = 64 * float(roundoff)
    if slack > 1e-3 or np.abs(integers - exact).max() > slack / 4:
        return None
    return EvenGrid(thresholds, right, scale, -float(exact[0]), 0.0, slack)


BUCKETS = 8192
"""Size of a guide table."""

WORTH_A_TABLE = 16
"""Fewer thresholds are searched faster than looked up."""


@dataclass(frozen=True)
class GuideTable:
    """Uneven thresholds: a bucket of equal width tells most numbers' cell at once, the others are searched.

    A number's bucket is computed as the thresholds' are, by an increasing function. So thresholds of lower buckets lie
    below it, those of higher ones above: no rounding can change a cell.

    Attributes:
        thresholds: the boundaries, increasing.
        right: whether cells are closed on the right.
        scale: buckets per unit.
        first: first[b] = number of thresholds in buckets below b, shape (BUCKETS + 1,).
    """

    thresholds: FloatArray
    right: bool
    scale: float
    first: IntArray

    def search(self, values: FloatArray) -> IntArray:
        """Return the cell of finite numbers."""
        bucket = _bucket(values, float(self.thresholds[0]), self.scale)
        cell = np.asarray(self.first[bucket])
        doubtful = self.first[bucket + 1] > cell
        side: Literal["left", "right"] = "left" if self.right else "right"
        cell[doubtful] = np.searchsorted(self.thresholds, values[doubtful], side=side)
        return cell


def _bucket(values: FloatArray, low: float, scale: float) -> IntArray:
    with np.errstate(over="ignore"):
        place = (values - low) * scale
    return np.asarray(place.clip(0, BUCKETS - 1), dtype=np.int64)


def guide_table(thresholds: FloatArray, *, right: bool) -> GuideTable | None:
    """Return the table of these thresholds; None if they are few, or their range has no scale.

    Args:
        thresholds: increasing, shape (cells − 1,).
        right: whether cells are closed on the right.

    >>> table = guide_table(np.arange(20.0) ** 2, right=True)
    >>> table.search(np.array([-1.0, 0.0, 4.0, 5.0, 1e9])).tolist()
    [0, 0, 2, 3, 20]
    """
    if len(thresholds) < WORTH_A_TABLE:
        return None
    width = float(thresholds[-1]) - float(thresholds[0])
    if not np.isfinite(width) or width < BUCKETS / float(np.finfo(np.float64).max):
        return None
    scale = (BUCKETS - 1) / width
    counts = np.bincount(_bucket(thresholds, float(thresholds[0]), scale), minlength=BUCKETS)
    return GuideTable(thresholds, right, scale, np.concatenate([[0], np.cumsum(counts)]))
