"""One pass over demonstrations: counts, ranges, what had to be left out, and a sample that fits in memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import Piece, Source
from quantbc.errors import ProblemError
from quantbc.words import LEAST_MEMORY
from simulators.errors import FloatArray, IntArray, positive_int

__all__ = [
    "Counts",
    "Moments",
    "Sample",
    "Spread",
    "Survey",
    "finite_runs",
    "pieces_of",
    "require_room",
    "rows_at_once",
    "survey",
]

_SAMPLE_SHARE = 8
_LARGEST = 1e100
"""Sums of squares of larger entries overflow."""
_SMALLEST = 1e-150
"""Squares of quotients by less overflow."""
_PIECE_SHARE = 256
_BYTES = 8
_FEWEST, _MOST = 64, 65_536
_COPIES = 32
"""Times that the rows of a piece are held while tokenizers are measured."""
_MATRICES = 320
"""Squares of a row that a linear model of the dynamics takes: two for each group of stretches, and those of its fit."""


def require_room(source: Source, memory: int) -> None:
    """Refuse rows that are too wide for the budget, before any is read.

    Raises:
        ProblemError: a few of them, or a linear model of the dynamics, would not fit.
    """
    width = source.width
    needed = _BYTES * width * max(_FEWEST * _COPIES, _MATRICES * width if source.observed else 0)
    if needed > max(memory, LEAST_MEMORY * 10**6):
        raise ProblemError(
            f"--memory must be at least {needed // 10**6 + 1} (MB) for rows of {width} numbers, got "
            f"{memory // 10**6}; choose fewer with --observation"
        )


def rows_at_once(memory: int, width: int) -> int:
    """Return how many rows to read together on a budget in bytes.

    >>> rows_at_once(10**9, 20)
    24414
    """
    return int(np.clip(memory // (_PIECE_SHARE * _BYTES * max(width, 1)), _FEWEST, _MOST))


@dataclass(frozen=True, eq=False)
class Spread:
    """Range and moments of every column, over all finite rows.

    Attributes:
        low: smallest value, shape (d,).
        high: largest value.
        mean: mean.
        std: standard deviation, dividing by the number of rows.
    """

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    std: FloatArray

    @property
    def constant(self) -> list[int]:
        """Columns that never change, or by less than floats can be divided by."""
        return np.flatnonzero(self._still).tolist()

    @property
    def _still(self) -> npt.NDArray[np.bool_]:
        return np.asarray((self.high - self.low < _SMALLEST) | (self.std < _SMALLEST))

    @property
    def half_range(self) -> FloatArray:
        """(high − low)/2, and 1 for constant columns: the unit in which columns are compared."""
        return np.where(self._still, 1.0, (self.high - self.low) / 2)

    @property
    def unit(self) -> FloatArray:
        """Standard deviation, and 1 for constant columns."""
        return np.where(self._still, 1.0, self.std)


class Moments:
    """Running count, mean and sum of squared deviations, merged block by block (Chan, Golub, LeVeque)."""

    def __init__(self, width: int) -> None:
        """Start with no rows of that many columns."""
        self.count = 0
        self.mean, self.squares = np.zeros(width), np.zeros(width)
        self.low, self.high = np.full(width, np.inf), np.full(width, -np.inf)

    def add(self, block: FloatArray) -> None:
        """Take in rows.

        Raises:
            ProblemError: an entry whose square would be lost among infinities.
        """
        if not len(block):
            return
        if (largest := np.abs(block).max(initial=0.0)) > _LARGEST:
            raise ProblemError(f"actions and observations must be at most {_LARGEST:g} in size, got {largest:g}")
        mean, count = block.mean(axis=0), self.count + len(block)
        gap = mean - self.mean
        self.squares += np.square(block - mean).sum(axis=0) + gap**2 * (self.count * len(block) / count)
        self.mean += gap * (len(block) / count)
        self.low, self.high = np.minimum(self.low, block.min(axis=0)), np.maximum(self.high, block.max(axis=0))
        self.count = count

    def spread(self) -> Spread:
        """Return range and moments of all rows so far."""
        return Spread(self.low, self.high, self.mean, np.sqrt(self.squares / self.count))


@dataclass(frozen=True)
class Counts:
    """What the file holds and what of it could not be used.

    Attributes:
        episodes: episodes with at least one row.
        empty_episodes: episodes without rows.
        rows: rows of all episodes.
        used_rows: rows whose actions and observations are finite.
        bad_actions: rows left out because an action entry is NaN or infinite.
        bad_observations: rows left out because an observation entry is, and the action is fine.
        bad_by_dimension: action entries that are NaN or infinite, per dimension.
        gaps: places where time jumps within an episode (missing frames).
        shortest: rows of the shortest nonempty episode.
        median: median of the episodes' rows.
        longest: rows of the longest episode.
    """

    episodes: int
    empty_episodes: int
    rows: int
    used_rows: int
    bad_actions: int
    bad_observations: int
    bad_by_dimension: tuple[int, ...]
    gaps: int
    shortest: int
    median: float
    longest: int


class _Sampler:
    """Uniform sample of pieces within a size: those with the smallest random keys stay."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.held, self.threshold = 0, 1.0
        self.heap: list[tuple[float, int, Piece]] = []
        self.seen = 0

    def offer(self, piece: Piece, width: int) -> None:
        key = float(self.rng.random())
        self.seen += 1
        if key >= self.threshold:
            return
        heapq.heappush(self.heap, (-key, self.seen, piece))
        self.held += len(piece) * width
        while self.held > self.size and len(self.heap) > 1:
            worst, _, dropped = heapq.heappop(self.heap)
            self.threshold = -worst
            self.held -= len(dropped) * width

    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for _, _, piece in sorted(self.heap, key=lambda item: item[1]))


