"""What every quantizer offers, and the measurements that need nothing else.

A quantizer is a pair of maps: `encode` turns raw actions into integer tokens and `decode` turns tokens
into the executed actions (codes). The action's dimension is the last axis; elementwise quantizers act
entry by entry, so any layout will do.
"""

import math
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from simulators.errors import (
    DomainError,
    FloatArray,
    IntArray,
    ShapeError,
    choice,
    finite_array,
    positive_int,
)
from simulators.norms import NORMS, norm_along

Unit = Literal["step", "chunk"]
"""What one token block, and hence every error a quantizer reports, refers to."""


class Quantizer(Protocol):
    """The maps u ↦ token ↦ code and what is known about them without data.

    Attributes:
        name: the preset's name.
        elementwise: True when every scalar is quantized alone, by the same map.
        unit: "step" when one call of `quantize` acts on single actions, "chunk" when it acts on chunks of
            consecutive actions, whose last two axes are (time, dimension).
        codebook: executed actions, shape (cells,) for elementwise quantizers and (cells, d) for vector
            quantizers; None when they are too many to list.
        cells: number of distinct executed actions, per scalar where each scalar has its own tokens; None when
            not a fixed finite number.
        sup_error: sup |q(u) − u| per scalar over the quantizer's range, None when there is no finite one or it is
            unknown (learned quantizers).
    """

    @property
    def name(self) -> str:
        """The preset's name."""
        ...

    @property
    def elementwise(self) -> bool:
        """Whether every scalar is quantized alone."""
        ...

    @property
    def unit(self) -> Unit:
        """What one call acts on."""
        ...

    @property
    def codebook(self) -> FloatArray | None:
        """The executed actions, if listed."""
        ...

    @property
    def cells(self) -> int | None:
        """How many executed actions there are."""
        ...

    @property
    def sup_error(self) -> float | None:
        """The sup error per scalar."""
        ...

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return the tokens of raw actions."""
        ...

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed actions of tokens."""
        ...

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        """Return decode(encode(u))."""
        ...

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return raw actions moved into the quantizer's range: u itself where nothing is clipped."""
        ...


class PerStep:
    """What quantizers share that act on single actions."""

    @property
    def unit(self) -> Unit:
        """Errors are per step."""
        return "step"


class Elementwise(PerStep):
    """What quantizers share that map every scalar alone, by the same map."""

    @property
    def elementwise(self) -> bool:
        """True: every scalar is quantized alone."""
        return True


def lift_error(per_scalar: float, norm: str, dimension: int) -> float:
    """Return the sup error of a vector whose every entry errs by at most `per_scalar`.

    Args:
        per_scalar: the bound on each entry's error.
        norm: "linf" (the same number) or "l2" (√dimension times it).
        dimension: number of entries.

    >>> lift_error(0.5, "l2", 4)
    1.0
    """
    positive_int("dimension", dimension)
    return per_scalar * (math.sqrt(dimension) if choice("norm", norm, NORMS) == "l2" else 1.0)


def average_error(quantizer: Quantizer, actions: npt.ArrayLike, *, norm: str = "linf") -> float:
    """Return the mean over data of ‖q(u) − u‖, the only error a learned quantizer controls.

    Args:
        quantizer: the map q.
        actions: raw actions, shape (…, d); for chunk quantizers (…, time, d), and every step counts once.
        norm: "linf" or "l2", over the last axis.

    Raises:
        ShapeError: no actions at all, or a scalar.

    >>> from simulators.quantizers.scalar import uniform
    >>> average_error(uniform(2), [[0.5], [1.0]])
    0.25
    """
    u = finite_array("actions", actions)
    if u.ndim == 0 or u.size == 0:
        raise ShapeError(f"actions must have shape (…, d) with at least one action, got {u.shape}")
    return float(norm_along(quantizer.quantize(u) - u, norm).mean())


