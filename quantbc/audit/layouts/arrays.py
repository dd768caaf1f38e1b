"""Arrays in a file by name, read side by side and a few rows at a time; what every layout but LeRobot's is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from quantbc.audit.rows import Piece
from quantbc.audit.source import as_rows
from quantbc.errors import ProblemError
from simulators.errors import FloatArray, IntArray


class Arrays(Protocol):
    """The arrays of an open file, or of one episode's group in it.

    Attributes:
        where: the place, for messages.
    """

    where: str

    def names(self) -> list[str]:
        """Every array by its path, in alphabetical order."""
        ...

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array.

        Raises:
            ProblemError: there is no such array, or its data are not in the file.
        """
        ...

    def kind(self, name: str) -> str:
        """numpy's one letter for what an array holds."""
        ...

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield consecutive rows of an array from `start` on, at most `rows` at a time, without holding the rest.

        Raises:
            ProblemError: the array cannot be read, or not piece by piece.
        """
        ...


def is_vector(arrays: Arrays, name: str) -> bool:
    """Whether an array has rows of numbers; images have more axes."""
    return len(arrays.shape(name)) in (1, 2) and arrays.kind(name) in "fiub"


def below(names: Sequence[str], root: str) -> list[str]:
    """Return the arrays at or under a path.

    >>> below(["obs/arm", "obs/hand", "observed"], "obs")
    ['obs/arm', 'obs/hand']
    """
    return [name for name in names if name == root or name.startswith(f"{root}/")]


def relative(name: str, root: str) -> str:
    """Return an array's name seen from a group; an array that is its own root keeps its last part.

    >>> relative("obs/arm", "obs"), relative("data/obs", "data/obs")
    ('arm', 'obs')
    """
    return name.removeprefix(f"{root}/") if name != root else name.rsplit("/", 1)[-1]


def common_length(arrays: Arrays, names: Sequence[str]) -> int:
    """Return the rows of arrays that must agree.

    Raises:
        ProblemError: they do not, or one of them is a single number.
    """
    shapes = {name: arrays.shape(name) for name in names}
    for name, shape in shapes.items():
        if not shape:
            raise ProblemError(f"{arrays.where}: {name} must have a row for every step, got a single number")
    lengths = {name: shape[0] for name, shape in shapes.items()}
    if len(set(lengths.values())) != 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ProblemError(f"{arrays.where}: arrays must have equal lengths, got {shown}")
    return next(iter(lengths.values()))


class _Rows:
    """Arrays side by side, read from the first row to the last."""

    def __init__(self, arrays: Arrays, names: Sequence[str], rows: int, *, real: bool = False) -> None:
        self._names, self._real = names, real
        self._blocks = zip(*(arrays.blocks(name, rows) for name in names), strict=True)
        self._width = sum(int(np.prod(arrays.shape(name)[1:])) for name in names)
        self._block = np.zeros((0, self._width))
        self._at = 0

    def take(self, count: int) -> FloatArray:
        """Return the next rows, read-only where they are part of what was read at once."""
        parts = [self._block[self._at : self._at + count]]
        self._at += len(parts[0])
        missing = count - len(parts[0])
        while missing:
            columns = next(self._blocks)
            shaped = zip(self._names, columns, strict=True)
            self._block = np.concatenate([as_rows(name, column, real=self._real) for name, column in shaped], axis=1)
            self._block.setflags(write=False)
            parts.append(self._block[:missing])
            self._at = len(parts[-1])
            missing -= self._at
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def pieces(
    arrays: Arrays,
    actions: Sequence[str],
    observed: Sequence[str],
    ends: IntArray,
    rows: int,
    *,
    first: int = 0,
    extra: bool = False,
) -> Iterator[Piece]:
    """Yield episodes that stand one after the other in arrays.

    Args:
        arrays: where they are.
        actions: names of the action arrays, side by side.
        observed: names of the observation arrays, side by side; none if empty.
        ends: rows before the end of every episode.
        rows: most rows of a piece.
        first: position of the first episode.
        extra: whether every episode has one observation more than actions.

    Raises:
        ProblemError: an array breaks the rules.
    """
    taken = _Rows(arrays, actions, rows, real=True)
    seen = _Rows(arrays, observed, rows) if observed else None
    begin = 0
    for number, end in enumerate(ends.tolist(), start=first):
        for start in range(0, max(end - begin, 1), rows):
            stop = min(start + rows, end - begin)
            u = taken.take(stop - start)
            x = None if seen is None else seen.take(stop - start)
            last = stop == end - begin and extra
            yield Piece(number, start, u, x, seen.take(1)[0] if last and seen is not None else None)
        begin = end
