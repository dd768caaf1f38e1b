"""Arrays of a zarr store in a folder or a zip file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import blaming, inside, require_chunks, require_filled
from quantbc.errors import ProblemError, optional

_MARKS = (".zgroup", "zarr.json", ".zarray")


def is_zarr(path: Path) -> bool:
    """Whether a folder is a zarr store."""
    return path.is_dir() and any((path / mark).is_file() for mark in _MARKS)


@contextmanager
def zarr_opened(path: Path) -> Iterator[ZarrArrays]:
    """The arrays of a store; whatever zarr finds wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the store cannot be read, leads out of its folder, or the extra is not installed.
    """
    with optional("zarr stores", "data"):
        import zarr
    for file in path.rglob("*"):
        if file.is_symlink():
            inside(file, path)
        if not (file.is_file() or file.is_dir()):  # a pipe would be waited for
            raise ProblemError(f"{file} must be an ordinary file")
    with blaming(path, "zarr store"):
        yield ZarrArrays(path, zarr.open_group(path, mode="r"))


class ZarrArrays:
    """The arrays of a zarr group."""

    def __init__(self, path: Path, group: Any) -> None:
        """List what is there."""
        self.where, self._path = str(path), path
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zarr names stray files, which we do not read
            found = [(name, member) for name, member in group.members(max_depth=8) if hasattr(member, "ndim")]
        self._arrays = dict(sorted(found, key=lambda item: item[0]))

    def names(self) -> list[str]:
        return list(self._arrays)

    def _array(self, name: str) -> Any:
        if name not in self._arrays:
            raise ProblemError(f"{self.where} must hold an array {name!r}, got {', '.join(self._arrays) or 'none'}")
        return self._arrays[name]

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array.

        Raises:
            ProblemError: no such array, or a shape that the stored bytes cannot fill.
        """
        array = self._array(name)
        shape = tuple(map(int, array.shape))
        declared = prod(shape) * np.dtype(array.dtype).itemsize
        require_filled(f"{self.where}: {name}", shape, declared, lambda: self._stored(name))
        return shape

    def _stored(self, name: str) -> int:
        return sum(file.stat().st_size for file in (self._path / name).rglob("*") if file.is_file())

    def kind(self, name: str) -> str:
        return str(np.dtype(self._array(name).dtype).kind)

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield consecutive rows of an array from `start` on, at most `rows` at a time.

        Raises:
            ProblemError: its chunks are too large to be held.
        """
        array = self._array(name)
        chunk, row = (prod(shape) * np.dtype(array.dtype).itemsize for shape in (array.chunks, array.shape[1:]))
        require_chunks(f"{self.where}: {name}", chunk, rows * row)
        for low in range(start, self.shape(name)[0], rows):
            yield np.asarray(array[low : low + rows])
