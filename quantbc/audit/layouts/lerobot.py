"""Demonstrations in LeRobot's parquet layouts: v2.x with one episode a file, v3.0 with many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from quantbc.audit.episodes import aggregate
from quantbc.audit.layouts.layout import Layout
from quantbc.audit.layouts.lerobot_stats import read_episode_statistics, vectors
from quantbc.audit.rows import Piece
from quantbc.audit.source import (
    DEFAULT_NAMES,
    Names,
    StoredEpisode,
    as_rows,
    blaming,
    chosen_keys,
    inside,
    not_chosen,
    require_file,
    require_filled,
)
from quantbc.errors import ProblemError, optional
from simulators.errors import FloatArray, IntArray

_PATTERNS = {"lerobot_v2": r"episode_\d+\.parquet", "lerobot_v3": r"file-\d+\.parquet"}
_STATES = ("observation.state", "state")
_SAID = ("codebase_version", "total_episodes", "total_frames")
_SORTABLE = 16
"""A file whose rows are out of order is sorted in memory if it has at most this many times the rows of a piece."""

_LARGEST_JSON = 2**26
_FLOAT = 4
"""Bytes of a number, at least."""
_STREAM = 1 << 20
"""Bytes read ahead per column; without it, and with pyarrow's own read-ahead, a file is held in memory whole."""


@contextmanager
def parquet_opened(path: Path) -> Iterator[Any]:
    """The open file; whatever pyarrow finds wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the file cannot be read, or the extra is not installed.
    """
    with optional("parquet files", "data"):
        import pyarrow.parquet  # type: ignore[import-untyped]
    require_file(path)
    streamed = {"pre_buffer": False, "buffer_size": _STREAM}
    with blaming(path, "parquet file", pyarrow.ArrowException), pyarrow.parquet.ParquetFile(path, **streamed) as file:
        names = file.schema_arrow.names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ProblemError(f"{path} must have one column of each name, got {twice[0]!r} twice")
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        columns = range(file.metadata.num_columns)
        most = max((sum(group.column(i).num_values for group in groups) for i in columns), default=0)
        require_filled(f"{path}: a column", (most,), most * _FLOAT, lambda: path.stat().st_size)
        yield file


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
    if is_nested(column.type):
        inner = column.flatten()
        shape = f"{len(inner) // max(len(column), 1)} x {len(inner.flatten()) // max(len(inner), 1)}"
        raise ProblemError(f"{name} must hold one vector per row, got chunks of {shape} per row: store single steps")
    if not hasattr(column, "flatten") or not hasattr(column.type, "value_type"):
        return as_rows(name, column.to_numpy(zero_copy_only=False), real=real)
    flat = as_rows(name, column.flatten().to_numpy(zero_copy_only=False), real=real)
    lengths = np.asarray(column.value_lengths()) if hasattr(column, "value_lengths") else np.array([])
    if len(np.unique(lengths)) > 1:
        raise ProblemError(f"{name} must have lists of one length, got {int(lengths.min())} to {int(lengths.max())}")
    return flat.reshape(len(column), -1)


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_fixed_size_list(kind) or types.is_large_list(kind))


def is_nested(kind: Any) -> bool:
    """Whether a column's type is a list of lists."""
    return _is_list(kind) and _is_list(kind.value_type)


def is_vector_type(kind: Any) -> bool:
    """Whether a column's type is a number or a list of numbers; images are neither."""
    from pyarrow import types

    scalar = kind.value_type if _is_list(kind) else kind
    return bool(types.is_integer(scalar) or types.is_floating(scalar) or types.is_boolean(scalar))


def _json(path: Path) -> Mapping[str, Any]:
    """A JSON object, empty if there is no such file.

    Raises:
        ProblemError: it is no JSON object.
    """
    if not path.exists():
        return {}
    require_file(path)
    if (size := path.stat().st_size) > _LARGEST_JSON:
        raise ProblemError(f"{path} must have at most {_LARGEST_JSON} bytes, got {size}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{path} must hold JSON: {error}") from None
    if not isinstance(found, dict):
        raise ProblemError(f"{path} must hold a JSON object, got {type(found).__name__}")
    return found


