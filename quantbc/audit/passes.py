"""The two passes of an audit over all files: what is there, and what tokenizers and dynamics do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from quantbc.audit.candidates import Candidate
from quantbc.audit.episodes import EpisodeCheck
from quantbc.audit.parts import Parts
from quantbc.audit.rows import Block, numbered
from quantbc.audit.source import Source
from quantbc.audit.stability import TransitionSums, transitions
from quantbc.audit.survey import Look, Spread, Survey, blocks_of, look
from quantbc.audit.tally import Feeds, Tally
from quantbc.audit.tokenizers import live_dimensions
from simulators.errors import FloatArray


@dataclass(frozen=True, eq=False)
class First:
    """What the first pass found.

    Attributes:
        found: of all files.
        check: statistics of the episodes.
        offsets: number of the first episode of every part.
        rows: rows of every part that can be used.
    """

    found: Survey
    check: EpisodeCheck
    offsets: tuple[int, ...]
    rows: tuple[int, ...]


def first_pass(parts: Parts, *, memory: int, rng: np.random.Generator, checked: bool) -> First:
    """Survey all files.

    Args:
        parts: the files.
        memory: budget in bytes.
        rng: decides which pieces are held where not all fit.
        checked: whether statistics of single episodes are wanted.

    Raises:
        ProblemError: as `quantbc.audit.survey.survey`.
    """
    count = len(parts.groups)
    streams = [rng] if count == 1 else rng.spawn(count)
    whole: tuple[Look, EpisodeCheck] | None = None
    offsets, rows = [], []
    for found, check in parts.map(_looked, [(memory, stream, checked) for stream in streams]):
        rows.append(found.ledger.used)
        if whole is None:
            whole = found, check
            offsets.append(0)
        else:
            offsets.append(whole[0].merge(found))
            whole[1].merge(check, offsets[-1])
    assert whole is not None  # noqa: S101 (there is one part at least)
    return First(whole[0].found(), whole[1], tuple(offsets), tuple(rows))


def _looked(source: Source, memory: int, rng: np.random.Generator, checked: bool) -> tuple[Look, EpisodeCheck]:
    check = EpisodeCheck()
    return look(source, memory=memory, rng=rng, watch=check.add if checked else None), check


@dataclass(frozen=True, eq=False)
class Plan:
    """What the second pass measures.

    Attributes:
        candidates: tokenizers.
        actions: range of the actions.
        observations: of the observations; None without any.
        horizon: time indices for which errors are kept apart.
        periods: of dimensions that wrap; None if none does.
        memory: budget in bytes.
    """

    candidates: Sequence[Candidate]
    actions: Spread
    observations: Spread | None
    horizon: int
    periods: FloatArray | None
    memory: int
    units: tuple[FloatArray, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A dimension that does not count has no error in the norm.
        units = (
            np.where(live_dimensions(candidate, self.actions), self.actions.half_range, np.inf)
            for candidate in self.candidates
        )
        object.__setattr__(self, "units", tuple(units))

    def empty(self) -> tuple[list[Tally], TransitionSums | None]:
        """Return tallies and sums of nothing."""
        tallies = [
            Tally(candidate, unit=unit, horizon=self.horizon, periods=self.periods)
            for candidate, unit in zip(self.candidates, self.units, strict=True)
        ]
        return tallies, None if self.observations is None else TransitionSums(self.actions, self.observations)


def second_pass(
    parts: Parts, first: First, plan: Plan, advance: Callable[[int], None]
) -> tuple[list[Tally], TransitionSums | None]:
    """Measure everything on all files.

    Args:
        parts: the files.
        first: what the first pass found.
        plan: what is measured.
        advance: called with rows as they are done.
    """
    tallies, sums = plan.empty()
    near = None if parts.elsewhere else advance
    found = parts.map(_measured, [(offset, plan, near) for offset in first.offsets])
    for rows, (more, added) in zip(first.rows, found, strict=True):
        for mine, other in zip(tallies, more, strict=True):
            mine.merge(other)
        if sums is not None and added is not None:
            sums.merge(added)
        if parts.elsewhere:
            advance(rows)
    return tallies, sums


def _measured(
    source: Source, offset: int, plan: Plan, advance: Callable[[int], None] | None
) -> tuple[list[Tally], TransitionSums | None]:
    tallies, sums = plan.empty()
    feeds = Feeds(tallies)

    def watched() -> Iterator[Block]:
        for block in blocks_of(source, plan.memory):
            mine = Block(tuple(numbered(piece, offset) for piece in block.pieces)) if offset else block
            feeds.add(mine)
            if advance is not None:
                advance(len(mine))
            yield mine

    for rows in transitions(watched()):
        if sums is not None:
            sums.add(*rows)
    feeds.close()
    return tallies, sums
