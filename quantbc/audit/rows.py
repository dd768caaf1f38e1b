"""Rows of demonstrations: stretches of single episodes, and many of them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from quantbc.errors import ProblemError
from simulators.errors import FloatArray, IntArray

_FLOAT = np.dtype(np.float64)


@dataclass(frozen=True, eq=False)
class Piece:
    """Consecutive rows of one episode, as stored: entries may be NaN or infinite.

    Attributes:
        episode: position of the episode in the file's order, from 0.
        start: time index of the first row within its episode, from 0.
        actions: actions[t, j], raw units.
        observations: observations[t, i] before each action; None if the file has none.
        following: the observation after the last row, if the file stores it.
        number: the file's own number of the episode, where it has one.

    Raises:
        ProblemError: observations and actions differ in length.

    >>> Piece(0, 0, np.zeros((2, 1)), np.zeros((3, 4)))
    Traceback (most recent call last):
    quantbc.errors.ProblemError: episode 0: observations must have as many rows as actions, got 3 and 2
    """

    episode: int
    start: int
    actions: FloatArray = field(repr=False)
    observations: FloatArray | None = field(repr=False)
    following: FloatArray | None = field(default=None, repr=False)
    number: int | None = None

    def __post_init__(self) -> None:
        for name in ("actions", "observations", "following"):
            value = getattr(self, name)
            if value is None or (type(value) is np.ndarray and value.dtype == _FLOAT and not value.flags.writeable):
                continue  # what cannot be written to may be shared
            array = np.array(value, dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.observations is not None and len(self.observations) != len(self.actions):
            raise ProblemError(
                f"episode {self.episode}: observations must have as many rows as actions, "
                f"got {len(self.observations)} and {len(self.actions)}"
            )

    def __len__(self) -> int:
        return len(self.actions)

    def last(self) -> Piece:
        """Its last row."""
        seen = None if self.observations is None else self.observations[-1:]
        return Piece(self.episode, self.start + len(self) - 1, self.actions[-1:], seen, self.following, self.number)


@dataclass(frozen=True, eq=False)
class Block:
    """Pieces that stand one after the other, and their rows side by side.

    Attributes:
        pieces: in the order of the file.

    >>> block = Block((Piece(0, 4, np.zeros((2, 1)), None), Piece(1, 0, np.ones((1, 1)), None)))
    >>> block.actions.ravel().tolist(), block.episodes.tolist(), block.times.tolist(), block.joined.tolist()
    ([0.0, 0.0, 1.0], [0, 0, 1], [4, 5, 0], [True, False])
    """

    pieces: tuple[Piece, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.actions)

    @cached_property
    def actions(self) -> FloatArray:
        """All actions, one a row."""
        return _side_by_side([piece.actions for piece in self.pieces])

    @cached_property
    def observations(self) -> FloatArray | None:
        """All observations, one a row; None if there are none."""
        found = [piece.observations for piece in self.pieces if piece.observations is not None]
        return _side_by_side(found) if len(found) == len(self.pieces) else None

    @cached_property
    def _lengths(self) -> IntArray:
        return np.array([len(piece.actions) for piece in self.pieces], dtype=np.int64)

    @cached_property
    def episodes(self) -> IntArray:
        """Episode number of every row."""
        return np.repeat([piece.episode for piece in self.pieces], self._lengths)

    @cached_property
    def times(self) -> IntArray:
        """Time index of every row within its episode."""
        starts = np.array([piece.start for piece in self.pieces], dtype=np.int64)
        return np.arange(len(self)) + np.repeat(starts - np.cumsum(self._lengths) + self._lengths, self._lengths)

    def ends(self) -> Iterator[tuple[int, Piece]]:
        """Yield every piece with the position of its last row."""
        return zip((np.cumsum(self._lengths) - 1).tolist(), self.pieces, strict=True)

    @cached_property
    def joined(self) -> npt.NDArray[np.bool_]:
        """Whether a row is one step after the row before it, for all rows but the first."""
        return np.asarray((np.diff(self.episodes) == 0) & (np.diff(self.times) == 1))


def _side_by_side(arrays: Sequence[FloatArray]) -> FloatArray:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def gathered(pieces: Iterable[Piece], rows: int) -> Iterator[Block]:
    """Yield pieces in blocks of at least so many rows, but for the last."""
    held: list[Piece] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += len(piece.actions)
        if count >= rows:
            yield Block(tuple(held))
            held, count = [], 0
    if held:
        yield Block(tuple(held))


def numbered(piece: Piece, offset: int) -> Piece:
    """Return a piece with its episode's number raised."""
    return piece if not offset else replace(piece, episode=piece.episode + offset)


def finite_runs(piece: Piece) -> Iterator[Piece]:
    """Yield the stretches of a piece in which every entry is finite.

    >>> piece = Piece(0, 5, np.array([[0.0], [np.nan], [2.0]]), None)
    >>> [(run.start, run.actions.tolist()) for run in finite_runs(piece)]
    [(5, [[0.0]]), (7, [[2.0]])]
    """
    good = finite_rows(piece.actions) & finite_rows(piece.observations, len(piece))
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


def finite_rows(rows: FloatArray | None, length: int = 0) -> npt.NDArray[np.bool_]:
    """Return which rows have finite entries only; all of `length` rows where there are no entries."""
    return np.ones(length, dtype=np.bool_) if rows is None else np.asarray(np.isfinite(rows).all(axis=1))


def windows(pieces: Sequence[Piece], steps: int) -> tuple[IntArray, FloatArray]:
    """Return the rows (in the concatenation of all pieces) at which whole chunks start, and the chunks.

    >>> starts, chunks = windows([Piece(0, 0, np.arange(5.0)[:, None], None)], 2)
    >>> starts.tolist(), chunks[..., 0].tolist()
    ([0, 2], [[0.0, 1.0], [2.0, 3.0]])
    """
    starts: list[IntArray] = []
    chunks: list[FloatArray] = []
    offset = 0
    for piece in pieces:
        whole = len(piece) // steps * steps
        starts.append(offset + np.arange(0, whole, steps))
        chunks.append(piece.actions[:whole].reshape(-1, steps, piece.actions.shape[1]))
        offset += len(piece)
    return np.concatenate(starts), np.concatenate(chunks)
