"""The files of a data set in groups that are read by themselves, here or by workers, with the same result."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from quantbc.audit.source import Source
from quantbc.errors import LostError

T = TypeVar("T")

_TOGETHER = 2**26
"""Bytes of files that are read as one part."""


class Crew(Protocol):
    """Who reads parts: any executor of ``concurrent.futures``, and how many parts it is given at a time."""

    @property
    def executor(self) -> Executor:
        """The executor."""
        ...

    @property
    def in_flight(self) -> int:
        """Parts handed over at a time."""
        ...


def grouped(sizes: Sequence[int], most: int = _TOGETHER) -> list[slice]:
    """Return consecutive files in groups of at most so many bytes, each of one file at least.

    >>> grouped([3, 3, 9, 1], 6)
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    groups: list[slice] = []
    start, held = 0, 0
    for place, size in enumerate(sizes):
        if place > start and held + size > most:
            groups.append(slice(start, place))
            start, held = place, 0
        held += size
    return [*groups, slice(start, len(sizes))]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


class Parts:
    """A source in parts; they depend on the files alone, so that whoever reads them finds the same.

    Args:
        source: the demonstrations.
        opens: opens them again, elsewhere.
        crew: who reads the parts; None for this process.
    """

    def __init__(self, source: Source, opens: Callable[[], Source], crew: Crew | None) -> None:
        self.groups = grouped([_size(path) for path in source.files])
        self.elsewhere = crew is not None and len(self.groups) > 1
        self._source, self._opens, self._crew = source, opens, crew

    def map(self, work: Callable[..., T], extras: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """Yield ``work(part, *extra)`` of every part, in order.

        Raises:
            LostError: a worker died.
        """
        tasks = zip(self.groups, extras, strict=True)
        if self._crew is None or not self.elsewhere:
            for group, extra in tasks:
                yield work(self._source.part(group) if len(self.groups) > 1 else self._source, *extra)
            return
        waiting: deque[Future[T]] = deque()
        try:
            for group, extra in tasks:
                waiting.append(self._crew.executor.submit(_of_part, self._opens, group, work, extra))
                if len(waiting) >= self._crew.in_flight:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenExecutor:
            raise LostError("a worker died while reading; choose fewer --workers or less --memory") from None


def _of_part(opens: Callable[[], Source], group: slice, work: Callable[..., T], extra: tuple[Any, ...]) -> T:
    return work(opens().part(group), *extra)
