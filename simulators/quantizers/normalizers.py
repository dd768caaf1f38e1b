"""Normalizers, per dimension, and their composition with a quantizer of normalized actions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError, finite_array
from simulators.quantizers.base import Quantizer, Unit

GUARD = 1e-8
"""What the projects add to a range or a standard deviation before they divide by it."""


@dataclass(frozen=True, eq=False)
class Normalizer:
    """Affine map x ↦ (x − center)/scale per dimension (the last axis), optionally clipped to [−1, 1].

    Attributes:
        name: which rule chose the numbers.
        center: shape (d,), raw units.
        scale: shape (d,), raw units per normalized unit, positive.
        clips: shape (d,), whether normalized values are clipped to [−1, 1].
        constant: shape (d,), dimensions that normalize to 0 whatever they hold.

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
        raw = finite_array("x", x)
        if raw.ndim == 0 or raw.shape[-1] != self.dimension:
            raise ShapeError(f"x must have shape (…, {self.dimension}), got {raw.shape}")
        return np.where(self.constant, 0.0, (raw - self.center) / self.scale)

    def forward(self, x: npt.ArrayLike) -> FloatArray:
        """Return normalized actions, clipped where the rule clips."""
        normalized = self.affine(x)
        return np.where(self.clips, np.clip(normalized, -1.0, 1.0), normalized)

    def inverse(self, a: npt.ArrayLike) -> FloatArray:
        """Return raw actions of normalized ones, shape (…, d)."""
        return np.asarray(np.asarray(a, dtype=np.float64) * self.scale + self.center)


def openvla_q99(
    q01: npt.ArrayLike,
    q99: npt.ArrayLike,
    *,
    mask: npt.ArrayLike | None = None,
    constant: npt.ArrayLike | None = None,
) -> Normalizer:
    """Return OpenVLA's quantile normalizer: [q01, q99] to [−1, 1] with a guard of 1e-8, clipped.

    Args:
        q01: 1 % quantile of every dimension of the pooled raw data, shape (d,).
        q99: 99 % quantile.
        mask: which dimensions to normalize; others (the gripper) pass unchanged. All by default.
        constant: dimensions whose data never change; they become 0. None by default.

    Raises:
        DomainError: q99 < q01 somewhere.

    >>> n = openvla_q99([0.0, 0.0], [2.0, 1.0], mask=[True, False])
    >>> n.forward([3.0, 0.25]).tolist(), n.inverse([1.0, 0.25]).round(6).tolist()
    ([1.0, 0.25], [2.0, 0.25])
    """
    low = finite_array("q01", q01, ndim=1)
    high = finite_array("q99", q99, shape=low.shape)
    if np.any(high < low):
        raise DomainError(f"q99 must be at least q01, got q01={low}, q99={high}")
    active = np.ones(low.shape, dtype=np.bool_) if mask is None else np.asarray(mask, dtype=np.bool_)
    still = np.zeros(low.shape, dtype=np.bool_) if constant is None else np.asarray(constant, dtype=np.bool_)
    half = (high - low + GUARD) / 2
    return Normalizer(
        "openvla_q99", np.where(active, low + half, 0.0), np.where(active, half, 1.0), active, active & still
    )


def fit_q99(actions: npt.ArrayLike, *, mask: npt.ArrayLike | None = None) -> Normalizer:
    """Return `openvla_q99` with the quantiles of pooled raw actions, shape (N, d).

    Pool before taking quantiles: an average of per-episode quantiles is something else.

    >>> fit_q99(np.linspace(0, 1, 101)[:, None]).inverse([[-1.0], [1.0]]).ravel().round(6).tolist()
    [0.01, 0.99]
    """
    data = pooled(actions)
    q01, q99 = np.quantile(data, [0.01, 0.99], axis=0)
    return openvla_q99(q01, q99, mask=mask, constant=np.ptp(data, axis=0) == 0)


