"""Demonstrations that are arrays already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.layouts.flat import FlatFile
from quantbc.audit.source import DEFAULT_NAMES, Names
from quantbc.errors import ProblemError

_WHERE = Path("arrays")


class _Arrays:
    """Arrays by name, with the manners of a file's."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self.where = str(_WHERE)
        self._arrays = arrays

    def names(self) -> list[str]:
        return sorted(self._arrays)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._of(name).shape

    def kind(self, name: str) -> str:
        return self._of(name).dtype.kind

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        array = self._of(name)
        for low in range(start, len(array), rows):
            yield array[low : low + rows]

    def _of(self, name: str) -> npt.NDArray[Any]:
        if name not in self._arrays:
            raise ProblemError(f"{self.where} must hold {name!r}, got {', '.join(self._arrays) or 'none'}")
        return self._arrays[name]


def arrays_source(data: Mapping[str, npt.ArrayLike] | npt.ArrayLike, names: Names = DEFAULT_NAMES) -> FlatFile:
    """Return arrays as a source of demonstrations.

    Args:
        data: actions, shape (N, d), one episode; or arrays by name as an npz file has them: actions, observations with
            a row for every action, and episode_ends (or whatever else says where episodes end).
        names: what the user calls them.

    Raises:
        ProblemError: arrays that break the rules.

    >>> source = arrays_source({"actions": np.zeros((4, 2)), "episode_ends": [1, 4]})
    >>> [len(piece) for piece in source.pieces(9)]
    [1, 3]
    """
    named = data if isinstance(data, Mapping) else {"actions": data}
    arrays = _Arrays({str(name): np.asarray(value) for name, value in named.items()})
    return FlatFile(_WHERE, "arrays", lambda _path: nullcontext(arrays), names)
