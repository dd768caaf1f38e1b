"""Tables of numbers that a page interpolates: axes with their scales, and a compact text for the numbers.

A page multiplies tables and adds the products up; it knows no formula. Every number in a table comes from the
evaluation of a statement, at nodes close enough that the interpolated value has three correct digits.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bounds import ParameterError

__all__ = ["CENTRED_WIDTH", "Axis", "Table", "packed"]

Scale = Literal["linear", "log", "centred"]

CENTRED_WIDTH = 0.004
"""Around 1, where sums of powers turn from bounded to exponential, within about one over the horizon."""

_QUANTUM_RANGE = (1e-12, 1e-3)
_LARGEST_STEP = 2**53  # whole numbers that a page's arithmetic keeps exactly


@dataclass(frozen=True)
class Axis:
    """Nodes along one quantity.

    Attributes:
        of: name of the quantity.
        nodes: its values, increasing.
        scale: in which coordinate a page interpolates: the value, its logarithm, or asinh((value - 1) / width), which
            is fine around 1 and logarithmic away from it.

    Raises:
        ParameterError: fewer than two nodes, not increasing, not finite, or not positive on a logarithmic scale.

    Example:
        >>> Axis("H", (1, 10, 100), "log").nodes
        array([  1.,  10., 100.])
    """

    of: str
    nodes: NDArray[np.float64]
    scale: Scale = "linear"

    def __init__(self, of: str, nodes: ArrayLike, scale: Scale = "linear") -> None:
        values = np.array(nodes, dtype=np.float64)
        if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
            raise ParameterError(f"nodes of {of} must be two or more finite, increasing numbers, got {nodes!r}")
        if scale == "log" and values[0] <= 0:
            raise ParameterError(f"nodes of {of} must be positive on a logarithmic scale, got {values[0]!r}")
        values.setflags(write=False)
        object.__setattr__(self, "of", of)
        object.__setattr__(self, "nodes", values)
        object.__setattr__(self, "scale", scale)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"of": self.of, "scale": self.scale, "nodes": self.nodes.tolist()}


@dataclass(frozen=True)
class Table:
    """Numbers over a grid, interpolated in their logarithms unless said otherwise.

    Attributes:
        axes: one for each dimension.
        values: the numbers; shape is the lengths of the axes.
        logarithmic: whether logarithms are interpolated, as products of powers want it.
        quantum: what stored numbers are multiples of: the largest relative error of a stored number is half of it
            (of a number that is not stored as a logarithm, the absolute error).
        zero: for a quantity, the value below the first node at which the number is exactly 0.
        ceiling: where numbers are cut; a page shows none that are so large.

    Raises:
        ParameterError: shapes disagree, a number is not finite, or not positive where logarithms are stored; the
            quantum is outside of [1e-12, 1e-3]; a zero is not below the nodes.

    Example:
        >>> Table((Axis("H", (1, 1000), "log"),), [2.0, 2000.0]).values
        array([   2., 2000.])
    """

    axes: tuple[Axis, ...]
    values: NDArray[np.float64]
    logarithmic: bool = True
    quantum: float = 1e-9
    zero: Mapping[str, float] = field(default_factory=dict)
    ceiling: float = math.inf

    def __post_init__(self) -> None:
        values = np.minimum(np.array(self.values, dtype=np.float64), self.ceiling)
        shape = tuple(axis.nodes.size for axis in self.axes)
        if values.shape != shape:
            raise ParameterError(f"values must have the shape of the axes, {shape}, got {values.shape}")
        if not np.isfinite(values).all() or (self.logarithmic and (values <= 0).any()):
            kind = "positive and finite" if self.logarithmic else "finite"
            raise ParameterError(f"values must be {kind}, got a smallest of {values.min()!r}")
        if not _QUANTUM_RANGE[0] <= self.quantum <= _QUANTUM_RANGE[1]:
            raise ParameterError(f"quantum must be in [1e-12, 1e-3], got {self.quantum!r}")
        first = {axis.of: axis.nodes[0] for axis in self.axes}
        for name, value in self.zero.items():
            if not value < first.get(name, -math.inf):
                raise ParameterError(f"zero must name an axis and lie below its nodes, got {name} = {value!r}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "zero", MappingProxyType(dict(self.zero)))

    def to_json(self) -> dict[str, Any]:
        """As plain values, the numbers packed."""
        stored = np.log(self.values) if self.logarithmic else self.values
        return {
            "axes": [axis.to_json() for axis in self.axes],
            "log": self.logarithmic,
            "quantum": self.quantum,
            "zero": dict(self.zero),
            "numbers": packed(np.rint(stored / self.quantum).astype(np.int64)),
        }


def packed(numbers: NDArray[np.int64]) -> str:
    """Whole numbers as text: second differences along the last axis, seven bits a byte, in base64.

    A smooth row has small second differences, so that most numbers take a byte. The sign is the lowest bit; a byte
    whose highest bit is set is followed by more.

    Example:
        >>> packed(np.array([[5, 7, 9]]))
        'CgUA'
    """
    steps = np.diff(np.diff(numbers, axis=-1, prepend=0), axis=-1, prepend=0).ravel()
    if steps.size and np.abs(steps).max() >= _LARGEST_STEP // 2:
        raise ParameterError(f"numbers must be below 2^51, got {int(np.abs(numbers).max())}")
    rest = np.where(steps < 0, -2 * steps - 1, 2 * steps)
    groups: list[NDArray[np.int64]] = []
    while rest.any() or not groups:
        groups.append(rest & 127)
        rest = rest >> 7
    septets = np.stack(groups, axis=-1)
    used = np.maximum(septets.shape[-1] - np.argmax(septets[:, ::-1] > 0, axis=-1), 1)
    used[~septets.any(axis=-1)] = 1
    place = np.arange(septets.shape[-1])
    octets = septets | np.where(place < used[:, None] - 1, 128, 0)
    return b64encode(octets[place < used[:, None]].astype(np.uint8).tobytes()).decode("ascii")
