"""Quantizers that act on one scalar at a time: uniform bins and the published tokenizers built on them.

All of them are a list of thresholds and one executed action per token, so they are one class; the
functions below say where each project puts its thresholds and codes.
"""

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
    interval,
    positive_int,
)
from simulators.quantizers.base import Axis, Elementwise, as_tokens, lift_error
from simulators.quantizers.entry import Entry
from simulators.quantizers.grid import EvenGrid, GuideTable, even_grid, guide_table
from simulators.quantizers.normalizers import bounds, openvla_q99


@dataclass(frozen=True, eq=False)
class ScalarQuantizer(Elementwise):
    """A monotone step function, applied to every entry of an array.

    Token number `first_token + i` is given to values between thresholds i−1 and i; values beyond the range
    get the outermost token on their side, or token 0 where the project does not clip (`outside="first"`).
    Several tokens may execute the same action; `cells`, `codes` and `edges` count such tokens once.

    Attributes:
        name: the preset's name.
        thresholds: the inner boundaries, shape (tokens − 1,), strictly increasing.
        table: executed action of each token, shape (tokens,), nondecreasing.
        low: left end of the range.
        high: right end of the range.
        closed: which end of a cell belongs to it, "right" for (left, right] or "left" for [left, right).
        first_token: number of the lowest token.
        outside: "clip", or "first" if values ≥ high or < low become the lowest token.
        codes: distinct executed actions, increasing, shape (cells,).
        edges: boundaries of the cells that execute distinct codes, shape (cells + 1,), from low to high.

    Raises:
        ShapeError: table is not one longer than thresholds.
        DomainError: thresholds outside [low, high] or not increasing, codes that decrease or leave [low,
            high].

    >>> q = ScalarQuantizer("sign", [0.0], [-0.5, 0.5], low=-1.0, high=1.0)
    >>> q.encode([-3.0, 0.0, 0.1]), q.quantize(0.1).item()
    (array([0, 0, 1]), 0.5)
    """

    name: str
    thresholds: FloatArray
    table: FloatArray
    low: float
    high: float
    closed: Literal["left", "right"] = "right"
    first_token: int = 0
    outside: Literal["clip", "first"] = "clip"
    codes: FloatArray = field(init=False)
    edges: FloatArray = field(init=False)
    _grid: EvenGrid | None = field(init=False, repr=False)
    _line: tuple[float, float] | None = field(init=False, repr=False)
    _table: GuideTable | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        low, high = interval(self.low, self.high)
        thresholds = finite_array("thresholds", self.thresholds, ndim=1)
        table = finite_array("table", self.table, ndim=1)
        if len(table) != len(thresholds) + 1:
            raise ShapeError(
                f"table must be one longer than thresholds, got lengths {len(table)} and {len(thresholds)}"
            )
        if np.any(np.diff(thresholds) <= 0) or np.any((thresholds < low) | (thresholds > high)):
            raise DomainError(f"thresholds must increase within [{low}, {high}], got {thresholds}")
        if np.any(np.diff(table) < 0) or table[0] < low or table[-1] > high:
            raise DomainError(f"table must not decrease and must stay in [{low}, {high}], got {table}")
        choice("closed", self.closed, ("left", "right"))
        choice("outside", self.outside, ("clip", "first"))
        changes = np.diff(table) > 0
        codes = np.concatenate([table[:1], table[1:][changes]])
        edges = np.concatenate([[low], thresholds[changes], [high]])
        for name, value in (("thresholds", thresholds), ("table", table), ("low", low), ("high", high)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "codes", finite_array("codes", codes))
        object.__setattr__(self, "edges", finite_array("edges", edges))
        grid = even_grid(thresholds, right=self.closed == "right") if self.outside == "clip" else None
        object.__setattr__(self, "_grid", grid)
        object.__setattr__(self, "_line", None if grid is None else _line(grid, table))
        guide = guide_table(thresholds, right=self.closed == "right") if grid is None else None
        object.__setattr__(self, "_table", guide)

    @property
    def codebook(self) -> FloatArray:
        return self.codes

    @property
    def cells(self) -> int:
        return len(self.codes)

    @property
    def tokens(self) -> int:
        """Number of token values."""
        return len(self.table)

    @property
    def sup_error(self) -> float:
        """Sup |q(u) − u| over low ≤ u ≤ high, per scalar."""
        within = max(np.max(np.abs(self.codes - self.edges[:-1])), np.max(np.abs(self.edges[1:] - self.codes)))
        if self.outside == "first":
            return float(max(within, self.high - self.codes[0]))
        return float(within)

    @property
    def monotone(self) -> bool:
        """Unless values beyond the range become the lowest token."""
        return self.outside == "clip"

    def token_counts(self, dimension: int) -> tuple[int, ...]:
        return (self.tokens,) * dimension

    def axes(self, dimension: int) -> tuple[Axis, ...]:
        return (Axis(self),) * dimension

    def eps_q(self, norm: str, dimension: int) -> float:
        """Return the sup error of a vector of `dimension` entries in the norm "linf" or "l2"."""
        return lift_error(self.sup_error, norm, dimension)

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return the token of every entry, numbered as the project numbers it.

        Raises:
            DomainError: an entry is not finite.
        """
        return self._index(u) + self.first_token

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed action of every token.

        Raises:
            DomainError: not integers, or not tokens of this quantizer.
        """
        last = self.first_token + self.tokens - 1
        tokens = as_tokens("token", token, self.first_token, last)
        return np.asarray(self.table[tokens - self.first_token])

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        if self._grid is None or self._line is None:
            return np.asarray(self.table.take(self._index(u)))
        slope, intercept = self._line
        codes = self._grid.position(_finite(u))
        codes *= slope
        codes += intercept
        return codes

    def project(self, u: npt.ArrayLike) -> FloatArray:
        return np.clip(np.asarray(u, dtype=np.float64), self.low, self.high)

    def cell_of_token(self, token: npt.ArrayLike) -> IntArray:
        """Return which entry of `codes` a token executes."""
        cells = np.searchsorted(self.codes, self.table)
        tokens = as_tokens("token", token, self.first_token, self.first_token + self.tokens - 1)
        return np.asarray(cells[tokens - self.first_token])

    def _index(self, u: npt.ArrayLike) -> IntArray:
        values = _finite(u)
        if self._grid is not None:
            return np.asarray(self._grid.position(values) - self._grid.first, dtype=np.int64)
        if self._table is not None:
            index = self._table.search(values)
        else:
            index = np.searchsorted(self.thresholds, values, side="left" if self.closed == "right" else "right")
        if self.outside == "first":
            index = np.where((values < self.low) | (values >= self.high), 0, index)
        return np.asarray(index, dtype=np.int64)


