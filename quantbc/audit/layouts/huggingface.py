"""Tables of Hugging Face datasets, Arrow or parquet files: a row a step, or a row an episode as imitation writes it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.layouts.lerobot import is_nested, is_vector_type, parquet_opened
from quantbc.audit.source import blaming, inside, require_file
from quantbc.errors import ProblemError, optional

_SUFFIXES = (".parquet", ".arrow")
_PLACES = (".", "data", "train")
_EPISODES_AT_ONCE = 4


def table_files(path: Path) -> list[Path]:
    """Return the files of a data set: itself, or those of its folder, of ``data/`` or of ``train/``."""
    if path.is_file():
        return [path] if path.suffix in _SUFFIXES else []
    for place in _PLACES if path.is_dir() else ():
        folder = path / place
        if folder.is_dir() and (found := sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES)):
            return [inside(file, path) for file in found]
    return []


def is_table(path: Path) -> bool:
    """Whether there are such files."""
    return bool(table_files(path))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A parquet file, or a reader of an Arrow stream, as `datasets` writes it, or of an Arrow file.

    Arrow files are mapped: a batch may hold everything, and only the pages that are looked at are read.
    """
    if path.suffix == ".parquet":
        with parquet_opened(path) as file:
            yield file
        return
    with optional("Arrow files", "data"):
        import pyarrow.ipc  # type: ignore[import-untyped]
    require_file(path)
    with blaming(path, "Arrow file", pyarrow.ArrowException), pyarrow.memory_map(str(path)) as stored:
        magic = stored.read(6)
        stored.seek(0)
        yield pyarrow.ipc.open_file(stored) if magic == b"ARROW1" else pyarrow.ipc.open_stream(stored)


def _batches(path: Path, columns: list[str], rows: int) -> Iterator[Any]:
    with _opened(path) as file:
        if path.suffix == ".parquet":
            yield from (batch for batch in file.iter_batches(batch_size=rows, columns=columns) if len(batch))
            return
        read = (file.get_batch(i) for i in range(file.num_record_batches)) if hasattr(file, "get_batch") else file
        for batch in read:
            chosen = batch.select(columns)
            chosen.validate(full=True)  # columns and lists that end early would be read beyond their ends
            for low in range(0, len(batch), rows):
                yield chosen.slice(low, rows)


def _types(path: Path) -> dict[str, Any]:
    """The type of every column."""
    with _opened(path) as file:
        return {field.name: field.type for field in (file.schema_arrow if path.suffix == ".parquet" else file.schema)}


def _array(where: str, name: str, column: Any) -> npt.NDArray[Any]:
    """A column of numbers or of lists of one length."""
    if column.null_count:
        raise ProblemError(f"{where}: {name} must have a value in every row, got {column.null_count} missing")
    if not hasattr(column.type, "value_type"):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    flat = np.asarray(column.flatten().to_numpy(zero_copy_only=False))
    lengths = np.unique(np.asarray(column.value_lengths())) if hasattr(column, "value_lengths") else np.zeros(0)
    if len(lengths) > 1:
        raise ProblemError(f"{where}: {name} must have lists of one length, got {lengths.min()} to {lengths.max()}")
    return flat.reshape(len(column), -1)


class TableArrays:
    """The columns of numbers and of lists of numbers, over all files."""

    def __init__(self, path: Path) -> None:
        """Look at the first file's columns."""
        self.where, self._files = str(path), table_files(path)
        self._kinds = {name: kind for name, kind in _types(self._files[0]).items() if is_vector_type(kind)}
        self._shapes: dict[str, tuple[int, ...]] = {}

    def names(self) -> list[str]:
        return sorted(self._kinds)

    def shape(self, name: str) -> tuple[int, ...]:
        """Rows, and the length of the lists."""
        if name not in self._shapes:
            first = next(self.blocks(name, 1), np.zeros(0))
            self._shapes[name] = (sum(len(block) for block in self.blocks(name, 65_536)), *first.shape[1:])
        return self._shapes[name]

    def kind(self, name: str) -> str:
        from pyarrow import types

        kind = getattr(self._kinds[name], "value_type", self._kinds[name])
        letters = {
            "b": types.is_boolean,
            "u": types.is_unsigned_integer,
            "i": types.is_signed_integer,
            "f": types.is_floating,
        }
        return next((letter for letter, test in letters.items() if test(kind)), "O")

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        if name not in self._kinds:
            raise ProblemError(f"{self.where} must hold a column {name!r}, got {', '.join(self.names()) or 'none'}")
        for file in self._files:
            for batch in _batches(file, [name], rows):
                left = max(0, min(start, len(batch)))
                start -= left
                if left < len(batch):
                    yield _array(self.where, name, batch.column(0))[left:]


@contextmanager
def tables_opened(path: Path) -> Iterator[TableArrays]:
    """The columns of a data set."""
    yield TableArrays(path)


class _Row:
    """The columns of one episode, which are held in memory."""

    def __init__(self, where: str, columns: dict[str, npt.NDArray[Any]]) -> None:
        self.where, self._columns = where, columns

    def names(self) -> list[str]:
        return sorted(self._columns)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._columns[name].shape

    def kind(self, name: str) -> str:
        return self._columns[name].dtype.kind

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        for low in range(start, len(self._columns[name]), rows):
            yield self._columns[name][low : low + rows]


def nested_columns(path: Path) -> list[str]:
    """Return columns that hold a list of vectors a row, of the first file; none if there is no file."""
    files = table_files(path)
    return [name for name, kind in _types(files[0]).items() if is_nested(kind)] if files else []


def episode_rows(file: Path) -> Generator[_Row, None, None]:
    """Yield the episodes of a file, a row each."""
    columns = nested_columns(file)
    for batch in _batches(file, columns, _EPISODES_AT_ONCE):
        for row in range(len(batch)):
            lists = {name: batch.column(name)[row].values for name in columns}
            if empty := [name for name, values in lists.items() if values is None]:
                raise ProblemError(f"{file}: {empty[0]} must have a value in every row, got none")
            yield _Row(str(file), {name: _array(str(file), name, values) for name, values in lists.items()})
