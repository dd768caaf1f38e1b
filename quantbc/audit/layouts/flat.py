"""Layouts that keep all episodes one after the other in flat arrays: npz, npy, D4RL, zarr, the imitation library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quantbc.audit.layouts.arrays import Arrays, below, common_length, is_vector, pieces, relative
from quantbc.audit.layouts.ends import BOUNDARIES, episode_ends
from quantbc.audit.layouts.hdf5 import is_hdf5
from quantbc.audit.layouts.hdf5 import opened as hdf5_opened
from quantbc.audit.layouts.huggingface import is_table, tables_opened
from quantbc.audit.layouts.layout import Layout
from quantbc.audit.layouts.npz import is_npy, is_npz, npy_opened, npz_opened
from quantbc.audit.layouts.zarr import is_zarr, zarr_opened
from quantbc.audit.rows import Piece
from quantbc.audit.source import DEFAULT_NAMES, Names, WithoutStatistics, chosen_keys, not_chosen
from quantbc.errors import ProblemError
from simulators.errors import IntArray

ACTIONS = ("actions", "action", "acts", "data/actions", "data/action")
"""What actions are called; the first that is there is read."""
OBSERVATIONS = ("observations", "obs", "states", "state", "data/obs", "data/state", "data/observations")
"""The same for observations."""
_NO_OBSERVATIONS = frozenset(("rewards", "reward", "rews", "infos", "next_observations", *BOUNDARIES))

Opened = Callable[[Path], AbstractContextManager[Arrays]]


@dataclass(frozen=True)
class FlatFile(WithoutStatistics):
    """Actions (N, A), optionally observations with a row for every action, and where episodes end.

    Observations may also have one row more for every episode: the state after its last action.

    Attributes:
        path: the file or folder.
        layout: its layout's name.
        opens: what opens its arrays.
        names: what the user calls things.

    Raises:
        ProblemError: no actions, or arrays that break the rules.
    """

    path: Path
    layout: str
    opens: Opened
    names: Names = DEFAULT_NAMES

    def __post_init__(self) -> None:
        with self.opens(self.path) as arrays:
            _ = self._actions(arrays)

    def _actions(self, arrays: Arrays) -> list[str]:
        have = arrays.names()
        if self.names.actions:
            return [name for wanted in self.names.actions for name in _named(arrays, "--action", wanted)]
        for candidate in ACTIONS:
            if found := below(have, candidate):
                return found
        shown = ", ".join(have[:9]) or "none"
        raise ProblemError(f"{self.path} must hold an array called actions, got {shown}; name yours with --action")

    def _layout_of(self, arrays: Arrays) -> tuple[list[str], IntArray, tuple[str, ...], dict[str, str]]:
        """Action arrays, ends of episodes, notes, and observation vectors by the name users give."""
        actions = self._actions(arrays)
        total = common_length(arrays, actions)
        ends, notes = episode_ends(arrays, total, self.names.episode_ends)
        lengths = (total, total + len(ends))
        usual = next((root for root in OBSERVATIONS if below(arrays.names(), root)), "")
        vectors = {}
        for name in arrays.names():
            tail = name.rsplit("/", 1)[-1]
            if name in actions or name == self.names.episode_ends or tail in _NO_OBSERVATIONS:
                continue
            asked = name in below(arrays.names(), usual) or name in self.names.observations
            if is_vector(arrays, name) and (arrays.shape(name)[0] in lengths or asked):
                vectors[relative(name, usual)] = name
        return actions, ends, notes, vectors

    def _chosen(self, arrays: Arrays, vectors: dict[str, str]) -> dict[str, str]:
        usual = next((root for root in OBSERVATIONS if below(arrays.names(), root)), "")
        usually = below(list(vectors.values()), usual) if usual else []
        default = [name for name, path in vectors.items() if path in usually]
        chosen = {name: vectors[name] for name in chosen_keys(self.names.observations, vectors, default)}
        if chosen:
            common_length(arrays, list(chosen.values()))
        return chosen

    @cached_property
    def observed(self) -> tuple[str, ...]:
        with self.opens(self.path) as arrays:
            return tuple(self._chosen(arrays, self._layout_of(arrays)[3]))

    @cached_property
    def width(self) -> int:
        with self.opens(self.path) as arrays:
            actions, _, _, vectors = self._layout_of(arrays)
            shapes = [arrays.shape(name) for name in (*actions, *self._chosen(arrays, vectors).values())]
            return sum(shape[1] if len(shape) > 1 else 1 for shape in shapes)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """How episodes end, and what is not used."""
        with self.opens(self.path) as arrays:
            _, _, notes, vectors = self._layout_of(arrays)
            chosen = self._chosen(arrays, vectors)
            others = [name for name in arrays.names() if not is_vector(arrays, name)]
        none = () if chosen else ("no observations",)
        unused = (f"arrays that are not used: {', '.join(others)}",) if others else ()
        return (*notes, *none, *unused, *not_chosen(vectors, chosen))

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in the order of the file."""
        with self.opens(self.path) as arrays:
            actions, ends, _, vectors = self._layout_of(arrays)
            observed = list(self._chosen(arrays, vectors).values())
            total, extra = common_length(arrays, actions), False
            if observed and (seen := common_length(arrays, observed)) != total:
                extra = seen == total + len(ends)
                if not extra:
                    raise ProblemError(
                        f"{self.path}: arrays must have equal lengths, got actions {total} and observations {seen}"
                    )
            yield from pieces(arrays, actions, observed, ends, rows, extra=extra)


def _named(arrays: Arrays, flag: str, wanted: str) -> list[str]:
    """The arrays at or under a name that the user gave."""
    if not (found := below(arrays.names(), wanted)):
        shown = ", ".join(arrays.names()[:20]) or "none"
        raise ProblemError(f"{flag} must be one of {shown}, got {wanted!r}")
    return found


def _is_file_of(kind: Callable[[Path], bool]) -> Callable[[Path], bool]:
    return lambda path: path.is_file() and kind(path)


CONTAINERS: tuple[tuple[str, Callable[[Path], bool], Opened], ...] = (
    ("npz", _is_file_of(is_npz), npz_opened),
    ("npy", _is_file_of(is_npy), npy_opened),
    ("d4rl", _is_file_of(is_hdf5), hdf5_opened),
    ("zarr", is_zarr, zarr_opened),
    ("huggingface", is_table, tables_opened),
)
"""Files that hold named arrays: the layout that reads them, how they are recognised, and how they are opened."""

_SUMMARIES = {
    "npz": "an npz archive with actions, observations and episode ends",
    "npy": "a bare npy file of actions, one episode",
    "d4rl": "flat HDF5 arrays, as in D4RL",
    "huggingface": "Arrow or parquet files of a Hugging Face data set, one row per step",
    "zarr": "a zarr store, such as Diffusion Policy's replay buffer",
}


def _layout(name: str, fits: Callable[[Path], bool], opens: Opened) -> Layout:
    def has_actions(path: Path) -> bool:
        if not fits(path):
            return False
        with opens(path) as arrays:
            return any(below(arrays.names(), candidate) for candidate in ACTIONS)

    return Layout(name, _SUMMARIES[name], has_actions, lambda path, names: FlatFile(path, name, opens, names))


LAYOUTS = tuple(_layout(*container) for container in CONTAINERS)
"""Flat layouts by container."""
