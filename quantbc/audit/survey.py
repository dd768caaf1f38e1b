"""One pass over demonstrations: counts, ranges, what had to be left out, and a sample that fits in memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quantbc.audit.ledger import Counts, Ledger
from quantbc.audit.rows import Block, Piece, finite_rows, finite_runs, gathered, numbered
from quantbc.audit.source import Source
from quantbc.errors import ProblemError
from quantbc.words import LEAST_MEMORY
from simulators.errors import FloatArray, positive_int

_SAMPLE_SHARE = 8
_LARGEST = 1e100
"""Sums of squares of larger entries overflow."""
_SMALLEST = 1e-150
"""Squares of quotients by less overflow."""
_PIECE_SHARE = 256
_BYTES = 8
_FEWEST, _MOST = 64, 65_536
_TOGETHER = 4096
"""Short episodes are read together up to so many rows."""
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
        columns, new = np.ascontiguousarray(block.T), Moments(len(self.mean))  # sums along rows are slow
        new.count, new.mean = len(block), columns.mean(axis=1)
        new.squares = np.square(columns - new.mean[:, None]).sum(axis=1)
        new.low, new.high = columns.min(axis=1), columns.max(axis=1)
        self.merge(new)

    def merge(self, other: Moments) -> None:
        """Take in the rows of another."""
        if not other.count:
            return
        gap, count = other.mean - self.mean, self.count + other.count
        self.squares += other.squares + gap**2 * (self.count * other.count / count)
        self.mean += gap * (other.count / count)
        self.low, self.high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        self.count = count

    def spread(self) -> Spread:
        """Return range and moments of all rows so far."""
        return Spread(self.low, self.high, self.mean, np.sqrt(self.squares / self.count))


class _Sampler:
    """Uniform sample of pieces within a size: those with the smallest random keys stay, in whatever order they come."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.held, self.threshold = 0, 1.0
        self.heap: list[tuple[float, int, Piece]] = []
        self.seen = 0

    def offer(self, pieces: Sequence[Piece], width: int) -> None:
        for key, piece in zip(self.rng.random(len(pieces)).tolist(), pieces, strict=True):
            self.seen += 1
            self._take(key, self.seen, piece, width)

    def _take(self, key: float, place: int, piece: Piece, width: int) -> None:
        if key >= self.threshold:
            return
        heapq.heappush(self.heap, (-key, place, piece))
        self.held += len(piece.actions) * width
        while self.held > self.size and len(self.heap) > 1:
            worst, _, dropped = heapq.heappop(self.heap)
            self.threshold = -worst
            self.held -= len(dropped) * width

    def merge(self, other: _Sampler, width: int, offset: int) -> None:
        self.threshold = min(self.threshold, other.threshold)
        for key, place, piece in other.heap:
            self._take(-key, self.seen + place, numbered(piece, offset), width)
        self.seen += other.seen

    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for _, _, piece in sorted(self.heap, key=lambda item: item[1]))


@dataclass(frozen=True, eq=False)
class Sample(Block):
    """Pieces held in memory: everything, or a uniform sample of pieces.

    Attributes:
        pieces: finite rows, in the order of the file.
        complete: whether nothing was left out.
    """

    complete: bool

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self)


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


def _finite_block(block: Block) -> Block:
    """The finite stretches of its pieces."""
    whole = finite_rows(block.actions).all() and (block.observations is None or finite_rows(block.observations).all())
    if whole and all(len(piece.actions) and piece.following is None for piece in block.pieces):
        return block
    return Block(tuple(run for piece in block.pieces for run in finite_runs(piece)))


def blocks_of(source: Source, memory: int) -> Iterator[Block]:
    """Yield the finite stretches of all episodes, in order, many of them together where they are short."""
    rows = rows_at_once(memory, source.width)
    for block in gathered(source.pieces(rows), min(rows, _TOGETHER)):
        if (found := _finite_block(block)).pieces:
            yield found


def pieces_of(source: Source, memory: int) -> Iterator[Piece]:
    """Yield the finite stretches of all episodes, in order."""
    for block in blocks_of(source, memory):
        yield from block.pieces


class Look:
    """What a pass over some files finds; what later files hold is merged into it."""

    def __init__(self, source: Source, memory: int, rng: np.random.Generator) -> None:
        """Start with nothing."""
        positive_int("memory", memory)
        self.path, self.width = source.path, source.width
        self.ledger, self.sampler = Ledger(), _Sampler(memory // (_SAMPLE_SHARE * _BYTES), rng)
        self.actions: Moments | None = None
        self.observations: Moments | None = None

    def add(self, block: Block) -> None:
        """Take in pieces as stored."""
        for piece in block.pieces:
            self.ledger.add(piece)
        self.ledger.judge(block)
        fine = _finite_block(block)
        if self.actions is None:
            self.actions = Moments(block.actions.shape[1])
            self.observations = None if block.observations is None else Moments(block.observations.shape[1])
        if fine.pieces:
            self.actions.add(fine.actions)
            if self.observations is not None and fine.observations is not None:
                self.observations.add(fine.observations)
            self.sampler.offer(fine.pieces, self.width)

    def merge(self, other: Look) -> int:
        """Take in what a pass over the files after these found; return the number of its first episode."""
        offset = self.ledger.merge(other.ledger)
        for mine, more in ((self.actions, other.actions), (self.observations, other.observations)):
            if mine is not None and more is not None:
                mine.merge(more)
        self.sampler.merge(other.sampler, self.width, offset)
        return offset

    def found(self) -> Survey:
        """Return the survey of everything.

        Raises:
            ProblemError: no usable row, or no dimension of actions or of observations that are there.
        """
        counts = self.ledger.counts()
        if self.actions is None or not len(self.actions.low):
            raise ProblemError(f"{self.path}: actions must have at least one dimension, got none")
        if self.observations is not None and not len(self.observations.low):
            raise ProblemError(f"{self.path}: observations must have at least one dimension, got none")
        sample = Sample(self.sampler.pieces(), complete=self.sampler.threshold == 1.0)
        return Survey(
            counts, self.actions.spread(), None if self.observations is None else self.observations.spread(), sample
        )


def look(
    source: Source, *, memory: int, rng: np.random.Generator, watch: Callable[[Piece], None] | None = None
) -> Look:
    """Read everything once; see `survey`.

    Args:
        source: the demonstrations, or a part of them.
        memory: budget in bytes.
        rng: decides which pieces are held.
        watch: called with every piece as stored.
    """
    found = Look(source, memory, rng)
    rows = rows_at_once(memory, found.width)
    for block in gathered(source.pieces(rows), min(rows, _TOGETHER)):
        found.add(block)
        if watch is not None:
            for piece in block.pieces:
                watch(piece)
    return found


def survey(source: Source, *, memory: int, rng: np.random.Generator) -> Survey:
    """Read everything once.

    Rows with an entry that is NaN or infinite are left out, and counted; the stretches before and after them are not
    joined.

    Args:
        source: the demonstrations.
        memory: budget in bytes for what is held at a time; the sample takes an eighth of it.
        rng: decides which pieces are held where not all fit.

    Raises:
        ProblemError: no usable row, no action dimension, or episodes of different dimensions.
        DomainError: memory < 1.
    """
    return look(source, memory=memory, rng=rng).found()
