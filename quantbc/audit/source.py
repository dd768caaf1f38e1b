"""What every reader gives: demonstrations piece by piece, never the whole file at once."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from quantbc.audit.rows import Piece
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

DAMAGE: tuple[type[Exception], ...] = (
    *(OSError, RuntimeError, KeyError, IndexError, ValueError, TypeError, OverflowError, EOFError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
"""What file libraries raise on damaged files, besides errors of their own."""


@contextmanager
def blaming(path: Path, kind: str, *more: type[Exception]) -> Iterator[None]:
    """Whatever a library finds wrong with a file in this block blames the input.

    Args:
        path: the file.
        kind: what it should be, for the message.
        more: errors of the library's own.

    Raises:
        ProblemError: the file is damaged.
    """
    try:
        yield
    except ProblemError:
        raise
    except DAMAGE + more as error:
        raise ProblemError(f"data must be a readable {kind}, got {path}: {error}") from None


@dataclass(frozen=True)
class Names:
    """What the user calls things in a file; what is empty is found by the layout's own rules.

    Attributes:
        actions: arrays or columns of the action, side by side.
        observations: those of the observation, in this order.
        episode_ends: the array that says where episodes end.
    """

    actions: tuple[str, ...] = ()
    observations: tuple[str, ...] = ()
    episode_ends: str | None = None


DEFAULT_NAMES = Names()
"""Everything by the layout's own rules."""


@dataclass(frozen=True, eq=False)
class StoredEpisode:
    """Action statistics that a file keeps about one episode.

    Attributes:
        count: its rows, if stored.
        statistics: min, max, mean, std, q01, q99, each of shape (d,); those that are stored.
    """

    count: int | None
    statistics: Mapping[str, FloatArray]


class Source(Protocol):
    """Demonstrations in a file or folder of a known layout."""

    @property
    def layout(self) -> str:
        """The layout's name."""
        ...

    @property
    def path(self) -> Path:
        """The file or folder."""
        ...

    @property
    def width(self) -> int:
        """Numbers in a row, actions and observations together."""
        ...

    @property
    def observed(self) -> tuple[str, ...]:
        """Names of the observation vectors that are read, in the order in which they stand side by side.

        Raises:
            ProblemError: a key that was asked for is not among those the file has.
        """
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out or assumed, in words."""
        ...

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        """Action statistics kept beside the data: min, max, mean, std, q01, q99, each of shape (d,)."""
        ...

    @property
    def stored_episodes(self) -> Mapping[int, StoredEpisode]:
        """Action statistics kept for every episode, by the file's own number of it; empty where there are none."""
        ...

    @property
    def action_names(self) -> tuple[str, ...] | None:
        """What the file calls the entries of an action, one name a dimension; None where it has no names."""
        ...

    @property
    def fps(self) -> float | None:
        """Steps a second, where the file says so."""
        ...

    @property
    def files(self) -> Sequence[Path]:
        """The files that hold the episodes, in their order."""
        ...

    def part(self, files: slice) -> Source:
        """Some of its files only, as a source of their own whose episodes are counted from 0."""
        ...

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield every episode in order, at most `rows` rows at a time; an empty episode is one empty piece.

        Raises:
            ProblemError: the file breaks its layout's rules.
        """
        ...


class WithoutStatistics:
    """A layout that keeps numbers only, in one file: no statistics, no names of entries, no rate."""

    path: Path

    @property
    def files(self) -> Sequence[Path]:
        """That file."""
        return (self.path,)

    def part(self, files: slice) -> Self:
        """Everything: it is one file."""
        return self

    @property
    def action_names(self) -> None:
        return

    @property
    def fps(self) -> None:
        return

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        return {}

    @property
    def stored_episodes(self) -> Mapping[int, StoredEpisode]:
        return {}


def as_rows(name: str, array: npt.NDArray[Any], *, real: bool = False) -> FloatArray:
    """Return an array of shape (N,) or (N, d) as float rows (N, d).

    Args:
        name: for the message.
        array: as read from a file.
        real: whether integers are refused; discrete actions need no tokenizer.

    Raises:
        ProblemError: not numbers, or more than two dimensions.

    >>> as_rows("actions", np.array([0, 1, 1]), real=True)
    Traceback (most recent call last):
    quantbc.errors.ProblemError: actions must hold real vectors, got int64: discrete actions need no tokenizer
    """
    if array.dtype.kind not in "fiub":
        raise ProblemError(f"{name} must hold numbers, got dtype {array.dtype}")
    if real and array.dtype.kind != "f":
        raise ProblemError(f"{name} must hold real vectors, got {array.dtype}: discrete actions need no tokenizer")
    if real and array.ndim == 3:
        shape = " x ".join(map(str, array.shape[1:]))
        raise ProblemError(
            f"{name} must have shape (N, d), got {array.shape}, chunks of {shape} a row: store single steps"
        )
    if array.ndim not in (1, 2):
        raise ProblemError(f"{name} must have shape (N, d), got {array.shape}")
    rows = np.asarray(array, dtype=np.float64)
    return rows[:, None] if rows.ndim == 1 else rows


def chosen_keys(
    wanted: Sequence[str], available: Collection[str], default: Sequence[str], *, flag: str = "--observation"
) -> tuple[str, ...]:
    """Return the vectors to read, in the order in which they were asked for.

    Args:
        wanted: what the user named; empty for the default.
        available: every vector of the file.
        default: what is read where nothing is asked for.
        flag: what the user named them with.

    Raises:
        ProblemError: a name that the file does not have, or one that is named twice.

    >>> chosen_keys(["goal"], ["arm", "goal"], ["arm"])
    ('goal',)
    >>> chosen_keys(["wrist"], ["arm", "goal"], ["arm"])
    Traceback (most recent call last):
    quantbc.errors.ProblemError: --observation must be one of arm, goal, got 'wrist'
    """
    for key in wanted:
        if key not in available:
            raise ProblemError(f"{flag} must be one of {', '.join(sorted(available)) or 'none'}, got {key!r}")
    if len(set(wanted)) < len(wanted):
        raise ProblemError(f"{flag} must name every vector once, got {', '.join(wanted)}")
    return tuple(wanted or default)


def not_chosen(available: Collection[str], used: Collection[str]) -> tuple[str, ...]:
    """Return a note about observation vectors that are not read, or nothing if all are."""
    rest = sorted(set(available) - set(used))
    return (f"observation vectors that are not used: {', '.join(rest)} (choose with --observation)",) if rest else ()


_POINTER = b"version https://git-lfs"


def require_file(path: Path) -> None:
    """Refuse what is no ordinary file, before anything of it is read.

    Raises:
        ProblemError: a pipe, a device, a folder, or a placeholder of Git LFS.
    """
    if not path.is_file():
        raise ProblemError(f"data must be an ordinary file, got {path}")
    with path.open("rb") as stream:
        if stream.read(len(_POINTER)) == _POINTER:
            raise ProblemError(f"data must be in the file, got a Git LFS pointer: run `git lfs pull` beside {path}")


_UNSUSPECTED = 2**26
_EXPANSION = 1_100
"""No compression that is common makes more of a byte; deflate's limit is 1032."""


