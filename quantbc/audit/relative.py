"""Demonstrations whose actions are read relative to an observation at the first step of their chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from quantbc.audit.dimensions import chosen_dimensions, periods_of, wrapped
from quantbc.audit.rows import Piece
from quantbc.audit.source import Source, StoredEpisode
from quantbc.errors import ProblemError
from simulators.errors import FloatArray


@dataclass(frozen=True)
class RelativeActions:
    """A source with delta actions: an action minus the observation at the first step of its chunk.

    Attributes:
        source: the demonstrations.
        reference: the same demonstrations, with the observation that is subtracted as their only one.
        key: its name.
        dims: dimensions that are relative, as the user names them; None for all that the observation has.
        steps: length of a chunk; 1 subtracts the observation of the same step.
        periodic: dimensions that wrap, as the user names them; their differences go the short way around.
    """

    source: Source
    reference: Source
    key: str
    dims: str | None
    steps: int
    periodic: tuple[str, ...] = ()

    @property
    def layout(self) -> str:
        return self.source.layout

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def width(self) -> int:
        return self.source.width + self.reference.width

    @property
    def observed(self) -> tuple[str, ...]:
        return self.source.observed

    @property
    def notes(self) -> tuple[str, ...]:
        """Those of the source, and what actions are relative to."""
        since = "of the same step" if self.steps == 1 else f"at the first step of every {self.steps}"
        stored = ("stored statistics are not compared: they may be of absolute actions",) if self.source.stored else ()
        return (*self.source.notes, f"actions are relative to {self.key} {since}", *stored)

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        """None: they may be of absolute actions."""
        return {}

    @property
    def stored_episodes(self) -> Mapping[int, StoredEpisode]:
        """None."""
        return {}

    @property
    def action_names(self) -> tuple[str, ...] | None:
        return self.source.action_names

    @property
    def fps(self) -> float | None:
        return self.source.fps

    @property
    def files(self) -> Sequence[Path]:
        return self.source.files

    def part(self, files: slice) -> Self:
        return replace(self, source=self.source.part(files), reference=self.reference.part(files))

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes of the source, their actions relative."""
        start: FloatArray | None = None
        for piece, other in zip(self.source.pieces(rows), self.reference.pieces(rows), strict=True):
            if other.observations is None or len(other) != len(piece):
                raise ProblemError(f"--relative-to must name a vector with a row for every action, got {self.key!r}")
            dims, periods = self._dims(piece.actions.shape[1], other.observations.shape[1])
            now = other.observations[:, dims]
            times = piece.start + np.arange(len(piece))
            first = times - times % self.steps - piece.start  # row of the chunk's first step; negative: before
            base = now[np.maximum(first, 0)]
            before = (first < 0) & (piece.start > 0)
            if before.any():
                base[before] = np.nan if start is None else start
            actions = np.array(piece.actions)
            actions[:, dims] = wrapped(actions[:, dims] - base, periods[dims])
            if len(piece):
                start = base[-1]
            yield Piece(piece.episode, piece.start, actions, piece.observations, piece.following, piece.number)

    def _dims(self, actions: int, observed: int) -> tuple[list[int], FloatArray]:
        periods = periods_of(self.periodic, actions, self.action_names)
        if self.dims is not None:
            dims = chosen_dimensions("--relative-to", self.dims, min(actions, observed), None)
        elif observed > actions:
            raise ProblemError(
                f"--relative-to must name a vector with at most {actions} entries, or its dimensions after a colon "
                f"({self.key}:0-{actions - 1}), got {observed} entries"
            )
        else:
            dims = list(range(observed))
        return dims, periods