def fit_bounds(actions: npt.ArrayLike) -> Normalizer:
    """Return the map of each dimension's [min, max] to [−1, 1], from pooled raw actions, shape (N, d).

    >>> fit_bounds([[0.0], [4.0]]).forward([[1.0]]).item()
    -0.5
    """
    data = pooled(actions)
    low, high = data.min(axis=0), data.max(axis=0)
    constant = low == high
    scale = np.where(constant, 1.0, (high - low) / 2)
    return Normalizer("bounds", low + np.where(constant, 0.0, scale), scale, np.zeros(low.shape, np.bool_), constant)


def fit_zscore(actions: npt.ArrayLike) -> Normalizer:
    """Return (x − mean)/(std + 1e-8) from pooled raw actions, shape (N, d).

    >>> fit_zscore([[0.0], [4.0]]).forward([[4.0]]).round(6).item()
    1.0
    """
    data = pooled(actions)
    off = np.zeros(data.shape[1], np.bool_)
    return Normalizer("zscore", data.mean(axis=0), data.std(axis=0) + GUARD, off, off)


def pooled(actions: npt.ArrayLike) -> FloatArray:
    """Return actions of shape (…, d) as a matrix, one action a row.

    Raises:
        ShapeError: fewer than two dimensions, or no action.

    >>> pooled([[[0.0, 1.0]]]).shape
    (1, 2)
    """
    data = finite_array("actions", actions)
    if data.ndim < 2 or data.size == 0:
        raise ShapeError(f"actions must have shape (…, d) with at least one action, got {data.shape}")
    return data.reshape(-1, data.shape[-1])


@dataclass(frozen=True, eq=False)
class Normalized:
    """A quantizer of normalized actions, seen from raw actions: normalize, quantize, map back.

    Attributes:
        normalizer: the per-dimension map.
        inner: the quantizer in normalized units.

    >>> from simulators.quantizers.scalar import uniform
    >>> q = Normalized(Normalizer("bounds", [0.0], [10.0], [True], [False]), uniform(2))
    >>> q.quantize([[3.0], [30.0]]).ravel().tolist(), q.sup_errors.tolist()
    ([5.0, 5.0], [5.0])
    """

    normalizer: Normalizer
    inner: Quantizer

    @property
    def name(self) -> str:
        """Normalizer and quantizer, in the order they act."""
        return f"{self.normalizer.name}+{self.inner.name}"

    @property
    def elementwise(self) -> bool:
        """False: dimensions have their own units."""
        return False

    @property
    def unit(self) -> Unit:
        """That of the inner quantizer."""
        return self.inner.unit

    @property
    def codebook(self) -> FloatArray | None:
        """Executed raw actions of an inner vector quantizer; None for scalar ones (a product of sets)."""
        book = self.inner.codebook
        return None if book is None or self.inner.elementwise else self.normalizer.inverse(book)

    @property
    def cells(self) -> int | None:
        """That of the inner quantizer."""
        return self.inner.cells

    @property
    def sup_errors(self) -> FloatArray | None:
        """Sup error inside the range per dimension, raw units, shape (d,); None if the inner has none."""
        if self.inner.sup_error is None:
            return None
        return np.asarray(self.normalizer.scale * self.inner.sup_error)

    @property
    def sup_error(self) -> float | None:
        """The largest of `sup_errors`, raw units."""
        errors = self.sup_errors
        return None if errors is None else float(errors.max())

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return the inner tokens of raw actions, shape (…, d) in."""
        return self.inner.encode(self.normalizer.forward(u))

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed raw actions of tokens."""
        return self.normalizer.inverse(self.inner.decode(token))

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        """Return the executed raw actions of raw actions."""
        return self.normalizer.inverse(self.inner.quantize(self.normalizer.forward(u)))

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return raw actions clipped by the normalizer and by the inner quantizer's range."""
        return self.normalizer.inverse(self.inner.project(self.normalizer.forward(u)))
