"""Quantizers fitted to data: only their average error is under control."""

from dataclasses import dataclass, field
from typing import Literal

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
from simulators.quantizers.base import Axis, PerStep, as_tokens
from simulators.quantizers.entry import Entry
from simulators.quantizers.scalar import ScalarQuantizer
from simulators.quantizers.statistics import pooled

ROWS_AT_ONCE = 4096
"""Actions whose distances to all codes are held in memory together."""

LISTABLE = 65_536
"""Largest codebook that is written out."""


@dataclass(frozen=True, eq=False)
class ResidualVQ(PerStep):
    """Residual vector quantization: layer by layer the code nearest to what is left; the action is their sum.

    One layer is plain nearest-code quantization. Ties go to the smaller token. Greedy layers need not find the
    nearest sum, so the map is no projection on its codebook.

    Attributes:
        name: the preset's name.
        layers: codebooks, layers[l][k, j], code k of layer l; all of one dimension d.
        codebook: all distinct sums, shape (cells, d), or None when there are more than 65 536.

    Raises:
        ShapeError: no layer, an empty one, or layers of different dimension.
        DomainError: a code is not finite.

    >>> q = ResidualVQ("rvq", (np.array([[-1.0], [1.0]]), np.array([[-0.25], [0.25]])))
    >>> q.encode([[0.9]]).tolist(), q.quantize([[0.9]]).tolist(), q.cells
    ([[1, 0]], [[0.75]], 4)
    """

    name: str
    layers: tuple[FloatArray, ...]
    codebook: FloatArray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        layers = tuple(finite_array(f"layers[{i}]", codes, ndim=2) for i, codes in enumerate(self.layers))
        if not layers or any(codes.size == 0 or codes.shape[1] != layers[0].shape[1] for codes in layers):
            raise ShapeError(f"layers must be nonempty and share d, got {[codes.shape for codes in layers]}")
        object.__setattr__(self, "layers", layers)
        book = None
        if np.prod([float(len(codes)) for codes in layers]) <= LISTABLE:
            sums = np.zeros((1, layers[0].shape[1]))
            for codes in layers:
                sums = (sums[:, None] + codes).reshape(-1, codes.shape[1])
            book = finite_array("codebook", np.unique(sums, axis=0))
        object.__setattr__(self, "codebook", book)

    @property
    def cells(self) -> int | None:
        """Number of distinct sums of codes (not all need be reached); None if not listed."""
        return None if self.codebook is None else len(self.codebook)

    def token_counts(self, dimension: int) -> tuple[int, ...]:
        """One token a layer."""
        return tuple(len(codes) for codes in self.layers)

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return tokens of shape (…, layers) of actions of shape (…, d).

        Raises:
            ShapeError: the last axis does not have length d.
        """
        actions = finite_array("u", u)
        d = self.layers[0].shape[1]
        if actions.ndim == 0 or actions.shape[-1] != d:
            raise ShapeError(f"u must have shape (…, {d}), got {actions.shape}")
        residual = actions.reshape(-1, d).copy()
        tokens = np.empty((len(residual), len(self.layers)), dtype=np.int64)
        for layer, codes in enumerate(self.layers):
            tokens[:, layer] = nearest(residual, codes)
            residual -= codes[tokens[:, layer]]
        return tokens.reshape(*actions.shape[:-1], len(self.layers))

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the sums of codes, shape (…, d), of tokens of shape (…, layers).

        Raises:
            ShapeError: the last axis does not have one token per layer.
            DomainError: a token is no integer, or out of range.
        """
        tokens = np.asarray(token)
        if tokens.ndim == 0 or tokens.shape[-1] != len(self.layers):
            raise ShapeError(f"token must have shape (…, {len(self.layers)}), got {tokens.shape}")
        total = np.zeros((*tokens.shape[:-1], self.layers[0].shape[1]))
        for layer, codes in enumerate(self.layers):
            total += codes[as_tokens("token", tokens[..., layer], 0, len(codes) - 1)]
        return total


