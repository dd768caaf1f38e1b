"""What a quantizer does to given actions: error split into clip and bin, bias, zero action, distinct actions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import FloatArray, ShapeError, finite_array
from simulators.quantizers.base import Quantizer, Unit


@dataclass(frozen=True, eq=False)
class Errors:
    """What executing q(u) instead of u costs, split at the projection p on the quantizer's range.

    Arrays have one entry per dimension, in the units of the data.

    Attributes:
        average_error: mean |q(u) − u|.
        max_error: max |q(u) − u|.
        clip_error: mean |p(u) − u|.
        max_clip: max |p(u) − u|.
        bin_error: mean |q(u) − p(u)|.
        clipped: share of entries that the projection moves.
        bias: mean q(u) − u.
    """

    average_error: FloatArray
    max_error: FloatArray
    clip_error: FloatArray
    max_clip: FloatArray
    bin_error: FloatArray
    clipped: FloatArray
    bias: FloatArray


def split_columns(u: FloatArray, executed: FloatArray, inside: FloatArray) -> Errors:
    """Return the errors of executed actions in dimension-major arrays, shape (d, M): much faster for small d.

    Args:
        u: raw actions.
        executed: q(u).
        inside: p(u).

    >>> split_columns(np.array([[0.5, 2.5]]), np.array([[0.5, 0.5]]), np.array([[0.5, 1.0]])).max_error
    array([2.])
    """
    error, clip = executed - u, np.abs(inside - u)
    size = np.abs(error)
    # Mapping to normalized units and back rounds; only larger moves are clips.
    moved = clip > 1e-9 * (1 + np.abs(u))
    return Errors(
        average_error=size.mean(axis=1),
        max_error=size.max(axis=1),
        clip_error=clip.mean(axis=1),
        max_clip=clip.max(axis=1),
        bin_error=np.abs(executed - inside).mean(axis=1),
        clipped=moved.mean(axis=1),
        bias=error.mean(axis=1),
    )


@dataclass(frozen=True, eq=False)
class Measurement(Errors):
    """A quantizer measured on data.

    A chunk quantizer is measured on chunks, but every number is per step of a chunk, as `unit` reminds.

    Attributes:
        name: the quantizer's name.
        unit: "step", or "chunk" if a step's error depends on its whole chunk.
        cells: distinct executed actions per scalar or token block, if a fixed finite number.
        distinct_actions: different action vectors executed on the data.
        zero_action: q(0), the image of the zero action (of a chunk of zeros: its first step).
    """

    name: str
    unit: Unit
    cells: int | None
    distinct_actions: int
    zero_action: FloatArray


def zero_action(quantizer: Quantizer, dimension: int) -> FloatArray:
    """Return q(0), shape (dimension,): the first step of a chunk of zeros for chunk quantizers.

    >>> from simulators.quantizers.scalar import uniform
    >>> zero_action(uniform(2), 1)
    array([-0.5])
    """
    return np.asarray(quantizer.quantize(np.zeros((quantizer.steps, dimension)))[0])


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
    executed = quantizer.quantize(u)
    split = (np.ascontiguousarray(a.reshape(-1, u.shape[-1]).T) for a in (u, executed, quantizer.project(u)))
    return Measurement(
        **vars(split_columns(*split)),
        name=quantizer.name,
        unit=quantizer.unit,
        cells=quantizer.cells,
        distinct_actions=len(np.unique(executed.reshape(-1, executed.shape[-1]), axis=0)),
        zero_action=zero_action(quantizer, u.shape[-1]),
    )
