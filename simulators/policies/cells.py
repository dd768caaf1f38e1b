"""Cells of quantizers that act dimension by dimension, as intervals of the Gaussian before anything is clipped."""

import math
from dataclasses import dataclass

import numpy as np

from simulators.errors import FloatArray
from simulators.quantizers.base import Axis, Quantizer
from simulators.quantizers.scalar import ScalarQuantizer


@dataclass(frozen=True, eq=False)
class Cells:
    """Which unclipped values get which code in one dimension, in raw units.

    Cell k is the interval from ends[k] to ends[k + 1]; all values from `beyond` on are in cell 0 as well. What is
    clipped, by the policy or by a normalizer, sits in the cell to which the quantizer itself gives the clip's end, so
    its mass is part of that interval.

    Attributes:
        part: the scalar quantizer of this dimension, in its own units.
        ends: shape (cells + 1,), nondecreasing, infinite where mass is clipped.
        beyond: inf for quantizers that clip.
    """

    part: ScalarQuantizer
    ends: FloatArray
    beyond: float


def cells_of(quantizer: Quantizer, dimension: int, low: float, high: float) -> tuple[Cells, ...] | None:
    """Return the cells of each dimension for actions clipped to [low, high]; None if no dimension has its own.

    Edges in raw units are those of the quantizer, mapped by the normalizer: exact up to rounding of that map.

    Args:
        quantizer: scalar, per dimension, or one of them behind a normalizer.
        dimension: of the actions.
        low: the policy's lower clip, −inf for none.
        high: its upper clip, inf for none.

    Raises:
        ShapeError: the quantizer has another number of dimensions.

    >>> from simulators.quantizers.normalizers import Normalized, Normalizer
    >>> from simulators.quantizers.scalar import uniform
    >>> ten = Normalized(Normalizer("bounds", [0.0], [10.0], [True], [False]), uniform(4))
    >>> cells_of(ten, 1, -5.0, 100.0)[0].ends.tolist()
    [-inf, -5.0, 0.0, 5.0, inf]
    """
    axes = quantizer.axes(dimension)
    if axes is None:
        return None
    known = {axis: _Cut(axis).cells(low, high) for axis in set(axes)}
    return tuple(known[axis] for axis in axes)


@dataclass(frozen=True, eq=False)
class _Cut:
    """A scalar quantizer behind the affine map of one dimension."""

    axis: Axis

    @property
    def part(self) -> ScalarQuantizer:
        return self.axis.part

    def cells(self, low: float, high: float) -> Cells:
        first = self.part.outside == "first"
        ends = self.part.edges * self.axis.scale + self.axis.center
        beyond = float(ends[-1]) if first else math.inf
        ends[0] = -math.inf
        if not first:
            ends[-1] = math.inf
        found = Cells(self.part, ends, beyond)
        if self.axis.constant:
            return self._below(self._above(found, -math.inf, 0.0), math.inf, 0.0)
        if self.axis.clips:
            found = self._above(found, self.axis.center - self.axis.scale, -1.0)
            found = self._below(found, self.axis.center + self.axis.scale, 1.0)
        if low > -math.inf:
            found = self._above(found, low, self._forward(low))
        return self._below(found, high, self._forward(high)) if high < math.inf else found

    def _forward(self, u: float) -> float:
        """As the normalizer computes it."""
        a = (u - self.axis.center) / self.axis.scale
        return min(max(a, -1.0), 1.0) if self.axis.clips else a

    def _cell(self, a: float) -> int:
        return int(self.part.cell_of_token(self.part.encode(a)))

    def _is_beyond(self, a: float) -> bool:
        return self.part.outside == "first" and a >= self.part.high

    def _above(self, cells: Cells, u: float, a: float) -> Cells:
        """Everything below u executes what the normalized value a does."""
        k, ends = self._cell(a), cells.ends.copy()
        if self._is_beyond(a):
            ends[1:] = math.inf
            return Cells(self.part, ends, math.inf)
        ends[k + 1 :] = np.maximum(ends[k + 1 :], u)
        ends[: k + 1] = -math.inf
        return Cells(self.part, ends, cells.beyond)

    def _below(self, cells: Cells, u: float, a: float) -> Cells:
        """Everything above u executes what the normalized value a does."""
        k, ends = self._cell(a), cells.ends.copy()
        if self._is_beyond(a):
            return cells
        ends[: k + 1] = np.minimum(ends[: k + 1], u)
        ends[k + 1 :] = math.inf
        return Cells(self.part, ends, math.inf)