@dataclass(frozen=True, eq=False)
class Sample:
    """Pieces held in memory: everything, or a uniform sample of pieces.

    Attributes:
        pieces: finite rows, in the order of the file.
        complete: whether nothing was left out.
    """

    pieces: tuple[Piece, ...] = field(repr=False)
    complete: bool

    @cached_property
    def actions(self) -> FloatArray:
        """All actions, one a row."""
        return np.concatenate([piece.actions for piece in self.pieces])

    @cached_property
    def observations(self) -> FloatArray | None:
        """All observations, one a row; None if the file has none."""
        found = [piece.observations for piece in self.pieces if piece.observations is not None]
        return np.concatenate(found) if len(found) == len(self.pieces) else None

    @cached_property
    def episodes(self) -> IntArray:
        """Episode number of every row."""
        return np.repeat([piece.episode for piece in self.pieces], [len(piece) for piece in self.pieces])

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(len(piece) for piece in self.pieces)


@dataclass(frozen=True, eq=False)
class Survey:
    """What one pass over the data found.

    Attributes:
        counts: sizes, and what was left out.
        actions: range and moments of the actions, exact over all used rows.
        observations: the same of the observations; None if the file has none.
        sample: rows held in memory.
    """

    counts: Counts
    actions: Spread
    observations: Spread | None
    sample: Sample

    @property
    def dimension(self) -> int:
        """Action dimensions."""
        return len(self.actions.low)


def finite_runs(piece: Piece) -> Iterator[Piece]:
    """Yield the stretches of a piece in which every entry is finite.

    >>> piece = Piece(0, 5, np.array([[0.0], [np.nan], [2.0]]), None)
    >>> [(run.start, run.actions.tolist()) for run in finite_runs(piece)]
    [(5, [[0.0]]), (7, [[2.0]])]
    """
    good = _finite(piece.actions) & _finite(piece.observations, len(piece))
    after = piece.following if piece.following is not None and np.isfinite(piece.following).all() else None
    if good.all():
        if len(piece):
            yield Piece(piece.episode, piece.start, piece.actions, piece.observations, after, piece.number)
        return
    edges = np.flatnonzero(np.diff(good, prepend=False, append=False))
    for low, high in edges.reshape(-1, 2):
        yield Piece(
            piece.episode,
            piece.start + int(low),
            piece.actions[low:high],
            None if piece.observations is None else piece.observations[low:high],
            after if high == len(piece) else None,
            piece.number,
        )


def _finite(rows: FloatArray | None, length: int = 0) -> npt.NDArray[np.bool_]:
    return np.ones(length, dtype=np.bool_) if rows is None else np.asarray(np.isfinite(rows).all(axis=1))


