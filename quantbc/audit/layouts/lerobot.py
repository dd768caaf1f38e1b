"""Demonstrations in LeRobot's parquet layouts: v2.x with one episode a file, v3.0 with many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from quantbc.audit.episodes import aggregate
from quantbc.audit.layouts.lerobot_stats import read_episode_statistics, vectors
from quantbc.audit.source import DAMAGE, Piece, StoredEpisode, as_rows, chosen_keys, inside, not_chosen
from quantbc.errors import ProblemError
from simulators.errors import FloatArray, IntArray

__all__ = ["LeRobotFolder", "lerobot_layout"]

_PATTERNS = {"lerobot_v2": r"episode_\d+\.parquet", "lerobot_v3": r"file-\d+\.parquet"}
_STATE = "observation.state"
_SORTABLE = 16
"""A file whose rows are out of order is sorted in memory if it has at most this many times the rows of a piece."""


_STREAM = 1 << 20
"""Bytes read ahead per column; without it, and with pyarrow's own read-ahead, a file is held in memory whole."""


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The open file; whatever pyarrow finds wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the file cannot be read, or the extra is not installed.
    """
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        raise ProblemError("parquet files need the extra: pip install 'quantbc[data]'") from None
    try:
        with pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=_STREAM) as file:
            yield file
    except ProblemError:
        raise
    except (pyarrow.ArrowException, *DAMAGE) as error:
        raise ProblemError(f"data must be a readable parquet file, got {path}: {error}") from None


def _files(root: Path, layout: str) -> list[Path]:
    """Data files in the order of their numbers: chunk first, then file."""
    found = [p for p in root.glob("data/chunk-*/*.parquet") if re.fullmatch(_PATTERNS[layout], p.name)]
    return sorted(found, key=lambda p: [int(n) for n in re.findall(r"\d+", f"{p.parent.name}/{p.name}")])


def lerobot_layout(root: Path) -> str | None:
    """Return which LeRobot layout a folder has, from the names of its data files; None if neither."""
    for layout in _PATTERNS:
        if _files(root, layout):
            return layout
    return None


def _columns(batch: Any, name: str, *, real: bool = False) -> FloatArray:
    """A column of lists or numbers as rows.

    Raises:
        ProblemError: a missing value, or lists of different lengths.
    """
    column = batch.column(name)
    if column.null_count:
        raise ProblemError(f"{name} must have a value in every row, got {column.null_count} missing")
    if not hasattr(column, "flatten") or not hasattr(column.type, "value_type"):
        return as_rows(name, column.to_numpy(zero_copy_only=False), real=real)
    flat = as_rows(name, column.flatten().to_numpy(zero_copy_only=False), real=real)
    lengths = np.asarray(column.value_lengths()) if hasattr(column, "value_lengths") else np.array([])
    if len(np.unique(lengths)) > 1:
        raise ProblemError(f"{name} must have lists of one length, got {int(lengths.min())} to {int(lengths.max())}")
    return flat.reshape(len(column), -1)


def _is_vector(kind: Any) -> bool:
    """Whether a column's type is a number or a list of numbers; images are neither."""
    from pyarrow import types

    lists = types.is_list(kind) or types.is_fixed_size_list(kind) or types.is_large_list(kind)
    scalar = kind.value_type if lists else kind
    return bool(types.is_integer(scalar) or types.is_floating(scalar) or types.is_boolean(scalar))


def _json(path: Path) -> Mapping[str, Any]:
    """A JSON object, empty if there is no such file.

    Raises:
        ProblemError: it is no JSON object.
    """
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(f"{path} must hold JSON: {error}") from None
    if not isinstance(found, dict):
        raise ProblemError(f"{path} must hold a JSON object, got {type(found).__name__}")
    return found


