"""What a quantizer does to given actions: error split into clip and bin, bias, zero action, distinct actions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import FloatArray, ShapeError, finite_array
from simulators.quantizers.base import Quantizer, Unit, distinct_actions


@dataclass(frozen=True, eq=False)
class Measurement:
    """A quantizer measured on data, in the units of the data.

    Error arrays have one entry per dimension. A chunk quantizer is measured on chunks, but every number is per
    step of a chunk, as `unit` reminds.

    Attributes:
        name: the quantizer's name.
        unit: "step", or "chunk" if a step's error depends on its whole chunk.
        cells: distinct executed actions per scalar or token block, if a fixed finite number.
        distinct_actions: different action vectors executed on the data.
        average_error: mean |q(u) − u|.
        max_error: max |q(u) − u| on the data.
        clip_error: mean |p(u) − u|, p the projection on the quantizer's range.
        bin_error: mean |q(u) − p(u)|.
        clipped: share of entries that the projection moves.
        bias: mean q(u) − u.
        zero_action: q(0), the image of the zero action (of a chunk of zeros: its first step).
    """

    name: str
    unit: Unit
    cells: int | None
    distinct_actions: int
    average_error: FloatArray
    max_error: FloatArray
    clip_error: FloatArray
    bin_error: FloatArray
    clipped: FloatArray
    bias: FloatArray
    zero_action: FloatArray


def measure(quantizer: Quantizer, actions: npt.ArrayLike) -> Measurement:
    """Measure a quantizer on raw actions.

    Args:
        quantizer: the map q; learned ones should not be measured on the data they were fitted to.
        actions: shape (…, d), for chunk quantizers (…, time, d).

    Raises:
        ShapeError: no actions, or no dimension axis.
        DomainError: an entry is not finite.

    >>> from simulators.quantizers.scalar import uniform
    >>> m = measure(uniform(2), [[0.5], [2.5]])
    >>> m.clip_error.item(), m.bin_error.item(), m.clipped.item()
    (0.75, 0.25, 0.5)
    """
    u = finite_array("actions", actions)
    if u.ndim < 2 or u.size == 0:
        raise ShapeError(f"actions must have shape (…, d) with at least one action, got {u.shape}")
    executed, inside = quantizer.quantize(u), quantizer.project(u)
    samples = tuple(range(u.ndim - 1))
    error = executed - u
    zero = quantizer.quantize(np.zeros(u.shape[-2:]))[0]
    # Mapping to normalized units and back rounds; only larger moves are clips.
    moved = np.abs(inside - u) > 1e-9 * (1 + np.abs(u))
    return Measurement(
        quantizer.name,
        quantizer.unit,
        quantizer.cells,
        distinct_actions(quantizer, u),
        average_error=np.abs(error).mean(axis=samples),
        max_error=np.abs(error).max(axis=samples),
        clip_error=np.abs(inside - u).mean(axis=samples),
        bin_error=np.abs(executed - inside).mean(axis=samples),
        clipped=moved.mean(axis=samples),
        bias=error.mean(axis=samples),
        zero_action=zero,
    )
