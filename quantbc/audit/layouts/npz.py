"""Arrays of numpy's own files: an npz archive, or a bare npy."""

from __future__ import annotations

import os
import tokenize
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import blaming, require_file, require_filled
from quantbc.errors import ProblemError

_ZIP, _NPY = b"PK\x03\x04", b"\x93NUMPY"
_LARGEST_DIRECTORY = 2**20


def _begins(path: Path, magic: bytes) -> bool:
    if not path.is_file():  # a pipe would be waited for
        return False
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic


def is_npz(path: Path) -> bool:
    """Whether a file begins like an archive."""
    return _begins(path, _ZIP)


def is_npy(path: Path) -> bool:
    """Whether a file begins like a single array."""
    return _begins(path, _NPY)


@contextmanager
def npz_opened(path: Path) -> Iterator[NumpyArrays]:
    """The arrays of an archive.

    Raises:
        ProblemError: the file cannot be read.
    """
    require_file(path)
    if (size := _directory(path)) > _LARGEST_DIRECTORY:
        raise ProblemError(f"{path} must have a directory of at most {_LARGEST_DIRECTORY} bytes, got {size}")
    with blaming(path, "npz archive"), zipfile.ZipFile(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        yield NumpyArrays(
            str(path),
            names,
            lambda name: archive.open(f"{name}.npy"),
            lambda name: archive.getinfo(f"{name}.npy").compress_size,
        )


def _directory(path: Path) -> int:
    """Bytes of the directory at an archive's end, which zipfile would hold in memory whole; 0 without one."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 2**16 - 98))
        tail = stream.read()
    if (at := tail.rfind(b"PK\5\6")) < 0:
        return 0
    large = tail[max(0, at - 76) : at]  # ZIP64's record and its locator lie before the usual one
    return int.from_bytes(large[40:48] if large.startswith(b"PK\6\6") else tail[at + 12 : at + 16], "little")


@contextmanager
def npy_opened(path: Path) -> Iterator[NumpyArrays]:
    """The array of a bare npy file, called actions.

    Raises:
        ProblemError: the file cannot be read.
    """
    require_file(path)
    with blaming(path, "npy file"):
        yield NumpyArrays(str(path), ["actions"], lambda _: path.open("rb"), lambda _: path.stat().st_size)


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
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, tokenize.TokenError) as error:
        raise ProblemError(f"{name} must be a numpy array: {error}") from None
    if any(size < 0 for size in header.shape):
        raise ProblemError(f"{name} must have a shape of whole numbers >= 0, got {header.shape}")
    return header


class NumpyArrays:
    """The arrays of an archive, each read from its beginning to its end."""

    def __init__(
        self,
        where: str,
        names: list[str],
        stream: Callable[[str], AbstractContextManager[IO[bytes]]],
        stored: Callable[[str], int],
    ) -> None:
        """Remember how to open each array, and how to ask for the bytes that it has in the file."""
        self.where = where
        self._names, self._stream, self._stored = sorted(names), stream, stored
        self._headers: dict[str, _Header] = {}

    def names(self) -> list[str]:
        return self._names

    def _of(self, name: str) -> _Header:
        if name not in self._names:
            raise ProblemError(f"{self.where} must hold an array {name!r}, got {', '.join(self._names) or 'none'}")
        if name not in self._headers:
            with self._stream(name) as stream:
                header = _header(name, stream)
            declared = prod(header.shape) * header.dtype.itemsize
            require_filled(f"{self.where}: {name}", header.shape, declared, lambda: self._stored(name))
            self._headers[name] = header
        return self._headers[name]

    def shape(self, name: str) -> tuple[int, ...]:
        return self._of(name).shape

    def kind(self, name: str) -> str:
        return self._of(name).dtype.kind

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield consecutive rows of an array from `start` on, at most `rows` at a time, without holding the rest.

        Raises:
            ProblemError: the array is stored column by column, ends early, or holds objects.
        """
        header = self._of(name)
        if header.dtype.hasobject or header.dtype.kind not in "fiub":
            raise ProblemError(f"{name} must hold numbers, got dtype {header.dtype}; pickled objects are never loaded")
        shape = header.shape
        if header.fortran and len(shape) > 1 and shape[0] > rows:
            raise ProblemError(f"{name} must be stored row by row (C order) to be read piece by piece; raise --memory")
        with self._stream(name) as stream:
            _header(name, stream)
            stream.seek(start * prod(shape[1:]) * header.dtype.itemsize, os.SEEK_CUR)
            for low in range(start, shape[0], rows):
                part = (min(rows, shape[0] - low), *shape[1:])
                wanted = prod(part) * header.dtype.itemsize
                data = stream.read(wanted)
                if len(data) < wanted:
                    raise ProblemError(f"{name} must have {shape[0]} rows, got a file that ends early")
                yield np.frombuffer(data, dtype=header.dtype).reshape(part, order="F" if header.fortran else "C")
