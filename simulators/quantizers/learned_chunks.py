"""Tokenizers fitted to chunks: vector quantization of whole chunks, and B-spline coefficients in bins."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError, finite_array, positive_int
from simulators.quantizers.base import PerChunk, Quantizer
from simulators.quantizers.entry import Entry
from simulators.quantizers.learned import residual_vq
from simulators.quantizers.normalizers import Normalized, bounds
from simulators.quantizers.scalar import uniform
from simulators.quantizers.statistics import Statistics


@dataclass(frozen=True, eq=False)
class OnChunks(PerChunk):
    """A quantizer of vectors, on chunks: the steps of a chunk are one vector of steps·d entries.

    Attributes:
        name: the registry's name.
        inner: the quantizer of vectors.
        steps: length of a chunk.

    >>> from simulators.quantizers.learned import ResidualVQ
    >>> q = OnChunks("pairs", ResidualVQ("vq", (np.array([[0.0, 0.0], [1.0, 2.0]]),)), steps=2)
    >>> q.quantize([[0.8], [1.1]]).ravel().tolist()
    [1.0, 2.0]
    """

    name: str
    inner: Quantizer
    steps: int = 1

    def __post_init__(self) -> None:
        positive_int("steps", self.steps)

    @property
    def cells(self) -> int | None:
        """Different chunks that can be executed."""
        return self.inner.cells

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        return self.inner.token_counts(self.steps * dimension)

    def encode(self, u: npt.ArrayLike) -> IntArray:
        array = self.chunks("u", u)
        return self.inner.encode(array.reshape(*array.shape[:-2], -1))

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        flat = self.inner.decode(token)
        return flat.reshape(*flat.shape[:-1], self.steps, -1)


@dataclass(frozen=True, eq=False)
class Splines(PerChunk):
    """BEAST's map: least-squares coefficients of a clamped B-spline in time, each in uniform bins on its own range.

    What the spline cannot follow is an error that no number of bins removes, so nothing is promised off the data.

    Attributes:
        steps: length of a chunk.
        basis: number of basis functions.
        degree: of the spline.
        bins: quantizer of the coefficients, shape (basis·d,).
        matrix: values of the basis functions, shape (steps, basis).

    Raises:
        DomainError: degree ≥ basis, or basis > steps.
    """

    steps: int
    basis: int
    degree: int
    bins: Quantizer
    name: str = "beast"
    matrix: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", spline_basis(self.steps, self.basis, self.degree))

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        """One token a coefficient, basis function by basis function."""
        return self.bins.token_counts(self.basis * dimension)

    def coefficients(self, u: npt.ArrayLike) -> FloatArray:
        """Return least-squares coefficients, shape (…, basis, d), of chunks of shape (…, steps, d)."""
        return np.asarray(np.linalg.pinv(self.matrix) @ self.chunks("u", finite_array("u", u)))

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return tokens, shape (…, basis, d), of chunks of shape (…, steps, d)."""
        found = self.coefficients(u)
        return self.bins.encode(found.reshape(*found.shape[:-2], -1)).reshape(found.shape)

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed chunks, shape (…, steps, d).

        Raises:
            ShapeError: the last axes are not (basis, d).
        """
        tokens = np.asarray(token)
        if tokens.ndim < 2 or tokens.shape[-2] != self.basis:
            raise ShapeError(f"token must have shape (…, {self.basis}, d), got {tokens.shape}")
        flat = self.bins.decode(tokens.reshape(*tokens.shape[:-2], -1))
        return np.asarray(self.matrix @ flat.reshape(tokens.shape))


def spline_basis(steps: int, basis: int, degree: int) -> FloatArray:
    """Return clamped B-spline basis functions at evenly spaced times, shape (steps, basis).

    Raises:
        DomainError: degree < 0, degree ≥ basis, or more basis functions than steps.

    >>> spline_basis(3, 2, 1)
    array([[1. , 0. ],
           [0.5, 0.5],
           [0. , 1. ]])
    """
    from scipy.interpolate import BSpline

    positive_int("degree", degree, minimum=0)
    if positive_int("basis", basis) <= degree:
        raise DomainError(f"basis must exceed degree ({degree}), got {basis}")
    if positive_int("steps", steps) < basis:
        raise DomainError(f"steps must be at least basis ({basis}), got {steps}")
    inner = np.linspace(0.0, 1.0, basis - degree + 1)
    knots = np.concatenate([np.zeros(degree), inner, np.ones(degree)])
    return np.asarray(BSpline.design_matrix(np.linspace(0.0, 1.0, steps), knots, degree).toarray())


def _of_chunks(actions: npt.ArrayLike, steps: int) -> FloatArray:
    data = finite_array("actions", actions)
    if data.ndim != 3 or data.shape[1] != steps or not data.size:
        raise ShapeError(f"actions must hold chunks, shape (N, {steps}, d), got {data.shape}")
    return data


def vq_chunks(
    actions: npt.ArrayLike, steps: int = 5, *, layers: int = 2, cells: int = 16, rng: np.random.Generator
) -> OnChunks:
    """Return residual VQ of whole chunks: VQ-BeT's discrete part, without encoder and offset head.

    Args:
        actions: raw chunks, shape (N, steps, d).
        steps: length of a chunk (VQ-BeT's own is 10, LeRobot's 5).
        layers: number of layers.
        cells: codes a layer.
        rng: decides the starting codes.

    Raises:
        ShapeError: the actions are no chunks of that length.
        DomainError: as `residual_vq`.

    >>> data = np.random.default_rng(0).normal(size=(200, 5, 2))
    >>> vq_chunks(data, cells=4, rng=np.random.default_rng(0)).token_counts(2)
    (4, 4)
    """
    data = _of_chunks(actions, positive_int("steps", steps))
    return OnChunks("vq_chunks", residual_vq(data.reshape(len(data), -1), layers=layers, cells=cells, rng=rng), steps)


def beast(actions: npt.ArrayLike, steps: int = 20, *, basis: int = 10, degree: int = 3, bins: int = 256) -> Splines:
    """Return BEAST: B-spline coefficients of a chunk in uniform bins on the range that each has in the data.

    Args:
        actions: raw chunks, shape (N, steps, d).
        steps: length of a chunk.
        basis: basis functions a dimension.
        degree: of the spline.
        bins: cells a coefficient.

    Raises:
        ShapeError: the actions are no chunks of that length.
        DomainError: as `spline_basis`, or bins < 1.

    >>> line = np.linspace(0, 1, 20)[None, :, None] * np.array([1.0, -2.0])
    >>> q = beast(np.concatenate([line, -line]))
    >>> bool(np.abs(q.quantize(line) - line).max() < 0.01), len(q.token_counts(2))
    (True, 20)
    """
    data = _of_chunks(actions, positive_int("steps", steps))
    found = np.linalg.pinv(spline_basis(steps, basis, degree)) @ data
    statistics = Statistics.of(found.reshape(len(data), -1))
    return Splines(steps, basis, degree, Normalized(bounds(statistics), uniform(bins)))


ENTRIES = (
    Entry(
        "vq_chunks",
        vq_chunks,
        "two k-means layers on residuals of whole chunks (VQ-BeT without encoder and offset head)",
        size="cells",
        compared=False,
        title="VQ of chunks",
    ),
    Entry(
        "beast",
        beast,
        "BEAST: least-squares B-spline coefficients of a chunk (10 of degree 3 for 20 steps), each in 256 uniform bins "
        "on its range in the data; gripper dimensions are splines too, where BEAST may treat them apart",
        compared=False,
        title="BEAST",
    ),
)
"""Tokenizers fitted to chunks."""
