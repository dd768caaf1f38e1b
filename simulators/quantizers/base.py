"""What every quantizer offers, and the measurements that need nothing else.

A quantizer is a pair of maps: `encode` turns raw actions into integer tokens and `decode` turns tokens
into the executed actions (codes). The action's dimension is the last axis; elementwise quantizers act
entry by entry, so any layout will do.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

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

if TYPE_CHECKING:
    from simulators.quantizers.scalar import ScalarQuantizer

Unit = Literal["step", "chunk"]
"""What one token block, and hence every error a quantizer reports, refers to."""


class Quantizer(Protocol):
    """The maps u ↦ tokens ↦ executed action (code), and what is known about them without data.

    Nothing outside a class asks for its type or its name: what others need to know is here. `PerStep` and `PerChunk`
    have what most quantizers share, so that one's own is `name`, `encode`, `decode` and whatever else it can promise.

    Attributes:
        name: what it is called.
        unit: "step" when one call of `quantize` acts on single actions, "chunk" when it acts on chunks of
            consecutive actions, whose last two axes are (time, dimension).
        steps: length of a chunk; 1 for quantizers of single steps.
        elementwise: True when every scalar is quantized alone, by the same map.
        monotone: True when every executed entry is a nondecreasing function of the raw entry, in every dimension, so
            that near actions are executed nearly alike.
        codebook: executed actions, shape (cells,) for elementwise quantizers and (cells, d) for vector
            quantizers; None when they are too many to list.
        cells: number of distinct executed actions, per scalar where each scalar has its own tokens; None when
            not a fixed finite number.
        sup_error: sup |q(u) − u| per scalar over the quantizer's range, None when there is no finite one or it is
            unknown (learned quantizers).
        first_token: number of the lowest token.
    """

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def unit(self) -> Unit:
        """What one call acts on."""
        ...

    @property
    def steps(self) -> int:
        """Length of a chunk."""
        ...

    @property
    def elementwise(self) -> bool:
        """Whether every scalar is quantized alone."""
        ...

    @property
    def monotone(self) -> bool:
        """Whether no two entries are executed in the wrong order."""
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

    @property
    def first_token(self) -> int:
        """The lowest token."""
        ...

    def sup_errors(self, dimension: int) -> FloatArray | None:
        """Return the sup error of each of `dimension` action entries over the range, shape (dimension,), or None."""
        ...

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        """Return how many values each token of an action (of a chunk) of `dimension` entries has; None if unbounded.

        In the order in which `encode` lists them.
        """
        ...

    def axes(self, dimension: int) -> "tuple[Axis, ...] | None":
        """Return the scalar quantizer of each of `dimension` entries; None if entries are not quantized one by one."""
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


class _Shared(ABC):
    """What a quantizer says that promises nothing. In a dataclass, fields that stand for these need defaults."""

    @property
    def elementwise(self) -> bool:
        """False: entries are not quantized alone."""
        return False

    @property
    def monotone(self) -> bool:
        """False: not known to be."""
        return False

    @property
    def codebook(self) -> FloatArray | None:
        """None: not listed."""
        return None

    @property
    def cells(self) -> int | None:
        """None: no fixed finite number."""
        return None

    @property
    def sup_error(self) -> float | None:
        """None: not known."""
        return None

    @property
    def first_token(self) -> int:
        """The lowest token is 0."""
        return 0

    def sup_errors(self, dimension: int) -> FloatArray | None:
        """The same for every entry."""
        return None if self.sup_error is None else np.full(dimension, self.sup_error)

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        """None: not known to be bounded."""
        return None

    def axes(self, dimension: int) -> "tuple[Axis, ...] | None":
        """None: entries are not quantized one by one."""
        return None

    @abstractmethod
    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return the tokens of raw actions."""

    @abstractmethod
    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed actions of tokens."""

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        """Return decode(encode(u))."""
        return self.decode(self.encode(u))

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return the actions themselves: nothing is clipped."""
        return np.array(u, dtype=np.float64)


class PerStep(_Shared):
    """Base class of quantizers that act on single actions."""

    @property
    def unit(self) -> Unit:
        return "step"

    @property
    def steps(self) -> int:
        return 1


class Elementwise(PerStep):
    """Base class of quantizers that apply one scalar map to every entry."""

    @property
    def elementwise(self) -> bool:
        return True


class PerChunk(_Shared):
    """Base class of quantizers that act on chunks; subclasses define `steps`.

    Attributes:
        steps: length of a chunk.
    """

    steps: int

    @property
    def unit(self) -> Unit:
        return "chunk"

    def chunks(self, name: str, value: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the value if its last axes are (steps, d).

        Raises:
            ShapeError: they are not.
        """
        array = np.asarray(value)
        if array.ndim < 2 or array.shape[-2] != self.steps:
            raise ShapeError(f"{name} must have shape (…, {self.steps}, d), got {array.shape}")
        return array


@dataclass(frozen=True)
class Axis:
    """One action entry of a quantizer that acts entry by entry: u ↦ (u − center)/scale, then a scalar quantizer.

    Attributes:
        part: the scalar quantizer, in its own units.
        center: raw value of its zero.
        scale: raw units per unit of its own, positive.
        clips: whether normalized values are clipped to [−1, 1] first.
        constant: whether every value is normalized to 0.
    """

    part: "ScalarQuantizer"
    center: float = 0.0
    scale: float = 1.0
    clips: bool = False
    constant: bool = False


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
