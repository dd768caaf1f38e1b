"""Arrays of an HDF5 file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import blaming, require_chunks, require_file, require_filled
from quantbc.errors import ProblemError, optional

_MAGIC = b"\x89HDF\r\n\x1a\n"
_HOPS = 16
_MOST_ARRAYS = 200_000


def is_hdf5(path: Path) -> bool:
    """Whether a file begins like HDF5."""
    if not path.is_file():  # a pipe would be waited for
        return False
    with path.open("rb") as stream:
        return stream.read(8) == _MAGIC


@contextmanager
def opened(path: Path) -> Iterator[Hdf5Arrays]:
    """The arrays of an open file; whatever HDF5 finds wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the file cannot be read, or the extra is not installed.
    """
    with optional("HDF5 files", "data"):
        import h5py  # type: ignore[import-untyped]
    require_file(path)
    with blaming(path, "HDF5 file"), h5py.File(path, "r") as file:
        yield Hdf5Arrays(file)


class Hdf5Arrays:
    """The arrays below a group, each once; links out of the file are never followed, by whatever way they lead."""

    def __init__(self, group: Any) -> None:
        """Look at a group; nothing below it is opened yet."""
        self.where = f"{group.file.filename}: {group.name}" if group.name != "/" else str(group.file.filename)
        self._group = group
        self._known: dict[str, Any] | None = None

    def members(self) -> list[str]:
        return list(self._group)

    def group(self, name: str) -> Hdf5Arrays:
        """A group by its name.

        Raises:
            ProblemError: it is an array, is missing, or is somewhere else.
        """
        member = self._member(name)
        if not hasattr(member, "keys"):
            raise ProblemError(f"{self.where}/{name} must be a group, got an array")
        return Hdf5Arrays(member)

    def is_group(self, name: str) -> bool:
        """Whether a member is there and is a group of this file."""
        return name in self._group and hasattr(_followed(self._group, name), "keys")

    def _member(self, name: str) -> Any:
        if self._group.get(name, getlink=True) is None:
            have = ", ".join(sorted(self._group)[:9]) or "none"
            raise ProblemError(f"{self.where} must have a member {name!r}, got {have}")
        return _own(self._group, name)

    def names(self) -> list[str]:
        """Every array by its path from the group; named types are none."""
        if self._known is None:
            self._known = dict(sorted(_walk(self._group, "", set())))
        return list(self._known)

    def _array(self, name: str) -> Any:
        array = self._group
        for part in name.split("/"):
            array = Hdf5Arrays(array)._member(part) if hasattr(array, "keys") else None
        if array is None or not hasattr(array, "shape"):
            raise ProblemError(f"{self.where} must hold an array {name!r}, got none")
        if array.external or array.is_virtual:
            raise ProblemError(f"{self.where} must hold its own {name!r}, got data in another file")
        return array

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array.

        Raises:
            ProblemError: no such array, data in another file, or a shape that the stored bytes cannot fill.
        """
        array = self._array(name)
        shape = tuple(map(int, array.shape or ()))
        declared = int(array.size or 0) * array.dtype.itemsize
        require_filled(f"{self.where}: {name}", shape, declared, array.id.get_storage_size)
        return shape

    def kind(self, name: str) -> str:
        return str(self._array(name).dtype.kind)

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        array, length = self._array(name), self.shape(name)[0]
        chunk, row = (prod(shape) * array.dtype.itemsize for shape in (array.chunks or (0,), array.shape[1:]))
        require_chunks(f"{self.where}: {name}", chunk, rows * row)
        for low in range(start, length, rows):
            yield np.asarray(array[low : low + rows])


def _followed(group: Any, name: str) -> Any:
    """The object a name leads to within the file, part by part; None if it leads out of it or nowhere."""
    import h5py

    rest, links = [name], 0
    while rest:
        part = rest.pop()
        link = group.get(part, getlink=True) if hasattr(group, "keys") else None
        if isinstance(link, h5py.HardLink):
            group = group[part]
        elif isinstance(link, h5py.SoftLink) and links < _HOPS:
            links += 1
            group = group.file if link.path.startswith("/") else group
            rest += [step for step in reversed(link.path.split("/")) if step not in ("", ".")]
        else:
            return None
    return group


def _own(group: Any, name: str) -> Any:
    member = _followed(group, name)
    if member is None:
        where = f"{group.file.filename}: {group.name}"
        raise ProblemError(f"{where} must hold its own {name!r}, got a link to another file or to nothing")
    return member


def _walk(group: Any, above: str, seen: set[Any]) -> Iterator[tuple[str, Any]]:
    """Datasets below a group by path; one that several names lead to is met once, so that no web of links explodes."""
    import h5py

    for name in sorted(group):
        member = _own(group, name)
        if isinstance(member, h5py.Datatype):
            continue
        place = h5py.h5o.get_info(member.id)
        if (place.fileno, place.addr) in seen:
            continue
        seen.add((place.fileno, place.addr))
        if len(seen) > _MOST_ARRAYS:
            raise ProblemError(f"{group.file.filename} must hold at most {_MOST_ARRAYS} arrays and groups, got more")
        if hasattr(member, "keys"):
            yield from _walk(member, f"{above}{name}/", seen)
        else:
            yield f"{above}{name}", member
