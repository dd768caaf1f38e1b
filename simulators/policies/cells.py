"""Cells of quantizers that act dimension by dimension, as intervals of the Gaussian before anything is clipped."""

import math
from dataclasses import dataclass

import numpy as np

from simulators.errors import FloatArray, ShapeError
from simulators.quantizers.base import Quantizer
from simulators.quantizers.learned import PerDimension
from simulators.quantizers.normalizers import Normalized, Normalizer
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


def scalar_parts(quantizer: Quantizer, dimension: int) -> tuple[ScalarQuantizer, ...] | None:
    """Return the scalar quantizer of each action dimension; None if dimensions are not quantized one by one.

    Raises:
        ShapeError: the quantizer has another number of dimensions.

    >>> from simulators.quantizers.scalar import uniform
    >>> [part.cells for part in scalar_parts(PerDimension("mixed", (uniform(1), uniform(2))), 2)]
    [1, 2]
    """
    inner = quantizer.inner if isinstance(quantizer, Normalized) else quantizer
    if isinstance(quantizer, Normalized) and quantizer.normalizer.dimension != dimension:
        raise ShapeError(f"quantizer must have {dimension} dimensions, got {quantizer.normalizer.dimension}")
    if isinstance(inner, ScalarQuantizer):
        return (inner,) * dimension
    if not isinstance(inner, PerDimension):
        return None
    if len(inner.parts) != dimension:
        raise ShapeError(f"quantizer must have {dimension} dimensions, got {len(inner.parts)}")
    return inner.parts


def cells_of(quantizer: Quantizer, dimension: int, low: float, high: float) -> tuple[Cells, ...] | None:
    """Return the cells of each dimension for actions clipped to [low, high]; None as in `scalar_parts`.

    Edges in raw units are those of the quantizer, mapped by the normalizer: exact up to rounding of that map.

    Args:
        quantizer: scalar, per dimension, or one of them behind a normalizer.
        dimension: of the actions.
        low: the policy's lower clip, −inf for none.
        high: its upper clip, inf for none.

    Raises:
        ShapeError: the quantizer has another number of dimensions.

    >>> from simulators.quantizers.scalar import uniform
    >>> ten = Normalized(Normalizer("bounds", [0.0], [10.0], [True], [False]), uniform(4))
    >>> cells_of(ten, 1, -5.0, 100.0)[0].ends.tolist()
    [-inf, -5.0, 0.0, 5.0, inf]
    """
    parts = scalar_parts(quantizer, dimension)
    if parts is None:
        return None
    if not isinstance(quantizer, Normalized):
        known = {id(part): _Axis(part, 0.0, 1.0).cells(low, high) for part in parts}
        return tuple(known[id(part)] for part in parts)
    n = quantizer.normalizer
    return tuple(_of_normalizer(part, n, j).cells(low, high) for j, part in enumerate(parts))


def _of_normalizer(part: ScalarQuantizer, n: Normalizer, j: int) -> "_Axis":
    return _Axis(part, float(n.center[j]), float(n.scale[j]), clips=bool(n.clips[j]), constant=bool(n.constant[j]))


@dataclass(frozen=True, eq=False)
class _Axis:
    """A scalar quantizer behind the affine map of one dimension."""

    part: ScalarQuantizer
    center: float
    scale: float
    clips: bool = False
    constant: bool = False

    def cells(self, low: float, high: float) -> Cells:
        first = self.part.outside == "first"
        ends = self.part.edges * self.scale + self.center
        beyond = float(ends[-1]) if first else math.inf
        ends[0] = -math.inf
        if not first:
            ends[-1] = math.inf
        found = Cells(self.part, ends, beyond)
        if self.constant:
            return self._below(self._above(found, -math.inf, 0.0), math.inf, 0.0)
        if self.clips:
            found = self._above(found, self.center - self.scale, -1.0)
            found = self._below(found, self.center + self.scale, 1.0)
        if low > -math.inf:
            found = self._above(found, low, self._forward(low))
        return self._below(found, high, self._forward(high)) if high < math.inf else found

    def _forward(self, u: float) -> float:
        """As the normalizer computes it."""
        a = (u - self.center) / self.scale
        return min(max(a, -1.0), 1.0) if self.clips else a

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