@dataclass(frozen=True)
class LeRobotFolder:
    """A LeRobot data set: columns for action and observation (lists), episode_index and frame_index.

    The action is the column ``action``, or ``actions`` where openpi's converters wrote it, or all columns that begin
    with ``action.``; the observation likewise ``observation.state`` or ``state``.

    Attributes:
        path: the folder that holds data/ and meta/.
        layout: ``"lerobot_v2"`` or ``"lerobot_v3"``.
        names: what the user calls the columns.
        chosen: of the data files, those that are read.

    Raises:
        ProblemError: no data files of that layout.
    """

    path: Path
    layout: str
    names: Names = DEFAULT_NAMES
    chosen: slice = field(default_factory=lambda: slice(None))

    def __post_init__(self) -> None:
        if self.names.episode_ends is not None:
            raise ProblemError(f"--episode-ends has no meaning for {self.layout}, got {self.names.episode_ends!r}")
        if not self.files:
            raise ProblemError(
                f"{self.path} must hold data/chunk-XXX/ files named like {_PATTERNS[self.layout]}, got none"
            )

    @cached_property
    def files(self) -> list[Path]:
        return [inside(path, self.path) for path in _files(self.path, self.layout)[self.chosen]]

    def part(self, files: slice) -> Self:
        return replace(self, chosen=files)

    @cached_property
    def _schema(self) -> Mapping[str, Any]:
        """Types of the first file's columns."""
        with parquet_opened(self.files[0]) as file:
            return {field.name: field.type for field in file.schema_arrow}

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Columns of the action, side by side."""
        vectors = [name for name, kind in self._schema.items() if is_vector_type(kind) or is_nested(kind)]
        if self.names.actions:
            return chosen_keys(self.names.actions, vectors, (), flag="--action")
        usual = next(([name] for name in ("action", "actions") if name in self._schema), None)
        found = usual or [name for name in vectors if name.startswith("action.")]
        if not found:
            raise ProblemError(
                f"{self.files[0]} must have a column 'action', got {', '.join(sorted(self._schema))}; name yours "
                "with --action"
            )
        return tuple(found)

    @cached_property
    def _columns_read(self) -> list[str]:
        for name in ("episode_index", "frame_index"):
            if name not in self._schema:
                raise ProblemError(f"{self.files[0]} must have a column {name!r}, got {sorted(self._schema)}")
        return [*self.actions, *self.observed, "episode_index", "frame_index"]

    @cached_property
    def _available(self) -> list[str]:
        """Columns that hold numbers or lists of numbers, and are neither the action nor an index."""
        no = {*self.actions, "timestamp", "index", "task_index", "next.reward", "next.done", "next.success"}
        return [
            name
            for name, kind in self._schema.items()
            if is_vector_type(kind) and name not in no and not name.endswith("_index")
        ]

    @cached_property
    def observed(self) -> tuple[str, ...]:
        usual = next(([name] for name in _STATES if name in self._available), [])
        return chosen_keys(self.names.observations, self._available, usual)

    @cached_property
    def width(self) -> int:
        names = self._columns_read[:-2]
        with parquet_opened(self.files[0]) as file:
            batch = next(file.iter_batches(batch_size=1, columns=names), None)
        return 2 if batch is None else sum(_columns(batch, name).shape[1] for name in names)

    @cached_property
    def _info(self) -> Mapping[str, Any]:
        return _json(inside(self.path / "meta" / "info.json", self.path))

    @property
    def action_names(self) -> tuple[str, ...] | None:
        """Names of the entries of the action, from the features of meta/info.json."""
        features = self._info.get("features")
        found: list[str] = []
        for column in self.actions:
            entry = features.get(column) if isinstance(features, dict) else None
            names = entry.get("names") if isinstance(entry, dict) else None
            if isinstance(names, dict):  # {"motors": [...]} or {"axes": [...]}
                names = next(iter(names.values()), None)
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                return None
            found += names
        return tuple(found)

    @property
    def fps(self) -> float | None:
        """Steps a second, from meta/info.json."""
        value = self._info.get("fps")
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return float(value) if 0 < value < 1e6 else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether there are observations, and what the folder says about its size."""
        said = [f"{key} {self._info[key]}"[:80] for key in _SAID if key in self._info]
        found = [f"meta/info.json says: {', '.join(said)}"] if said else []
        missing = [] if self.observed else [f"no column {_STATES[0]}: no observations"]
        return (*found, *missing, *not_chosen(self._available, self.observed))

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        """Action statistics of meta/stats.json; without it those of v2.1's episodes, put together as LeRobot does."""
        if len(self.actions) > 1:
            return {}
        path = inside(self.path / "meta" / "stats.json", self.path)
        action = _json(path).get(self.actions[0], {})
        return vectors(f"{path}: {self.actions[0]}", action) if action else aggregate(self.stored_episodes)

    @cached_property
    def stored_episodes(self) -> Mapping[int, StoredEpisode]:
        """Action statistics of every episode, from v2.1's meta/episodes_stats.jsonl."""
        path = inside(self.path / "meta" / "episodes_stats.jsonl", self.path)
        return read_episode_statistics(path, self.actions[0]) if len(self.actions) == 1 else {}

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in the order of the files, each sorted by frame."""
        number, current, seen = -1, -1, set[int]()
        for path in self.files:
            for batch in self._batches(path, rows):
                episode, frame = (_index(batch, name) for name in ("episode_index", "frame_index"))
                taken = [_columns(batch, name, real=True) for name in self.actions]
                actions = np.concatenate(taken, axis=1)
                parts = [_columns(batch, name) for name in self.observed]
                states = np.concatenate(parts, axis=1) if parts else None
                for rows_read in (actions,) if states is None else (actions, states):
                    rows_read.setflags(write=False)
                cuts = np.flatnonzero((np.diff(episode) != 0) | (np.diff(frame) != 1)) + 1
                for low, high in zip([0, *cuts], [*cuts, len(episode)], strict=True):
                    if episode[low] != current:
                        current, number = int(episode[low]), number + 1
                        if current in seen:
                            raise ProblemError(f"{path}: episode {current} must be contiguous, got it twice")
                        seen.add(current)
                    observed = None if states is None else states[low:high]
                    yield Piece(number, int(frame[low]), actions[low:high], observed, number=current)

    def _batches(self, path: Path, rows: int) -> Iterator[Any]:
        """Batches of a file in the order of episode and frame; sorted in memory if the file is not."""
        import pyarrow

        with parquet_opened(path) as file:
            if missing := set(self._columns_read) - set(file.schema_arrow.names):
                raise ProblemError(f"{path} must have the columns of the first file, but {min(missing)!r} is missing")
            if self._sorted(file, rows):
                yield from (
                    batch for batch in file.iter_batches(batch_size=rows, columns=self._columns_read) if len(batch)
                )
                return
            total = file.metadata.num_rows
            if total > _SORTABLE * rows:
                raise ProblemError(
                    f"{path}: rows must be sorted by episode_index and frame_index to be read piece by piece, "
                    f"got {total} unsorted rows; raise --memory"
                )
            table = file.read(columns=self._columns_read)
            table = table.sort_by([("episode_index", "ascending"), ("frame_index", "ascending")])
            yield pyarrow.RecordBatch.from_arrays(
                [column.combine_chunks() for column in table.columns], names=self._columns_read
            )

    def _sorted(self, file: Any, rows: int) -> bool:
        before = (-1, -1)
        for batch in file.iter_batches(batch_size=_SORTABLE * rows, columns=self._columns_read[-2:]):
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


def _layout(name: str, summary: str) -> Layout:
    return Layout(
        name,
        summary,
        lambda path: path.is_dir() and lerobot_layout(path) == name,
        lambda path, names: LeRobotFolder(path, name, names),
    )


LAYOUTS = (
    _layout("lerobot_v2", "LeRobot v2.x: one parquet file per episode"),
    _layout("lerobot_v3", "LeRobot v3.0: parquet files of many episodes"),
)
"""LeRobot's layouts."""