def _finite(u: npt.ArrayLike) -> FloatArray:
    values = np.asarray(u, dtype=np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        raise DomainError(f"u must be finite, got {values[~finite].flat[0]}")
    return values


def _line(grid: EvenGrid, table: FloatArray) -> tuple[float, float] | None:
    """Return (slope, intercept) if the codes are exactly that line in the grid's positions, else None."""
    slope = 1 / grid.scale
    intercept = float(table[0] - grid.first * slope)
    line = (grid.first + np.arange(len(table))) * slope + intercept
    return (slope, intercept) if np.array_equal(line, table) else None


def midpoints(edges: FloatArray) -> FloatArray:
    """Return the midpoints of neighbouring edges.

    >>> midpoints(np.array([0.0, 1.0, 3.0]))
    array([0.5, 2. ])
    """
    return np.asarray(edges[:-1] / 2 + edges[1:] / 2)


def even_edges(cells: int, low: float, high: float) -> FloatArray:
    """Return the cells + 1 evenly spaced edges from low to high.

    Raises:
        DomainError: high ≤ low, or cells narrower than two units in the last place at the larger end: floats do not
            tell them apart.

    >>> even_edges(2, 0.0, 1.0)
    array([0. , 0.5, 1. ])
    >>> even_edges(4, 1.0, 1.0 + 2.0**-51)
    Traceback (most recent call last):
    simulators.errors.DomainError: cells must be at least two ulp (4.44e-16) wide, got 4 on [1.0, 1.0000000000000004]
    """
    left, right = interval(low, high)
    least = 2 * float(np.spacing(max(abs(left), abs(right))))
    if (right - left) / cells < least:
        raise DomainError(f"cells must be at least two ulp ({least:.3g}) wide, got {cells} on [{left}, {right}]")
    return np.linspace(left, right, cells + 1)


def uniform(bins: int = 64, *, low: float = -1.0, high: float = 1.0) -> ScalarQuantizer:
    """Return uniform bins with midpoint codes: the binning of the theory.

    Cells are (left, right], the first one closed; values outside [low, high] are clipped. The sup error
    per scalar is (high − low)/(2·bins).

    Args:
        bins: number of cells per scalar, at least 1.
        low: left end of the range.
        high: right end of the range.

    Raises:
        DomainError: bins < 1 or high ≤ low.

    Source: arXiv:2603.20538, section on binning quantizers.

    >>> q = uniform(4)
    >>> q.quantize([-1.0, -0.5, 0.0, 0.1, 9.0]).tolist(), q.sup_error
    ([-0.75, -0.75, -0.25, 0.25, 0.75], 0.25)
    """
    edges = even_edges(positive_int("bins", bins), low, high)
    return ScalarQuantizer("uniform", edges[1:-1], midpoints(edges), low=low, high=high)


def openvla(edges: int = 256) -> ScalarQuantizer:
    """Return OpenVLA's action tokenizer on [−1, 1]: `edges` edges, hence edges − 1 cells.

    Tokens count the edges ≤ a (1 to `edges`); the top token is given only at a = 1 and executes the same
    action as the one below it.

    Args:
        edges: the project's "bins" argument, at least 2.

    >>> q = openvla()
    >>> q.tokens, q.cells, q.encode([-1.0, 0.0, 1.0]).tolist(), q.quantize(0.0).item()
    (256, 255, [1, 128, 256], 0.0)
    """
    ticks = even_edges(positive_int("edges", edges, minimum=2) - 1, -1.0, 1.0)
    codes = midpoints(ticks)
    return ScalarQuantizer(
        "openvla", ticks[1:], np.append(codes, codes[-1]), low=-1.0, high=1.0, closed="left", first_token=1
    )


def rt1(vocabulary: int = 256, *, low: float = -1.0, high: float = 1.0) -> ScalarQuantizer:
    """Return RT-1's tokenizer: truncation to the left edge of cells of width (high − low)/(vocabulary − 1).

    The executed action is never above the raw one: the error reaches a full cell and its mean is half a cell.

    Args:
        vocabulary: number of tokens, at least 2; the top one is given only at `high`.
        low: left end of the range.
        high: right end of the range.

    >>> q = rt1(3)
    >>> q.quantize([-0.01, 0.0, 0.99, 1.0]).tolist(), q.sup_error
    ([-1.0, 0.0, 0.0, 1.0], 1.0)
    """
    ticks = even_edges(positive_int("vocabulary", vocabulary, minimum=2) - 1, low, high)
    return ScalarQuantizer("rt1", ticks[1:], ticks, low=low, high=high, closed="left")


def torchrl_uniform(bins: int = 256, *, low: float = -1.0, high: float = 1.0) -> ScalarQuantizer:
    """Return TorchRL's uniform action tokenizer.

    Tokens are ⌊bins·(a − low)/(high − low)⌋, clamped to the bins, and execute the midpoint of their cell.
    With an even number of bins the zero action of a symmetric range moves up by half a cell.

    >>> torchrl_uniform(4).quantize([0.0, 1.0]).tolist()
    [0.25, 0.75]
    """
    edges = even_edges(positive_int("bins", bins), low, high)
    return ScalarQuantizer("torchrl_uniform", edges[1:-1], midpoints(edges), low=low, high=high, closed="left")


ENTRIES = (
    Entry(
        "uniform",
        uniform,
        "uniform bins on the actions' range, midpoints",
        bounds,
        sizes=(8, 16, 32, 64, 128, 256),
    ),
    Entry(
        "openvla",
        openvla,
        "OpenVLA's bins on [−1, 1], for actions that were normalized already: 256 edges, 255 cells, midpoints",
        size="edges",
        compared=False,
        title="OpenVLA, bare",
    ),
    Entry(
        "openvla_q99",
        openvla,
        "OpenVLA: [q01, q99] clipped to [−1, 1], then openvla; dimensions outside a mask pass and are clipped at ±1",
        openvla_q99,
        size="edges",
        title="OpenVLA",
    ),
    Entry(
        "rt1",
        rt1,
        "RT-1: truncation to left edges of a fixed range, the same for all dimensions (in float64; its float32 puts "
        "about a third of exact edges one token lower)",
        size="vocabulary",
        compared=False,
        title="RT-1, ±1",
    ),
    Entry(
        "rt1_bounds",
        rt1,
        "RT-1's truncation, on the data's range instead of the project's fixed one",
        bounds,
        size="vocabulary",
        title="RT-1",
    ),
    Entry(
        "torchrl_uniform",
        torchrl_uniform,
        "TorchRL: uniform bins on the actions' range, left-closed",
        bounds,
        title="TorchRL uniform",
    ),
)
"""Binning tokenizers."""
