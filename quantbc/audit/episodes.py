"""Stored statistics of single episodes against the episodes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from quantbc.audit.rows import Piece
from quantbc.audit.source import StoredEpisode
from quantbc.audit.survey import Moments, Sample, Survey
from simulators.errors import FloatArray

NOTICEABLE = 0.01
"""Differences from this share of a dimension's range on are worth a warning."""


def aggregate(episodes: Mapping[int, StoredEpisode]) -> dict[str, FloatArray]:
    """Return statistics of all rows from those of the episodes: pooled mean and deviation, weighted by rows.

    Quantiles cannot be put together and are left out; so is everything where an episode lacks it, or where episodes
    differ in dimension.

    >>> one = StoredEpisode(1, {"mean": np.array([0.0]), "std": np.array([0.0])})
    >>> three = StoredEpisode(3, {"mean": np.array([4.0]), "std": np.array([0.0])})
    >>> {name: value.tolist() for name, value in aggregate({0: one, 1: three}).items()}
    {'mean': [3.0], 'std': [1.7320508075688772]}
    """
    lines = list(episodes.values())
    found: dict[str, FloatArray] = {}
    for name, merge in (("min", np.min), ("max", np.max)):
        if (stacked := _stacked(lines, name)) is not None:
            found[name] = merge(stacked, axis=0)
    counts = np.array([line.count or 0 for line in lines], dtype=np.float64)[:, None]
    means, stds = _stacked(lines, "mean"), _stacked(lines, "std")
    if means is None or not counts.all():
        return found
    found["mean"] = (counts * means).sum(axis=0) / counts.sum()
    if stds is not None and stds.shape == means.shape:
        squares = counts * (stds**2 + (means - found["mean"]) ** 2)
        found["std"] = np.sqrt(squares.sum(axis=0) / counts.sum())
    return found


def _stacked(lines: list[StoredEpisode], name: str) -> FloatArray | None:
    values = [line.statistics[name] for line in lines if name in line.statistics]
    same = len(values) == len(lines) > 0 and len({value.shape for value in values}) == 1
    return np.stack(values) if same else None


@dataclass(frozen=True)
class EpisodeComparison:
    """How stored statistics of episodes agree with the data.

    Attributes:
        stored: episodes the file has statistics of.
        compared: those of them whose rows are in the data, with finite actions.
        without_data: stored, but there are no such rows.
        without_statistics: in the data, but nothing is stored.
        disagreeing: episodes by statistic (count, dimension, min, max, …) that differ by 1 % of the range or more.
        worst: for each such statistic a sentence about the largest difference.
        quantiles: episodes whose stored quantiles were compared: those held in memory whole.
    """

    stored: int
    compared: int
    without_data: int
    without_statistics: int
    disagreeing: Mapping[str, int]
    worst: Mapping[str, str]
    quantiles: int

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def warnings(self) -> list[str]:
        """What does not agree, in words."""
        found = [
            f"stored {name} disagrees with the data in {count} of {self.compared} episodes: {self.worst[name]}"
            for name, count in self.disagreeing.items()
        ]
        if self.without_data:
            found.append(f"{self.without_data} episodes have stored statistics and no rows with finite actions")
        if self.without_statistics:
            found.append(f"{self.without_statistics} episodes have no stored statistics")
        return found


class EpisodeCheck:
    """Statistics of every episode, recomputed while the file is read; rows with bad actions are left out."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._moments: dict[int, Moments] = {}
        self._rows: dict[int, int] = {}
        self._positions: dict[int, int] = {}

    def add(self, piece: Piece) -> None:
        """Take in a piece as stored."""
        if piece.number is None:
            return
        moments = self._moments.setdefault(piece.number, Moments(piece.actions.shape[1]))
        moments.add(piece.actions[np.isfinite(piece.actions).all(axis=1)])
        self._rows[piece.number] = self._rows.get(piece.number, 0) + len(piece)
        self._positions[piece.number] = piece.episode

    def merge(self, other: EpisodeCheck, offset: int) -> None:
        """Take in the episodes of files that follow, whose first has that number."""
        for number, moments in other._moments.items():
            self._positions.setdefault(number, other._positions[number] + offset)
            self._rows[number] = self._rows.get(number, 0) + other._rows[number]
            if number in self._moments:
                self._moments[number].merge(moments)
            else:
                self._moments[number] = moments

    def compare(self, stored: Mapping[int, StoredEpisode], found: Survey) -> EpisodeComparison | None:
        """Return the comparison once everything was read; None where nothing is stored.

        Args:
            stored: what the file says.
            found: what is there.
        """
        if not stored:
            return None
        held = _whole(found.sample, {self._positions[n]: m.count for n, m in self._moments.items()})
        tally = _Tally(2 * found.actions.half_range)
        both = [n for n in stored if n in self._moments and self._moments[n].count]
        for number in both:
            said, spread = stored[number], self._moments[number].spread()
            mine = {"min": spread.low, "max": spread.high, "mean": spread.mean, "std": spread.std}
            rows = held.get(self._positions[number])
            if rows is not None:
                mine |= dict(zip(("q01", "q99"), np.quantile(rows, [0.01, 0.99], axis=0), strict=True))
            tally.add(number, said, self._rows[number], mine)
        return EpisodeComparison(
            stored=len(stored),
            compared=len(both),
            without_data=len(stored) - len(both),
            without_statistics=len(set(self._moments) - set(stored)),
            disagreeing=tally.counts,
            worst=tally.sentences,
            quantiles=tally.quantiles,
        )


def _whole(sample: Sample, lengths: Mapping[int, int]) -> dict[int, FloatArray]:
    """Actions of the episodes, by position, of which every finite row is held in memory."""
    parts: dict[int, list[FloatArray]] = {}
    for piece in sample.pieces:
        parts.setdefault(piece.episode, []).append(piece.actions)
    joined = {position: np.concatenate(mine) for position, mine in parts.items()}
    return {position: rows for position, rows in joined.items() if len(rows) == lengths.get(position)}


class _Tally:
    """Disagreements so far, and the largest for each statistic."""

    def __init__(self, ranges: FloatArray) -> None:
        self.ranges = ranges
        self.counts: dict[str, int] = {}
        self.sentences: dict[str, str] = {}
        self.quantiles = 0
        self._largest: dict[str, float] = {}

    def add(self, number: int, stored: StoredEpisode, rows: int, mine: Mapping[str, FloatArray]) -> None:
        if stored.count is not None and stored.count != rows:
            text = f"episode {number} has {stored.count} rows stored, the data have {rows}"
            self._note("count", abs(stored.count - rows), text)
        self.quantiles += "q01" in mine and bool({"q01", "q99"} & set(stored.statistics))
        for name, value in stored.statistics.items():
            if name in mine:
                self._compare(number, name, value, mine[name])

    def _compare(self, number: int, name: str, stored: FloatArray, mine: FloatArray) -> None:
        if stored.shape != mine.shape:
            text = f"{name} of episode {number} has {stored.size} entries, the data have {mine.size}"
            self._note("dimension", float("inf"), text)
            return
        gaps = np.abs(stored - mine) / self.ranges
        gaps = np.where(np.isnan(gaps), np.inf, gaps)
        j = int(np.argmax(gaps))
        if gaps[j] > NOTICEABLE:
            text = f"worst in episode {number}, dimension {j}, {stored[j]:.6g} stored, {mine[j]:.6g} in the data"
            self._note(name, float(gaps[j]), text)

    def _note(self, name: str, size: float, text: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
        if size > self._largest.get(name, -1.0):
            self._largest[name], self.sentences[name] = size, text