def nearest(points: FloatArray, codes: FloatArray) -> IntArray:
    """Return the index of the code nearest (ℓ2) to each point, the smallest index among equals.

    >>> nearest(np.array([[0.0], [0.9]]), np.array([[-1.0], [1.0]]))
    array([0, 1])
    """
    from scipy.spatial.distance import cdist

    pieces = [points[i : i + ROWS_AT_ONCE] for i in range(0, len(points), ROWS_AT_ONCE)]
    return np.concatenate([np.zeros(0, np.int64), *(cdist(p, codes, "sqeuclidean").argmin(axis=1) for p in pieces)])


def kmeans(actions: npt.ArrayLike, cells: int = 256, *, rng: np.random.Generator) -> ResidualVQ:
    """Return nearest-code quantization with a k-means codebook (scikit-learn).

    Args:
        actions: pooled raw actions, shape (N, d).
        cells: number of codes, at most the number of distinct actions.
        rng: decides the starting codes.

    Raises:
        DomainError: cells < 1 or more cells than distinct actions.

    >>> q = kmeans([[0.0], [0.1], [1.0], [1.1]], 2, rng=np.random.default_rng(0))
    >>> sorted(q.codebook.ravel().round(2).tolist())
    [0.05, 1.05]
    """
    return ResidualVQ("kmeans", (_centres(pooled(actions), cells, rng),))


def residual_vq(actions: npt.ArrayLike, *, layers: int = 2, cells: int = 16, rng: np.random.Generator) -> ResidualVQ:
    """Return residual VQ as in VQ-BeT, without its neural encoder: k-means on what the layers before left.

    VQ-BeT itself adds a continuous offset to the decoded action, so it is not a pure quantizer; this is its
    discrete part on raw actions.

    Args:
        actions: pooled raw actions, shape (N, d).
        layers: number of layers.
        cells: codes per layer.
        rng: decides the starting codes.

    Raises:
        DomainError: layers < 1, cells < 1, or more cells than distinct residuals.

    >>> data = np.random.default_rng(0).normal(size=(100, 2))
    >>> residual_vq(data, layers=2, cells=4, rng=np.random.default_rng(0)).cells
    16
    """
    residual = pooled(actions).copy()
    books: list[FloatArray] = []
    for _ in range(positive_int("layers", layers)):
        books.append(_centres(residual, cells, rng))
        residual = residual - books[-1][nearest(residual, books[-1])]
    return ResidualVQ("residual_vq", tuple(books))


