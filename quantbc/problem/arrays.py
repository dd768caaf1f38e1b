"""Arrays of a problem file: inline lists, or members of an .npz file in the same folder."""

from __future__ import annotations

import hashlib
import lzma
import math
import stat
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table


@dataclass(frozen=True)
class Arrays:
    """Named arrays that a system is made of: two with the same numbers are equal, wherever they come from.

    Attributes:
        digest: hash of names, shapes and numbers; a file that changes once it was read is refused.
        inline: arrays given in the problem file, as nested tuples by name.
        path: the .npz file, if there is one.
        members: hash of what it held when it was read; another process may find another file there.
    """

    digest: str
    inline: tuple[tuple[str, Any], ...] = field(default=(), repr=False, compare=False)
    path: str | None = field(default=None, compare=False)
    members: str = field(default="", repr=False, compare=False)

    @classmethod
    def read(cls, table: Table, folder: Path, names: tuple[str, ...]) -> Arrays:
        """The arrays of a table: its keys of these names, and all that its ``arrays`` file holds.

        Args:
            table: of the problem file.
            folder: where the problem file is; the .npz file must be there too.
            names: what may be given inline.

        Raises:
            ProblemError: the file is elsewhere, cannot be read, or holds something else than arrays of numbers; an
                array is given twice; a list is no array.
        """
        path = None if not table.has("arrays") else _file(table, folder)
        found = {} if path is None else dict(_load(str(path)))
        inline = {}
        for name in names:
            if not table.has(name):
                continue
            if name in found:
                raise table.fail(name, "given once", "both the key and an array of the .npz file")
            inline[name] = _nested(table, name)
        digest = _digest(found | {name: np.asarray(value) for name, value in inline.items()})
        return cls(digest, tuple(inline.items()), None if path is None else str(path), _digest(found))

    @property
    def all(self) -> Mapping[str, npt.NDArray[Any]]:
        """Every array by name.

        Raises:
            ProblemError: the file is not what it was.
        """
        found = {} if self.path is None else _unchanged(self.path, self.members)
        return {**found, **{name: np.asarray(value) for name, value in self.inline}}


def _file(table: Table, folder: Path) -> Path:
    name = table.text("arrays")
    path = folder / name
    if path.suffix != ".npz" or path.resolve().parent != folder.resolve():
        raise table.fail("arrays", "the name of an .npz file next to the problem file", name)
    try:
        _load(str(path))
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ProblemError(f"{table.path}.arrays must be a readable .npz file, got {name!r}: {reason}") from None
    return path


_LARGEST = 2**30
"""Bytes of all arrays of a file."""
_UNREADABLE = (
    *(OSError, ValueError, TypeError, EOFError, MemoryError, RecursionError, RuntimeError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError),
)
"""What damaged or lying archives and headers raise."""


def _require_sound(path: str) -> None:
    """Look at sizes and headers before any memory is taken for what they declare."""
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise ValueError("not a regular file")
    if not zipfile.is_zipfile(path):
        raise ValueError("one array, not an archive of named ones")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > _LARGEST:
            raise ValueError(f"its arrays have more than {_LARGEST} bytes")
        for member in members:
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                header = (
                    np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                )
                shape, _, dtype = header(file)
            if math.prod(shape) * dtype.itemsize > member.file_size:
                raise ValueError(f"{member.filename[:60]} declares more numbers than it holds")


@cache
def _load(path: str) -> Mapping[str, npt.NDArray[Any]]:
    _require_sound(path)
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    for name, array in found.items():
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} must be an array of numbers, got {array.dtype}")
        array.setflags(write=False)
    return found


def _digest(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
    return digest.hexdigest()


@cache
def _unchanged(path: str, members: str) -> Mapping[str, npt.NDArray[Any]]:
    found = _load(path)
    if _digest(found) != members:
        raise ProblemError(f"system.arrays must not change while the study runs, but {path!r} has")
    return found


def _nested(table: Table, name: str) -> Any:
    value = table.raw(name)
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise table.fail(name, "nested lists of numbers, all of one length", value) from None
    return _tuples(array.tolist())


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
