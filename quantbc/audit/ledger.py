"""What demonstrations hold and what of them cannot be used, counted file by file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quantbc.audit.rows import Block, Piece, finite_rows
from quantbc.errors import ProblemError


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


class Ledger:
    """Counts that grow while the file is read."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.lengths: list[int] = []
        self.numbers: list[int | None] = []
        self.bad_actions = self.bad_observations = self.gaps = 0
        self.bad_entries = np.zeros(0, dtype=np.int64)
        self.shape: tuple[int, int | None] | None = None
        self.first, self.expected = 0, 0

    def add(self, piece: Piece) -> None:
        """Take in a piece as stored; episodes are numbered from 0.

        Raises:
            ProblemError: other dimensions than before.
        """
        u, x = piece.actions, piece.observations
        self._require(piece.episode, (u.shape[1], None if x is None else x.shape[1]))
        if piece.episode == len(self.lengths):
            self.lengths.append(0)
            self.numbers.append(piece.number)
            self.expected = 0
        self.first = self.first if self.lengths[0] or piece.episode else piece.start
        self.gaps += len(u) > 0 and piece.start != self.expected
        self.expected = piece.start + len(u)
        self.lengths[-1] += len(u)

    def _require(self, episode: int, shape: tuple[int, int | None]) -> None:
        if self.shape is None:
            self.shape, self.bad_entries = shape, np.zeros(shape[0], dtype=np.int64)
        elif shape != self.shape:
            raise ProblemError(
                f"episode {episode}: (action, observation) dimensions must be those of the first episode, "
                f"{self.shape}, got {shape}"
            )

    def judge(self, block: Block) -> None:
        """Count what cannot be used."""
        good = finite_rows(block.actions)
        if not good.all():
            self.bad_entries += (~np.isfinite(block.actions)).sum(axis=0)
            self.bad_actions += int((~good).sum())
        if block.observations is not None:
            self.bad_observations += int((good & ~finite_rows(block.observations)).sum())

    def merge(self, other: Ledger) -> int:
        """Take in what follows, which may go on with the last episode; return the number of its first episode.

        Raises:
            ProblemError: other dimensions, or an episode that is in two places.
        """
        if other.shape is None:
            return len(self.lengths)
        self._require(len(self.lengths), other.shape)
        known, more = set(self.numbers) - {None}, other.numbers
        goes_on = more[0] is not None and more[0] == self.numbers[-1]
        if twice := known & set(more[goes_on:]):
            raise ProblemError(f"data must keep each episode contiguous, got episode {min(filter(None, twice))} twice")
        offset = len(self.lengths) - goes_on
        if goes_on:
            self.gaps -= other.first != 0
            self.gaps += other.first != self.expected
            self.lengths[-1] += other.lengths[0]
        self.lengths += other.lengths[goes_on:]
        self.numbers += more[goes_on:]
        self.bad_entries += other.bad_entries
        self.bad_actions += other.bad_actions
        self.bad_observations += other.bad_observations
        self.gaps += other.gaps
        self.expected = other.expected
        return offset

    @property
    def used(self) -> int:
        """Rows that can be used."""
        return sum(self.lengths) - self.bad_actions - self.bad_observations

    def counts(self) -> Counts:
        """Return the counts of everything.

        Raises:
            ProblemError: no row can be used.
        """
        lengths = np.array(self.lengths, dtype=np.int64)
        filled = lengths[lengths > 0]
        rows = int(lengths.sum())
        used = self.used
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