def _centres(data: FloatArray, cells: int, rng: np.random.Generator) -> FloatArray:
    distinct = len(np.unique(data, axis=0))
    if positive_int("cells", cells) > distinct:
        raise DomainError(f"cells must be at most the number of distinct points, {distinct}, got {cells}")
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters=cells, n_init="auto", random_state=int(rng.integers(2**31)))
    return np.asarray(model.fit(data).cluster_centers_, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class PerDimension(PerStep):
    """One scalar quantizer per dimension of the last axis.

    Attributes:
        name: the preset's name.
        parts: the scalar quantizers, one per dimension.

    Raises:
        ShapeError: no parts.

    >>> from simulators.quantizers.scalar import uniform
    >>> PerDimension("mixed", (uniform(1), uniform(2))).quantize([[0.9, 0.9]]).tolist()
    [[0.0, 0.5]]
    """

    name: str
    parts: tuple[ScalarQuantizer, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise ShapeError("parts must hold one quantizer per dimension, got none")

    @property
    def cells(self) -> int:
        """The largest number of distinct executed actions of one dimension."""
        return max(part.cells for part in self.parts)

    @property
    def monotone(self) -> bool:
        return all(part.monotone for part in self.parts)

    @property
    def sup_error(self) -> float:
        return max(part.sup_error for part in self.parts)

    def sup_errors(self, dimension: int) -> FloatArray:
        """Sup error per dimension on its own range, shape (d,)."""
        return np.array([axis.part.sup_error for axis in self.axes(dimension)])

    def token_counts(self, dimension: int) -> tuple[int, ...]:
        return tuple(axis.part.tokens for axis in self.axes(dimension))

    def axes(self, dimension: int) -> tuple[Axis, ...]:
        """The parts.

        Raises:
            ShapeError: another number of dimensions.
        """
        if dimension != len(self.parts):
            raise ShapeError(f"quantizer must have {dimension} dimensions, got {len(self.parts)}")
        return tuple(map(Axis, self.parts))

    def encode(self, u: npt.ArrayLike) -> IntArray:
        columns = self._columns("u", np.asarray(u, dtype=np.float64))
        return np.stack([part.encode(c) for part, c in zip(self.parts, columns, strict=True)], axis=-1)

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        columns = self._columns("token", np.asarray(token))
        return np.stack([part.decode(c) for part, c in zip(self.parts, columns, strict=True)], axis=-1)

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return every dimension clipped to its own range."""
        columns = self._columns("u", np.asarray(u, dtype=np.float64))
        return np.stack([part.project(c) for part, c in zip(self.parts, columns, strict=True)], axis=-1)

    def _columns(self, name: str, array: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        if array.ndim == 0 or array.shape[-1] != len(self.parts):
            raise ShapeError(f"{name} must have shape (…, {len(self.parts)}), got {array.shape}")
        return np.moveaxis(array, -1, 0)


def quantile(
    actions: npt.ArrayLike, bins: int = 256, *, codes: Literal["midpoint", "mean"] = "midpoint"
) -> PerDimension:
    """Return equal-mass cells per dimension, from the data's own quantiles.

    Not to be confused with uniform bins on [q01, q99], which the field also calls quantile bins. Repeated values
    merge cells, so a dimension may end up with fewer than `bins`; cells are (left, right] between data points.

    Args:
        actions: pooled raw actions, shape (N, d).
        bins: cells asked for per dimension.
        codes: "midpoint" of the cell, or "mean" of the data in it.

    >>> quantile([[0.0], [1.0], [2.0], [9.0]], 2).quantize([[0.4], [1.5]]).ravel().tolist()
    [0.5, 5.0]
    """
    choice("codes", codes, ("midpoint", "mean"))
    positive_int("bins", bins)
    parts = (_quantile_part(np.sort(column), bins, codes) for column in pooled(actions).T)
    return PerDimension("quantile", tuple(parts))


def _quantile_part(values: FloatArray, bins: int, codes: str) -> ScalarQuantizer:
    low, high = float(values[0]), float(values[-1])
    if low == high:
        return ScalarQuantizer("quantile", np.zeros(0), np.array([low]), low=low, high=float(np.nextafter(low, np.inf)))
    # The (k/bins)-quantile is the ⌈kN/bins⌉-th smallest value; in integers, so that no rounding shifts it.
    ranks = [-(-k * len(values) // bins) for k in range(1, bins)]
    thresholds = np.unique(values[np.array(ranks, dtype=np.int64) - 1])
    thresholds = thresholds[thresholds < high]
    edges = np.concatenate([[low], thresholds, [high]])
    table = (edges[:-1] + edges[1:]) / 2
    if codes == "mean":
        cell = np.searchsorted(thresholds, values, side="left")
        table = np.bincount(cell, weights=values) / np.bincount(cell)
    return ScalarQuantizer("quantile", thresholds, table, low=low, high=high)


ENTRIES = (
    Entry("quantile", quantile, "equal-mass cells per dimension from the data"),
    Entry("kmeans", kmeans, "k-means codebook on whole actions", size="cells", sizes=(64, 256), title="k-means"),
    Entry(
        "residual_vq",
        residual_vq,
        "two k-means layers on residuals of single actions (VQ-BeT without encoder, chunks and offset head)",
        size="cells",
        sizes=(16, 32),
        title="residual VQ",
    ),
)
"""Tokenizers fitted to single actions."""
