"""What a tokenizer does to all demonstrations, added up block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from quantbc.audit.candidates import Candidate, chunk_length
from quantbc.audit.dimensions import wrapped
from quantbc.audit.rows import Block, Piece
from simulators.errors import FloatArray, IntArray
from simulators.norms import norm_along
from simulators.quantizers.measure import split_columns, zero_action

MOST_DISTINCT = 2**16
"""Distinct executed actions are counted up to here."""

_FEW = 10_000
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Usage:
    """A tokenizer on all demonstrations; arrays have one entry a dimension, in raw units.

    Attributes:
        rows: steps measured.
        left_over: steps that fit in no whole chunk (chunk tokenizers only).
        max_error: largest |q(u) − u|.
        max_clip: largest |p(u) − u|, p the projection on the tokenizer's range.
        average_error: mean |q(u) − u|.
        clip_error: mean |p(u) − u|.
        bin_error: mean |q(u) − p(u)|.
        clipped: share of entries that p moves.
        bias: mean q(u) − u.
        zero_action: q(0).
        distinct: different executed actions, whole vectors (whole chunks for chunk tokenizers).
        distinct_complete: whether all were counted; if not, `distinct` is a lower limit.
        error: mean over steps of the largest entry of |q(u) − u| / unit: the action norm of the bounds.
        step_errors: the same at every time index (NaN where no episode gets there).
        histograms: how often each token value occurs, one array a token of an action.
    """

    rows: int
    left_over: int
    max_error: FloatArray
    max_clip: FloatArray
    average_error: FloatArray
    clip_error: FloatArray
    bin_error: FloatArray
    clipped: FloatArray
    bias: FloatArray
    zero_action: FloatArray
    distinct: int
    distinct_complete: bool
    error: float
    step_errors: FloatArray = field(repr=False)
    histograms: tuple[IntArray, ...] = field(repr=False)


_MEANS = ("average_error", "clip_error", "bin_error", "clipped", "bias")


class Tally:
    """Adds up what a tokenizer does.

    Args:
        candidate: the tokenizer.
        unit: raw units per unit of the action norm, shape (d,).
        horizon: time indices for which errors are kept apart.
        periods: of dimensions that wrap, infinite for others; None if none does. Their errors go the short way around.
    """

    def __init__(
        self, candidate: Candidate, *, unit: FloatArray, horizon: int, periods: FloatArray | None = None
    ) -> None:
        self.candidate, self.unit, self.periods = candidate, unit, periods
        self.steps = chunk_length(candidate.quantizer)
        self.seen = 0
        width = len(unit)
        self._rows = 0
        self._sums = {name: np.zeros(width) for name in _MEANS}
        self._max_error, self._max_clip = np.zeros(width), np.zeros(width)
        self._by_time, self._counts = np.zeros(horizon), np.zeros(horizon, dtype=np.int64)
        self._total = 0.0
        self._distinct = np.zeros(0, dtype=np.int64)
        self._pending: list[IntArray] = []
        counts = candidate.token_counts
        self._histograms = None if counts is None else [np.zeros(count, dtype=np.int64) for count in counts]
        self._values: dict[int, int] = {}

    def merge(self, other: Tally) -> None:
        """Take in what the same tokenizer does to other rows."""
        self._merge()
        self._pending = [other._distinct, *other._pending]
        self._merge()
        for name in _MEANS:
            self._sums[name] += other._sums[name]
        self._max_error = np.maximum(self._max_error, other._max_error)
        self._max_clip = np.maximum(self._max_clip, other._max_clip)
        self._by_time += other._by_time
        self._counts += other._counts
        self._total += other._total
        self._rows += other._rows
        self.seen += other.seen
        for mine, more in zip(self._histograms or (), other._histograms or (), strict=True):
            mine += more
        for value, count in other._values.items():
            self._values[value] = self._values.get(value, 0) + count

    def add(self, actions: FloatArray, times: IntArray) -> None:
        """Measure rows, whole chunks for tokenizers of chunks.

        Args:
            actions: shape (N, d).
            times: their time indices, shape (N,).
        """
        for rows in np.array_split(np.arange(len(times) // (self.steps or 1)), max(1, len(times) // _BLOCK)):
            if len(rows) and self.steps is None:
                part = slice(rows[0], rows[-1] + 1)
                self._block(actions[part], times[part])
            elif len(rows) and self.steps is not None:
                part = slice(rows[0] * self.steps, (rows[-1] + 1) * self.steps)
                self._block(actions[part].reshape(-1, self.steps, len(self.unit)), times[part])

    def _block(self, u: FloatArray, times: IntArray) -> None:
        quantizer = self.candidate.quantizer
        tokens = quantizer.encode(u)
        codes = executed = quantizer.decode(tokens)
        inside = quantizer.project(u)
        if self.periods is not None:
            codes, inside = (u + wrapped(v - u, self.periods) for v in (codes, inside))
        raw, coded, kept = (np.ascontiguousarray(array.reshape(-1, len(self.unit)).T) for array in (u, codes, inside))
        found = split_columns(raw, coded, kept)
        count = times.size
        for name in _MEANS:
            self._sums[name] += count * getattr(found, name)
        self._max_error = np.maximum(self._max_error, found.max_error)
        self._max_clip = np.maximum(self._max_clip, found.max_clip)
        errors = norm_along((coded - raw) / self.unit[:, None], "linf", axis=0)
        self._total += float(errors.sum())
        early = times < len(self._by_time)
        size = len(self._by_time)
        self._by_time += np.bincount(times[early], weights=errors[early], minlength=size)
        self._counts += np.bincount(times[early], minlength=size)
        self._rows += count
        self._count_tokens(tokens)
        self._count_distinct(executed.reshape(len(executed), -1))

    def _count_tokens(self, tokens: IntArray) -> None:
        if self._histograms is None:
            live = np.isfinite(self.unit)  # a padded dimension's zeros would make every token look cheap
            if tokens.shape[-1] == len(live) and live.any():
                tokens = tokens[..., live]
            for value, count in zip(*np.unique(tokens, return_counts=True), strict=True):
                self._values[int(value)] = self._values.get(int(value), 0) + int(count)
            return
        columns = tokens.reshape(len(tokens), -1).T - self.candidate.quantizer.first_token
        for histogram, column in zip(self._histograms, columns, strict=True):
            histogram += np.bincount(column, minlength=len(histogram))

    def _count_distinct(self, codes: FloatArray) -> None:
        if len(self._distinct) > MOST_DISTINCT:
            return
        self._pending.append(_fingerprints(codes))
        if sum(map(len, self._pending)) >= max(_FEW, len(self._distinct)):  # so that merging costs little in the end
            self._merge()

    def _merge(self) -> None:
        self._distinct = np.unique(np.concatenate([self._distinct, *self._pending]))
        self._pending = []

    def usage(self) -> Usage | None:
        """Return the result; None if no row could be measured."""
        if not self._rows:
            return None
        self._merge()
        complete = len(self._distinct) <= MOST_DISTINCT
        with np.errstate(invalid="ignore"):
            by_time = np.where(self._counts > 0, self._by_time / np.maximum(self._counts, 1), np.nan)
        histograms = self._histograms or [np.array(list(self._values.values()), dtype=np.int64)]
        means = {name: total / self._rows for name, total in self._sums.items()}
        means["clip_error"] = np.where(means["clipped"] > 0, means["clip_error"], 0.0)  # the rest is rounding
        return Usage(
            rows=self._rows,
            left_over=self.seen - self._rows,
            max_error=self._max_error,
            max_clip=np.where(means["clipped"] > 0, self._max_clip, 0.0),
            zero_action=zero_action(self.candidate.quantizer, len(self.unit)),
            distinct=min(len(self._distinct), MOST_DISTINCT),
            distinct_complete=complete,
            error=self._total / self._rows,
            step_errors=by_time,
            histograms=tuple(histograms),
            **means,
        )


class Feeds:
    """Gives blocks to tallies: those of single steps, of chunks of a length, and of held-out episodes see their own.

    Args:
        tallies: filled while blocks are added, and complete once closed.
    """

    def __init__(self, tallies: Sequence[Tally]) -> None:
        groups: dict[tuple[int | None, bool], list[Tally]] = {}
        for tally in tallies:
            groups.setdefault((tally.steps, tally.candidate.held_out), []).append(tally)
        self._feeds = [_Feed(*key, group) for key, group in groups.items()]

    def add(self, block: Block) -> None:
        """Measure a block."""
        for feed in self._feeds:
            feed.add(block)

    def close(self) -> None:
        """Measure the rows that wait for more."""
        for feed in self._feeds:
            feed.flush()


class _Feed:
    """What tallies of one kind see."""

    def __init__(self, steps: int | None, held_out: bool, tallies: Sequence[Tally]) -> None:
        self.steps, self.held_out, self.tallies = steps, held_out, tallies
        self._rest: Piece | None = None
        self._waiting: list[Piece] = []
        self._held = 0

    def add(self, block: Block) -> None:
        if self.steps is None and not self.held_out:
            self._see(len(block))
            self._send(block)
            return
        for piece in block.pieces:
            if self.held_out and piece.episode % 2 == 0:
                continue
            self._see(len(piece))
            mine = piece if self.steps is None else self._whole(piece, self.steps)
            self._waiting.append(mine)
            self._held += len(mine)
            if self._held >= _BLOCK:
                self.flush()

    def _whole(self, piece: Piece, steps: int) -> Piece:
        """The whole chunks of a piece and of the rows before it that did not fill one, if they are of one stretch."""
        last = self._rest
        if last is not None and last.episode == piece.episode and last.start + len(last) == piece.start:
            piece = Piece(last.episode, last.start, np.concatenate([last.actions, piece.actions]), None)
        whole = len(piece) // steps * steps
        self._rest = Piece(piece.episode, piece.start + whole, piece.actions[whole:], None)
        return Piece(piece.episode, piece.start, piece.actions[:whole], None)

    def _see(self, rows: int) -> None:
        for tally in self.tallies:
            tally.seen += rows

    def _send(self, block: Block) -> None:
        for tally in self.tallies:
            tally.add(block.actions, block.times)

    def flush(self) -> None:
        if self._held:
            self._send(Block(tuple(self._waiting)))
        self._waiting, self._held = [], 0


def _fingerprints(codes: FloatArray) -> IntArray:
    """A 64-bit fingerprint of every row; different rows collide with probability about 2^-64 a pair."""
    bits = np.ascontiguousarray(codes.T + 0.0).view(np.uint64)
    for shift in (32, 16):  # what floats differ in may be a few high bits, which products would lose
        bits ^= bits >> np.uint64(shift)
    odd = np.random.default_rng(0).integers(2**63, size=len(bits), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return np.asarray((bits * odd[:, None]).sum(axis=0).view(np.int64))