@dataclass(frozen=True)
class LeRobotFolder:
    """A LeRobot data set: columns action, observation.state (lists), episode_index and frame_index.

    Attributes:
        path: the folder that holds data/ and meta/.
        layout: ``"lerobot_v2"`` or ``"lerobot_v3"``.
        keys: which observation columns to read; observation.state if empty.

    Raises:
        ProblemError: no data files of that layout.
    """

    path: Path
    layout: str
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.files:
            raise ProblemError(
                f"{self.path} must hold data/chunk-XXX/ files named like {_PATTERNS[self.layout]}, got none"
            )

    @cached_property
    def files(self) -> list[Path]:
        """The data files, in order."""
        return [inside(path, self.path) for path in _files(self.path, self.layout)]

    @cached_property
    def _names(self) -> list[str]:
        with _opened(self.files[0]) as file:
            present = set(file.schema_arrow.names)
        missing = [name for name in ("action", "episode_index", "frame_index") if name not in present]
        if missing:
            raise ProblemError(f"{self.files[0]} must have a column {missing[0]!r}, got {sorted(present)}")
        return ["action", *self.observed, "episode_index", "frame_index"]

    @cached_property
    def _available(self) -> list[str]:
        """Columns called observation.… that hold numbers or lists of numbers."""
        with _opened(self.files[0]) as file:
            schema = file.schema_arrow
            return [field.name for field in schema if field.name.startswith("observation.") and _is_vector(field.type)]

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Names of the columns that are read as observations."""
        return chosen_keys(self.keys, self._available, [_STATE] if _STATE in self._available else [])

    @cached_property
    def width(self) -> int:
        """Numbers in a row."""
        with _opened(self.files[0]) as file:
            batch = next(file.iter_batches(batch_size=1, columns=self._names[:-2]), None)
        return 2 if batch is None else sum(_columns(batch, name).shape[1] for name in self._names[:-2])

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether there are observations, and what the folder says about its size."""
        info = _json(self.path / "meta" / "info.json")
        said = [f"{key} {info[key]}" for key in ("codebase_version", "total_episodes", "total_frames") if key in info]
        found = [f"meta/info.json says: {', '.join(said)}"] if said else []
        missing = [] if self.observed else [f"no column {_STATE}: no observations"]
        return (*found, *missing, *not_chosen(self._available, self.observed))

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        """Action statistics of meta/stats.json; without it those of v2.1's episodes, put together as LeRobot does."""
        path = self.path / "meta" / "stats.json"
        action = _json(path).get("action", {})
        return vectors(f"{path}: action", action) if action else aggregate(self.stored_episodes)

    @cached_property
    def stored_episodes(self) -> Mapping[int, StoredEpisode]:
        """Action statistics of every episode, from v2.1's meta/episodes_stats.jsonl."""
        return read_episode_statistics(self.path / "meta" / "episodes_stats.jsonl")

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in the order of the files, each sorted by frame."""
        number, current, seen = -1, -1, set[int]()
        for path in self.files:
            for batch in self._batches(path, rows):
                episode, frame = (_index(batch, name) for name in ("episode_index", "frame_index"))
                actions = _columns(batch, "action", real=True)
                parts = [_columns(batch, name) for name in self.observed]
                states = np.concatenate(parts, axis=1) if parts else None
                cuts = np.flatnonzero((np.diff(episode) != 0) | (np.diff(frame) != 1)) + 1
                for low, high in zip([0, *cuts], [*cuts, len(episode)], strict=True):
                    if episode[low] != current:
                        current, number = int(episode[low]), number + 1
                        if current in seen:
                            raise ProblemError(f"{path}: episode {current} must be in one place, got it again")
                        seen.add(current)
                    observed = None if states is None else states[low:high]
                    yield Piece(number, int(frame[low]), actions[low:high], observed, number=current)

    def _batches(self, path: Path, rows: int) -> Iterator[Any]:
        """Batches of a file in the order of episode and frame; sorted in memory if the file is not."""
        import pyarrow

        with _opened(path) as file:
            if missing := set(self._names) - set(file.schema_arrow.names):
                raise ProblemError(f"{path} must have the columns of the first file, but {min(missing)!r} is missing")
            if self._sorted(file, rows):
                yield from (batch for batch in file.iter_batches(batch_size=rows, columns=self._names) if len(batch))
                return
            total = file.metadata.num_rows
            if total > _SORTABLE * rows:
                raise ProblemError(
                    f"{path}: rows must be sorted by episode_index and frame_index to be read piece by piece, "
                    f"got {total} unsorted rows; raise --memory"
                )
            table = file.read(columns=self._names)
            table = table.sort_by([("episode_index", "ascending"), ("frame_index", "ascending")])
            yield pyarrow.RecordBatch.from_arrays(
                [column.combine_chunks() for column in table.columns], names=self._names
            )

    def _sorted(self, file: Any, rows: int) -> bool:
        before = (-1, -1)
        for batch in file.iter_batches(batch_size=_SORTABLE * rows, columns=self._names[-2:]):
            if not len(batch):
                continue
            episode, frame = (_index(batch, name) for name in ("episode_index", "frame_index"))
            step, time = np.diff(episode, prepend=before[0]), np.diff(frame, prepend=before[1])
            if np.any(step < 0) or np.any((step == 0) & (time < 0)):
                return False
            if np.any((step == 0) & (time == 0)):
                raise ProblemError(f"frame_index must not repeat within an episode, got {int(frame[time == 0][0])}")
            before = (int(episode[-1]), int(frame[-1]))
        return True


def _index(batch: Any, name: str) -> IntArray:
    """A column of nonnegative whole numbers.

    Raises:
        ProblemError: anything else.
    """
    column = batch.column(name)
    values = np.asarray(column.to_numpy(zero_copy_only=False))
    if values.dtype.kind not in "iu" or (len(values) and values.min() < 0):
        raise ProblemError(f"{name} must hold whole numbers >= 0, got {values[:3].tolist()}")
    return values.astype(np.int64)