def pieces_of(source: Source, memory: int) -> Iterator[Piece]:
    """Yield the finite stretches of all episodes, in order."""
    for piece in source.pieces(rows_at_once(memory, source.width)):
        yield from finite_runs(piece)


class _Ledger:
    """Counts that grow while the file is read."""

    def __init__(self) -> None:
        self.lengths: dict[int, int] = {}
        self.used = self.bad_actions = self.bad_observations = self.gaps = 0
        self.bad_entries = np.zeros(0, dtype=np.int64)
        self.shape: tuple[int, int | None] | None = None
        self.expected = (-1, 0)

    def add(self, piece: Piece) -> None:
        shape = (piece.actions.shape[1], None if piece.observations is None else piece.observations.shape[1])
        if self.shape is None:
            self.shape, self.bad_entries = shape, np.zeros(shape[0], dtype=np.int64)
        elif shape != self.shape:
            raise ProblemError(
                f"episode {piece.episode}: (action, observation) dimensions must be those of the first episode, "
                f"{self.shape}, got {shape}"
            )
        good = _finite(piece.actions)
        self.bad_entries += (~np.isfinite(piece.actions)).sum(axis=0)
        self.bad_actions += int((~good).sum())
        self.bad_observations += int((good & ~_finite(piece.observations, len(piece))).sum())
        time = 0 if piece.episode != self.expected[0] else self.expected[1]
        self.gaps += int(len(piece) > 0 and piece.start != time)
        self.expected = (piece.episode, piece.start + len(piece))
        self.lengths[piece.episode] = self.lengths.get(piece.episode, 0) + len(piece)

    def counts(self) -> Counts:
        lengths = np.array(list(self.lengths.values()), dtype=np.int64)
        filled = lengths[lengths > 0]
        rows = int(lengths.sum())
        used = rows - self.bad_actions - self.bad_observations
        if not used:
            raise ProblemError(
                f"data must hold at least one row of finite numbers, got {len(lengths)} episodes with {rows} rows, "
                f"{self.bad_actions} with bad actions and {self.bad_observations} with bad observations"
            )
        return Counts(
            episodes=len(filled),
            empty_episodes=len(lengths) - len(filled),
            rows=rows,
            used_rows=used,
            bad_actions=self.bad_actions,
            bad_observations=self.bad_observations,
            bad_by_dimension=tuple(self.bad_entries.tolist()),
            gaps=self.gaps,
            shortest=int(filled.min()),
            median=float(np.median(filled)),
            longest=int(filled.max()),
        )


def survey(
    source: Source,
    *,
    memory: int,
    rng: np.random.Generator,
    watch: Callable[[Piece], None] = lambda _: None,
) -> Survey:
    """Read everything once.

    Rows with an entry that is NaN or infinite are left out, and counted; the stretches before and after them are not
    joined.

    Args:
        source: the demonstrations.
        memory: budget in bytes for what is held at a time; the sample takes an eighth of it.
        rng: decides which pieces are held where not all fit.
        watch: called with every piece as stored.

    Raises:
        ProblemError: no usable row, no action dimension, or episodes of different dimensions.
        DomainError: memory < 1.
    """
    positive_int("memory", memory)
    width = source.width
    ledger, sampler = _Ledger(), _Sampler(memory // (_SAMPLE_SHARE * _BYTES), rng)
    actions: Moments | None = None
    observations: Moments | None = None
    for piece in source.pieces(rows_at_once(memory, width)):
        ledger.add(piece)
        watch(piece)
        if actions is None:
            actions = Moments(piece.actions.shape[1])
            observations = None if piece.observations is None else Moments(piece.observations.shape[1])
        for run in finite_runs(piece):
            actions.add(run.actions)
            if observations is not None and run.observations is not None:
                observations.add(run.observations)
            sampler.offer(run, width)
    counts = ledger.counts()
    if actions is None or not len(actions.low):
        raise ProblemError(f"{source.path}: actions must have at least one dimension, got none")
    sample = Sample(sampler.pieces(), complete=sampler.threshold == 1.0)
    return Survey(counts, actions.spread(), None if observations is None else observations.spread(), sample)
