"""Demonstrations in numpy's own archive: actions, observations and where the episodes end."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import DAMAGE, Piece, WithoutStatistics, as_rows, chosen_keys
from quantbc.errors import ProblemError
from simulators.errors import FloatArray, IntArray

__all__ = ["NpzFile", "npz_members"]


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The open archive; whatever is wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except ProblemError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, *DAMAGE) as error:
        raise ProblemError(f"data must be a readable npz archive, got {path}: {error}") from None


def npz_members(path: Path) -> list[str]:
    """Return the names of the arrays in an archive.

    Raises:
        ProblemError: it cannot be read.
    """
    with _archive(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]


def _header(name: str, stream: IO[bytes]) -> _Header:
    """Read the header of an array and leave the stream at its first entry.

    Raises:
        ProblemError: it is no array of numbers; pickled objects are never loaded.
    """
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        header = _Header(*read(stream))
    except ValueError as error:
        raise ProblemError(f"{name} must be a numpy array: {error}") from None
    if header.dtype.hasobject or header.dtype.kind not in "fiub":
        raise ProblemError(f"{name} must hold numbers, got dtype {header.dtype}; pickled objects are never loaded")
    return header


def _rows(archive: zipfile.ZipFile, name: str, rows: int) -> Iterator[npt.NDArray[Any]]:
    """Consecutive rows of an array, at most `rows` at a time, without reading the rest.

    Raises:
        ProblemError: the array is stored column by column, or ends early.
    """
    with archive.open(f"{name}.npy") as stream:
        header = _header(name, stream)
        shape = header.shape or (1,)
        if header.fortran and len(shape) > 1 and shape[0] > rows:
            raise ProblemError(f"{name} must be stored row by row (C order) to be read piece by piece; raise --memory")
        for start in range(0, shape[0], rows):
            part = (min(rows, shape[0] - start), *shape[1:])
            wanted = prod(part) * header.dtype.itemsize
            data = stream.read(wanted)
            if len(data) < wanted:
                raise ProblemError(f"{name} must have {shape[0]} rows, got a file that ends early")
            yield np.frombuffer(data, dtype=header.dtype).reshape(part, order="F" if header.fortran else "C")


@dataclass(frozen=True)
class NpzFile(WithoutStatistics):
    """An npz archive with ``actions`` (N, A), optionally ``observations`` (N, O), and where episodes end.

    ``episode_ends`` holds the number of rows before the end of each episode, increasing to N; ``episode_index`` holds
    an episode number for each row, equal numbers side by side. Other arrays with a row for every action can be read as
    observations by name.

    Attributes:
        path: the archive.
        keys: which arrays to read as observations; ``observations`` if empty.

    Raises:
        ProblemError: neither is there, or while reading, if the arrays break these rules.
    """

    path: Path
    keys: tuple[str, ...] = ()
    layout = "npz"

    def __post_init__(self) -> None:
        members = self._members
        if "actions" not in members or not {"episode_ends", "episode_index"} & set(members):
            raise ProblemError(
                f"{self.path} must hold actions and episode_ends or episode_index, got {', '.join(members) or 'none'}"
            )

    @cached_property
    def _members(self) -> list[str]:
        return npz_members(self.path)

    @cached_property
    def _arrays(self) -> list[str]:
        return ["actions", *self.observed]

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Names of the arrays that are read as observations."""
        usual = [name for name in ("observations",) if name in self._members]
        return chosen_keys(self.keys, self._available() if self.keys else usual, usual)

    def _available(self) -> list[str]:
        """Arrays of numbers with a row for every action."""
        rows: dict[str, int] = {}
        with _archive(self.path) as archive:
            for name in set(self._members) - {"episode_ends", "episode_index"}:
                with archive.open(f"{name}.npy") as stream, suppress(ProblemError):
                    header = _header(name, stream)
                    rows |= {name: header.shape[0]} if len(header.shape) in (1, 2) else {}
        return [name for name, length in rows.items() if name != "actions" and length == rows.get("actions")]

    @cached_property
    def _headers(self) -> dict[str, _Header]:
        with _archive(self.path) as archive:
            headers = {}
            for name in self._arrays:
                with archive.open(f"{name}.npy") as stream:
                    headers[name] = _header(name, stream)
        lengths = {name: header.shape[0] if header.shape else 1 for name, header in headers.items()}
        if len(set(lengths.values())) > 1:
            shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise ProblemError(f"{self.path}: arrays must have equal lengths, got {shown}")
        return headers

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return sum(prod(header.shape[1:]) for header in self._headers.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether there are observations, and arrays that are not used."""
        used = {*self._arrays, "episode_ends", "episode_index"}
        unused = [name for name in self._members if name not in used]
        found = [f"arrays that are not used: {', '.join(unused)}"] if unused else []
        return tuple(found if self.observed else [*found, "no observations"])

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in the order of the file."""
        total = (self._headers["actions"].shape or (1,))[0]
        with _archive(self.path) as archive:
            streams = [_rows(archive, name, rows) for name in self._arrays]
            blocks = zip(*streams, strict=True)
            ends = self._ends(archive, total, rows)
            low = done = 0
            block: tuple[npt.NDArray[Any], ...] = ()
            for number, end in enumerate(ends):
                start = done
                if start == end:
                    yield Piece(number, 0, *self._cut(self._nothing(), 0, 0))
                while done < end:
                    if low == (len(block[0]) if block else 0):
                        block, low = next(blocks), 0
                    high = min(low + end - done, len(block[0]))
                    yield Piece(number, done - start, *self._cut(block, low, high))
                    done, low = done + high - low, high

    def _nothing(self) -> tuple[npt.NDArray[Any], ...]:
        return tuple(np.zeros((0, *header.shape[1:]), header.dtype) for header in self._headers.values())

    def _cut(self, block: tuple[npt.NDArray[Any], ...], low: int, high: int) -> tuple[FloatArray, FloatArray | None]:
        actions = as_rows("actions", block[0][low:high], real=True)
        observed = [as_rows(name, part[low:high]) for name, part in zip(self.observed, block[1:], strict=True)]
        return actions, np.concatenate(observed, axis=1) if observed else None

    def _ends(self, archive: zipfile.ZipFile, total: int, rows: int) -> IntArray:
        """Rows before the end of every episode."""
        if "episode_ends" in self._members:
            parts = list(_rows(archive, "episode_ends", rows))
            ends = _whole("episode_ends", np.concatenate(parts) if parts else np.zeros(0, np.int64))
            if not len(ends) or ends[-1] != total or np.any(np.diff(ends) < 0) or ends[0] < 0:
                raise ProblemError(f"episode_ends must not decrease and must end at {total}, got {ends[-3:].tolist()}")
            return ends
        starts: list[int] = []
        values: list[int] = []
        done = 0
        for part in _rows(archive, "episode_index", rows):
            numbers = _whole("episode_index", part)
            first = np.flatnonzero(np.diff(numbers, prepend=values[-1] if values else numbers[0] - 1))
            starts += (first + done).tolist()
            values += numbers[first].tolist()
            done += len(numbers)
        if done != total:
            raise ProblemError(f"episode_index must have {total} rows, got {done}")
        if len(set(values)) < len(values):
            raise ProblemError("episode_index must keep the rows of an episode together, got one that comes back")
        return np.array([*starts[1:], total] if total else [], dtype=np.int64)


def _whole(name: str, array: npt.NDArray[Any]) -> IntArray:
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ProblemError(f"{name} must be a vector of whole numbers, got {array.dtype} of shape {array.shape}")
    return array.astype(np.int64)