def distinct_actions(quantizer: Quantizer, actions: npt.ArrayLike) -> int:
    """Return how many different actions (vectors along the last axis) the quantizer executes on the data.

    >>> from simulators.quantizers.scalar import uniform
    >>> distinct_actions(uniform(2), [[0.5], [0.7], [-1.0]])
    2
    """
    u = finite_array("actions", actions)
    if u.ndim == 0 or u.size == 0:
        raise ShapeError(f"actions must have shape (…, d) with at least one action, got {u.shape}")
    codes = quantizer.quantize(u)
    return len(np.unique(codes.reshape(-1, codes.shape[-1]), axis=0))


def require_in_codebook(quantizer: Quantizer, codes: FloatArray) -> None:
    """Check that executed actions are entries of the quantizer's codebook (no check if it lists none).

    Args:
        quantizer: the quantizer that produced the codes.
        codes: executed actions, dimension last.

    Raises:
        DomainError: an executed action is not in the codebook.
    """
    book = quantizer.codebook
    if book is None:
        return
    rows, listed = (codes.reshape(-1, 1), book[:, None]) if quantizer.elementwise else (_rows(codes), book)
    known = {row.tobytes() for row in np.ascontiguousarray(listed + 0.0)}
    for row in np.unique(rows + 0.0, axis=0):
        if row.tobytes() not in known:
            raise DomainError(f"quantizer {quantizer.name!r} must execute codes only, got {row.tolist()}")


def _rows(codes: FloatArray) -> FloatArray:
    return codes.reshape(-1, codes.shape[-1])


def as_tokens(name: str, value: npt.ArrayLike, low: int, high: int) -> npt.NDArray[Any]:
    """Return integer tokens between low and high inclusive.

    Raises:
        DomainError: not integers, or out of range.

    >>> as_tokens("token", [0, 3], 0, 2)
    Traceback (most recent call last):
    simulators.errors.DomainError: token must lie between 0 and 2, got 3
    """
    tokens = np.asarray(value)
    if tokens.dtype.kind not in "iu":
        raise DomainError(f"{name} must hold integers, got dtype {tokens.dtype}")
    outside = (tokens < low) | (tokens > high)
    if outside.any():
        raise DomainError(f"{name} must lie between {low} and {high}, got {tokens[outside].flat[0]}")
    return tokens


def encode_columns(quantizer: Quantizer, u: FloatArray) -> IntArray:
    """Return the tokens of dimension-major actions.

    Args:
        quantizer: a quantizer of single steps.
        u: raw actions, shape (…, d, M).

    Returns:
        Tokens, shape (…, d, M) for elementwise quantizers and (…, tokens per action, M) for others.

    Raises:
        DomainError: the quantizer acts on chunks.

    >>> from simulators.quantizers.scalar import uniform
    >>> encode_columns(uniform(2), np.array([[-1.0, 1.0]]))
    array([[0, 1]])
    """
    if quantizer.elementwise:
        return quantizer.encode(u)
    _require_steps(quantizer)
    tokens = quantizer.encode(np.moveaxis(u, -2, -1))
    return tokens[..., None, :] if tokens.ndim == u.ndim - 1 else np.moveaxis(tokens, -1, -2)


def quantize_columns(quantizer: Quantizer, u: FloatArray) -> FloatArray:
    """Return the executed actions of dimension-major raw actions, shape (…, d, M).

    Raises:
        DomainError: the quantizer acts on chunks.

    >>> from simulators.quantizers.scalar import uniform
    >>> quantize_columns(uniform(2), np.array([[-1.0, 1.0]]))
    array([[-0.5,  0.5]])
    """
    if quantizer.elementwise:
        return quantizer.quantize(u)
    _require_steps(quantizer)
    return np.moveaxis(quantizer.quantize(np.moveaxis(u, -2, -1)), -1, -2)


def _require_steps(quantizer: Quantizer) -> None:
    if quantizer.unit != "step":
        raise DomainError(f"quantizer {quantizer.name!r} must act on single steps here, got unit {quantizer.unit!r}")