def require_filled(where: str, shape: Sequence[int], declared: int, stored: Callable[[], int]) -> None:
    """Refuse an array that declares far more than is there, before anything of it is read.

    Args:
        where: for the message.
        shape: what it declares.
        declared: the same in bytes.
        stored: asked for the bytes that are there if that is much.

    Raises:
        ProblemError: no compression makes so much of what is stored.

    >>> require_filled("actions", (10**9, 2), 16 * 10**9, lambda: 800)
    Traceback (most recent call last):
    quantbc.errors.ProblemError: actions must hold what it declares, (1000000000, 2), got 800 bytes
    """
    if declared > _UNSUSPECTED and declared > _EXPANSION * (found := stored()):
        raise ProblemError(f"{where} must hold what it declares, {tuple(shape)}, got {found} bytes")


_LARGEST_CHUNK, _SMALL_CHUNK = 2**26, 2**22


def require_chunks(where: str, chunk: int, wanted: int) -> None:
    """Refuse stored blocks, which are read whole, that are far larger than what is asked for at a time.

    Args:
        where: for the message.
        chunk: bytes of a block.
        wanted: bytes that are asked for.

    Raises:
        ProblemError: a block is larger than 64 MiB, or than 4 MiB and 128 times what is asked for.
    """
    most = min(_LARGEST_CHUNK, max(_SMALL_CHUNK, 128 * wanted))
    if chunk > most:
        raise ProblemError(f"{where} must have chunks of at most {most} bytes, got {chunk}; raise --memory or repack")


def inside(path: Path, root: Path) -> Path:
    """Return a path that lies in a folder once links are resolved.

    Raises:
        ProblemError: it leads elsewhere.
    """
    if not path.resolve().is_relative_to(root.resolve()):
        raise ProblemError(f"data must stay inside {root}, got a link to {path.resolve()}")
    return path
