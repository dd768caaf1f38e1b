"""What every reader gives: demonstrations piece by piece, never the whole file at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from quantbc.errors import ProblemError
from simulators.errors import FloatArray

__all__ = ["DAMAGE", "Piece", "Source", "as_rows", "inside"]

DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError)
"""What file libraries raise on damaged files, besides errors of their own."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Consecutive rows of one episode, as stored: entries may be NaN or infinite.

    Attributes:
        episode: position of the episode in the file's order, from 0.
        start: time index of the first row within its episode, from 0.
        actions: actions[t, j], raw units.
        observations: observations[t, i] before each action; None if the file has none.
        following: the observation after the last row, if the file stores it.

    Raises:
        ProblemError: observations and actions differ in length.

    >>> Piece(0, 0, np.zeros((2, 1)), np.zeros((3, 4)))
    Traceback (most recent call last):
    quantbc.errors.ProblemError: episode 0: observations must have as many rows as actions, got 3 and 2
    """

    episode: int
    start: int
    actions: FloatArray = field(repr=False)
    observations: FloatArray | None = field(repr=False)
    following: FloatArray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("actions", "observations", "following"):
            value = getattr(self, name)
            if value is not None:
                array = np.array(value, dtype=np.float64)
                array.setflags(write=False)
                object.__setattr__(self, name, array)
        if self.observations is not None and len(self.observations) != len(self.actions):
            raise ProblemError(
                f"episode {self.episode}: observations must have as many rows as actions, "
                f"got {len(self.observations)} and {len(self.actions)}"
            )

    def __len__(self) -> int:
        return len(self.actions)


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
    def notes(self) -> tuple[str, ...]:
        """What was left out or assumed, in words."""
        ...

    @property
    def stored(self) -> Mapping[str, FloatArray]:
        """Action statistics kept beside the data: min, max, mean, std, q01, q99, each of shape (d,)."""
        ...

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield every episode in order, at most `rows` rows at a time; an empty episode is one empty piece.

        Raises:
            ProblemError: the file breaks its layout's rules.
        """
        ...


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
    if array.ndim not in (1, 2):
        raise ProblemError(f"{name} must have shape (N, d), got {array.shape}")
    rows = np.asarray(array, dtype=np.float64)
    return rows[:, None] if rows.ndim == 1 else rows


def inside(path: Path, root: Path) -> Path:
    """Return a path that lies in a folder once links are resolved.

    Raises:
        ProblemError: it leads elsewhere.
    """
    if not path.resolve().is_relative_to(root.resolve()):
        raise ProblemError(f"data must stay inside {root}, got a link to {path.resolve()}")
    return path
