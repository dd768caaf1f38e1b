"""Normalizers, per dimension, and their composition with a quantizer of normalized actions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError, finite_array
from simulators.quantizers.base import Axis, PerStep, Quantizer, Unit
from simulators.quantizers.statistics import Statistics

GUARD = 1e-8
"""What most projects add to a range or a standard deviation before they divide by it."""

OPENPI_GUARD = 1e-6
"""What openpi adds to a range."""

NARROW = 100.0
"""A normalizer is too narrow for a dimension whose data reach this many of its units."""


@dataclass(frozen=True)
class Degenerate:
    """A dimension that a normalizer does not fit.

    Attributes:
        dimension: its number, from 0.
        kind: "constant": the data never change; "collapsed": they do, but the statistic it is scaled by is 0 (q01 = q99
            with rare events); "narrow": the data reach far beyond the scale.
        effect: "none" for constant dimensions; "erased" where normalized values are clipped, so that whatever goes on
            outside the scale is executed as its end; "explodes" where they are not, so that codes and tokens run to
            huge values.
        reach: largest normalized size of the data before clipping; NaN where their range is unknown.
    """

    dimension: int
    kind: Literal["constant", "collapsed", "narrow"]
    effect: Literal["none", "erased", "explodes"]
    reach: float

    @property
    def sentence(self) -> str:
        """What is the matter and what becomes of it, for a note.

        >>> Degenerate(2, "collapsed", "erased", 2e8).sentence
        'dimension 2 changes, but its scale is 0: what lies outside is erased'
        """
        matter = {
            "constant": "never changes",
            "collapsed": "changes, but its scale is 0",
            "narrow": f"reaches {self.reach:.3g} units of its scale",
        }[self.kind]
        becomes = {
            "none": "",
            "erased": ": what lies outside is erased",
            "explodes": f": normalized values reach {self.reach:.3g}, more than tokens can stand for",
        }[self.effect]
        return f"dimension {self.dimension} {matter}{becomes}"


@dataclass(frozen=True, eq=False)
class Normalizer:
    """Affine map x ↦ (x − center)/scale per dimension (the last axis), optionally clipped to [−1, 1].

    Attributes:
        name: which rule chose the numbers.
        center: shape (d,), raw units.
        scale: shape (d,), raw units per normalized unit, positive.
        clips: shape (d,), whether normalized values are clipped to [−1, 1].
        constant: shape (d,), dimensions that normalize to 0 and are executed as `center` whatever they hold.
        degenerate: dimensions that the numbers do not fit, and what then happens to them.

    Raises:
        ShapeError: the fields differ in length.
        DomainError: a scale is not positive, or a number is not finite.

    >>> n = Normalizer("bounds", [1.0], [2.0], [False], [False])
    >>> n.forward([[5.0]]).item(), n.inverse([[2.0]]).item()
    (2.0, 5.0)
    """

    name: str
    center: FloatArray
    scale: FloatArray
    clips: npt.NDArray[np.bool_]
    constant: npt.NDArray[np.bool_]
    degenerate: tuple[Degenerate, ...] = ()

    def __post_init__(self) -> None:
        center = finite_array("center", self.center, ndim=1)
        scale = finite_array("scale", self.scale, shape=center.shape)
        if np.any(scale <= 0):
            raise DomainError(f"scale must be positive, got {scale}")
        object.__setattr__(self, "center", center)
        object.__setattr__(self, "scale", scale)
        for name, value in (("clips", self.clips), ("constant", self.constant)):
            flags = np.array(value, dtype=np.bool_)
            if flags.shape != center.shape:
                raise ShapeError(f"{name} must have shape {center.shape}, got {flags.shape}")
            flags.setflags(write=False)
            object.__setattr__(self, name, flags)

    @property
    def dimension(self) -> int:
        """Number of action dimensions d."""
        return len(self.center)

    def affine(self, x: npt.ArrayLike) -> FloatArray:
        """Return normalized actions before any clipping, shape (…, d).

        Raises:
            ShapeError: the last axis does not have length d.
            DomainError: an entry is not finite.
        """
        raw = np.asarray(x)
        if raw.dtype != np.float64 or not np.isfinite(raw).all():
            raw = finite_array("x", x)
        if raw.ndim == 0 or raw.shape[-1] != self.dimension:
            raise ShapeError(f"x must have shape (…, {self.dimension}), got {raw.shape}")
        normalized: FloatArray = raw - self.center
        normalized /= self.scale
        if self.constant.any():
            normalized[..., self.constant] = 0.0
        return normalized

    def forward(self, x: npt.ArrayLike) -> FloatArray:
        """Return normalized actions, clipped where the rule clips."""
        normalized = self.affine(x)
        if self.clips.all():
            return np.clip(normalized, -1.0, 1.0, out=normalized)
        if self.clips.any():
            normalized[..., self.clips] = np.clip(normalized[..., self.clips], -1.0, 1.0)
        return normalized

    def inverse(self, a: npt.ArrayLike) -> FloatArray:
        """Return raw actions of normalized ones, shape (…, d)."""
        raw: FloatArray = np.asarray(a, dtype=np.float64) * self.scale
        raw += self.center
        if self.constant.any():
            raw[..., self.constant] = self.center[self.constant]
        return raw


Rule = Callable[[Statistics], Normalizer]
"""How statistics of raw actions become a normalizer."""


def openvla_q99(statistics: Statistics) -> Normalizer:
    """Return OpenVLA's quantile normalizer: [q01, q99] to [−1, 1] with a guard of 1e-8, clipped.

    Dimensions outside the mask (the gripper) pass unchanged; constant ones become 0, and are executed as they are.

    Raises:
        DomainError: q99 < q01 somewhere.

    >>> n = openvla_q99(Statistics({"q01": [0.0, 0.0], "q99": [2.0, 1.0]}, mask=[True, False]))
    >>> n.forward([3.0, 0.25]).tolist(), n.inverse([1.0, 0.25]).round(6).tolist()
    ([1.0, 0.25], [2.0, 0.25])
    """
    low, half = _quantile_range(statistics, GUARD)
    return _normalizer("openvla_q99", statistics, low + half, half, clips=True, rests=True)


def openpi_q99(statistics: Statistics) -> Normalizer:
    """Return openpi's quantile normalizer: [q01, q99] to [−1, 1] with a guard of 1e-6, not clipped.

    Raises:
        DomainError: q99 < q01 somewhere.

    >>> openpi_q99(Statistics({"q01": [0.0], "q99": [2.0]})).forward([3.0]).round(5).tolist()
    [2.0]
    """
    low, half = _quantile_range(statistics, OPENPI_GUARD)
    return _normalizer("openpi_q99", statistics, low + half, half)


def bounds(statistics: Statistics) -> Normalizer:
    """Return the map of each dimension's [low, high] to [−1, 1]; constant dimensions are executed as they are.

    >>> bounds(Statistics.of([[0.0], [4.0]])).forward([[1.0]]).item()
    -0.5
    """
    low, high = statistics["low"], statistics["high"]
    with np.errstate(over="ignore"):
        width = high - low
    if not np.isfinite(width).all():
        raise DomainError(f"high − low must be finite, got low={low}, high={high}")
    half = np.where(low == high, 1.0, width / 2)
    return _normalizer("bounds", statistics, low + np.where(low == high, 0.0, half), half, rests=True)


def zscore(statistics: Statistics) -> Normalizer:
    """Return (x − mean)/(std + 1e-8).

    >>> zscore(Statistics.of([[0.0], [4.0]])).forward([[4.0]]).round(6).item()
    1.0
    """
    return _normalizer("zscore", statistics, statistics["mean"], statistics["std"] + GUARD)


def _quantile_range(statistics: Statistics, guard: float) -> tuple[FloatArray, FloatArray]:
    low, high = statistics["q01"], statistics["q99"]
    if np.any(high < low):
        raise DomainError(f"q99 must be at least q01, got q01={low}, q99={high}")
    return low, (high - low + guard) / 2


def _normalizer(
    name: str,
    statistics: Statistics,
    center: FloatArray,
    scale: FloatArray,
    *,
    clips: bool = False,
    rests: bool = False,
) -> Normalizer:
    """Apply the mask, and say what does not fit; `rests`: constant dimensions become 0."""
    active, constant = statistics.active, statistics.constant
    center, scale = np.where(active, center, 0.0), np.where(active, scale, 1.0)
    reach = np.full(len(center), np.nan)
    if statistics.ends is not None:
        furthest = np.abs(np.stack(statistics.ends) - center).max(axis=0)
        reach = np.where(constant, 0.0, furthest / scale)
    found = []
    for j in range(len(center)):
        if constant[j]:
            found.append(Degenerate(j, "constant", "none", 0.0))
        elif active[j] and (scale[j] <= OPENPI_GUARD / 2 or reach[j] > NARROW):
            kind: Literal["collapsed", "narrow"] = "collapsed" if scale[j] <= OPENPI_GUARD / 2 else "narrow"
            found.append(Degenerate(j, kind, "erased" if clips else "explodes", float(reach[j])))
    resting = active & constant & rests
    if statistics.has("low", "high"):  # the data may stand still in a given range
        resting &= statistics["low"] == statistics["high"]
    return Normalizer(name, center, scale, active & clips, resting, tuple(found))


@dataclass(frozen=True, eq=False)
class Normalized(PerStep):
    """A quantizer of normalized actions, seen from raw actions: normalize, quantize, map back.

    Attributes:
        normalizer: the per-dimension map.
        inner: the quantizer in normalized units.

    >>> from simulators.quantizers.scalar import uniform
    >>> q = Normalized(Normalizer("bounds", [0.0], [10.0], [True], [False]), uniform(2))
    >>> q.quantize([[3.0], [30.0]]).ravel().tolist(), q.sup_errors(1).tolist()
    ([5.0, 5.0], [5.0])
    """

    normalizer: Normalizer
    inner: Quantizer

    @property
    def name(self) -> str:
        """Normalizer and quantizer, in the order they act."""
        return f"{self.normalizer.name}+{self.inner.name}"

    @property
    def unit(self) -> Unit:
        return self.inner.unit

    @property
    def steps(self) -> int:
        return self.inner.steps

    @property
    def monotone(self) -> bool:
        """As the inner quantizer: the map to normalized units increases."""
        return self.inner.monotone

    @property
    def codebook(self) -> FloatArray | None:
        """Executed raw actions of an inner vector quantizer; None for scalar ones (a product of sets)."""
        book = self.inner.codebook
        return None if book is None or self.inner.elementwise else self.normalizer.inverse(book)

    @property
    def cells(self) -> int | None:
        return self.inner.cells

    @property
    def first_token(self) -> int:
        return self.inner.first_token

    @property
    def sup_error(self) -> float | None:
        """The largest of `sup_errors`, raw units."""
        errors = self.sup_errors(self.normalizer.dimension)
        return None if errors is None else float(errors.max())

    def sup_errors(self, dimension: int) -> FloatArray | None:
        """Sup error inside the range per dimension, raw units; 0 for constant ones; None if the inner has none."""
        self._require(dimension)
        inner = self.inner.sup_errors(dimension)
        return None if inner is None else np.where(self.normalizer.constant, 0.0, self.normalizer.scale * inner)

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        return self.inner.token_counts(dimension)

    def axes(self, dimension: int) -> tuple[Axis, ...] | None:
        """Those of the inner quantizer, behind the map of each dimension.

        Raises:
            ShapeError: another number of dimensions.
        """
        self._require(dimension)
        inner, n = self.inner.axes(dimension), self.normalizer
        if inner is None:
            return None
        return tuple(
            replace(a, center=float(c), scale=float(s), clips=bool(clips), constant=bool(rests))
            for a, c, s, clips, rests in zip(inner, n.center, n.scale, n.clips, n.constant, strict=True)
        )

    def _require(self, dimension: int) -> None:
        if self.normalizer.dimension != dimension:
            raise ShapeError(f"quantizer must have {dimension} dimensions, got {self.normalizer.dimension}")

    def encode(self, u: npt.ArrayLike) -> IntArray:
        return self.inner.encode(self.normalizer.forward(u))

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        return self.normalizer.inverse(self.inner.decode(token))

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        return self.normalizer.inverse(self.inner.quantize(self.normalizer.forward(u)))

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return raw actions clipped by the normalizer and by the inner quantizer's range."""
        return self.normalizer.inverse(self.inner.project(self.normalizer.forward(u)))
