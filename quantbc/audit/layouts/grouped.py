"""Layouts with one group or one file an episode: Minari, robomimic, ManiSkill, ALOHA, RLDS, folders of npz."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np

from quantbc.audit.layouts.arrays import Arrays, below, common_length, is_vector, pieces, relative
from quantbc.audit.layouts.flat import ACTIONS, OBSERVATIONS
from quantbc.audit.layouts.hdf5 import Hdf5Arrays, is_hdf5, opened
from quantbc.audit.layouts.huggingface import episode_rows, nested_columns, table_files
from quantbc.audit.layouts.layout import Layout
from quantbc.audit.layouts.npz import is_npz, npz_opened
from quantbc.audit.layouts.rlds import record_files, record_notes, records
from quantbc.audit.rows import Piece
from quantbc.audit.source import (
    DEFAULT_NAMES,
    Names,
    WithoutStatistics,
    as_rows,
    blaming,
    chosen_keys,
    inside,
    not_chosen,
)
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

After = Literal["always", "never", "maybe"]


@dataclass(frozen=True)
class Rules:
    """How an episode of a layout is laid out.

    Attributes:
        layout: its name.
        actions: where actions are, in order of preference; a group of arrays is read side by side.
        observations: where observation vectors are, all of which are used if the first has any.
        after: whether observations have one row more than actions.
        following: a group that mirrors the observations one step later.
    """

    layout: str
    actions: tuple[str, ...] = ("actions",)
    observations: tuple[str, ...] = ("observations",)
    after: After = "never"
    following: str | None = None


Episodes = Callable[[Path], Generator[Arrays, None, None]]


@dataclass(frozen=True)
class EpisodeGroups(WithoutStatistics):
    """One group or file an episode.

    Attributes:
        path: the file or folder.
        rules: of the layout.
        episodes: opens one episode of a file after the other.
        names: what the user calls things.
        remarks: notes about the file as a whole.
        lists: the files of a folder, in order.
        chosen: of these, those that are read.

    Raises:
        ProblemError: while reading, if an episode breaks the rules.
    """

    path: Path
    rules: Rules
    episodes: Episodes
    names: Names = DEFAULT_NAMES
    remarks: Callable[[Path], tuple[str, ...]] = field(default=lambda _path: ())
    lists: Callable[[Path], list[Path]] = field(default=lambda path: [path])
    chosen: slice = field(default_factory=lambda: slice(None))

    def __post_init__(self) -> None:
        if self.names.episode_ends is not None:
            raise ProblemError(f"--episode-ends has no meaning for {self.layout}, got {self.names.episode_ends!r}")

    @property
    def layout(self) -> str:
        """The layout's name."""
        return self.rules.layout

    @cached_property
    def files(self) -> list[Path]:
        """The files, each with its episodes."""
        return self.lists(self.path)[self.chosen]

    def part(self, files: slice) -> Self:
        """Some of the files only."""
        return replace(self, chosen=files)

    def _opened(self) -> Generator[Arrays, None, None]:
        for file in self.files:
            yield from self.episodes(file)

    @contextmanager
    def _first(self) -> Iterator[Arrays]:
        with blaming(self.path, self.layout), closing(self._opened()) as episodes:
            first = next(episodes, None)
            if first is None:
                raise ProblemError(f"{self.path} must hold at least one episode, got none")
            yield first

    def _actions(self, episode: Arrays) -> list[str]:
        usual = self.rules.actions
        there = next((root for root in usual if below(episode.names(), root)), usual[0])
        return [name for root in self.names.actions or (there,) for name in _required(episode, root)]

    def _vectors(self, episode: Arrays) -> dict[str, str]:
        """Every observation vector of an episode by the name users give; those used by default come first."""
        taken = set(self._actions(episode))
        found: dict[str, str] = {}
        for root in self.rules.observations:
            for name in below(episode.names(), root):
                if name not in taken and is_vector(episode, name):
                    found.setdefault(relative(name, root), name)
        return found

    def _default(self, vectors: Mapping[str, str]) -> list[str]:
        for root in self.rules.observations:
            if found := [name for name, path in vectors.items() if path in below(list(vectors.values()), root)]:
                return found
        return []

    def _observed(self, episode: Arrays) -> dict[str, str]:
        vectors = self._vectors(episode)
        wanted = self.names.observations
        if wanted and (missing := [name for name in wanted if name not in vectors]):
            _ = self.observed  # a name that no episode has is the user's mistake, not the episode's
            raise ProblemError(f"{episode.where} must have the observation {missing[0]!r}, got none")
        return {name: vectors[name] for name in wanted or self._default(vectors)}

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Names of the vectors that are read, from the first episode."""
        with self._first() as first:
            vectors = self._vectors(first)
        return chosen_keys(self.names.observations, vectors, self._default(vectors))

    @cached_property
    def width(self) -> int:
        """Numbers in a row, from the first episode."""
        with self._first() as first:
            shapes = [first.shape(name) for name in (*self._actions(first), *self._observed(first).values())]
        return sum(shape[1] if len(shape) > 1 else 1 for shape in shapes)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What of the first episode was left out."""
        under = self.rules.observations[0]
        with self._first() as first:
            vectors = self._vectors(first)
            images = [name.rsplit("/", 1)[-1] for name in below(first.names(), under) if not is_vector(first, name)]
        skipped = (f"observations that are not vectors are not used: {', '.join(images)}",) if images else ()
        none = () if vectors else ("no observations",)
        return (*self.remarks(self.path), *skipped, *none, *not_chosen(vectors, self.observed))

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in numerical order."""
        with blaming(self.path, self.layout):
            for number, episode in enumerate(self._opened()):
                yield from self._episode(number, episode, rows)

    def _episode(self, number: int, episode: Arrays, rows: int) -> Iterator[Piece]:
        actions, observed = self._actions(episode), list(self._observed(episode).values())
        length = common_length(episode, actions)
        extra = bool(observed) and self._has_extra(episode, observed, length)
        after = None if extra or not observed else self._after(episode, observed, length, rows)
        for piece in pieces(episode, actions, observed, np.array([length]), rows, first=number, extra=extra):
            last = after is not None and piece.start + len(piece) == length
            yield Piece(number, piece.start, piece.actions, piece.observations, after) if last else piece

    def _has_extra(self, episode: Arrays, observed: list[str], length: int) -> bool:
        seen = common_length(episode, observed)
        allowed = {"always": (length + 1,), "never": (length,), "maybe": (length, length + 1)}[self.rules.after]
        if seen not in allowed:
            wanted = "one row more than" if self.rules.after == "always" else "as many rows as"
            raise ProblemError(f"{episode.where}: observations must have {wanted} actions, got {seen} and {length}")
        return seen == length + 1

    def _after(self, episode: Arrays, observed: list[str], length: int, rows: int) -> FloatArray | None:
        """The observation after the last action, where a second group holds it."""
        if self.rules.following is None or not length:
            return None
        mirrored = [f"{self.rules.following}/{relative(name, self.rules.observations[0])}" for name in observed]
        have = set(episode.names())
        if not set(mirrored) <= have or common_length(episode, mirrored) != length:
            return None
        widths = [tuple(episode.shape(name)[1:] for name in names) for names in (observed, mirrored)]
        if widths[0] != widths[1]:
            return None
        last = [as_rows(name, next(episode.blocks(name, rows, length - 1))) for name in mirrored]
        return np.asarray(np.concatenate(last, axis=1)[0])


def _required(episode: Arrays, root: str) -> list[str]:
    """The arrays at or under a path, of which there must be one."""
    if not (found := below(episode.names(), root)):
        have = ", ".join(episode.names()[:9]) or "none"
        raise ProblemError(f"{episode.where} must have a member {root!r}, got {have}")
    return found


def _numbered(names: list[str], prefix: str) -> list[str]:
    """Names that are prefix + number, by number: demo_10 comes after demo_9."""
    found = [name for name in names if re.fullmatch(rf"{prefix}\d{{1,18}}", name)]
    return sorted(found, key=lambda name: int(name.removeprefix(prefix)))


def _in_file(prefix: str, above: str | None = None) -> Episodes:
    def episodes(path: Path) -> Generator[Arrays, None, None]:
        with opened(path) as file:
            root = file if above is None else file.group(above)
            for name in _numbered(root.members(), prefix):
                yield root.group(name)

    return episodes


def _has(prefix: str, above: str | None = None) -> Callable[[Path], bool]:
    def fits(path: Path) -> bool:
        if not path.is_file() or not is_hdf5(path):
            return False
        with opened(path) as file:
            if above is not None and not file.is_group(above):
                return False
            root = file if above is None else file.group(above)
            return bool(_numbered(root.members(), prefix))

    return fits


def _masks(path: Path) -> tuple[str, ...]:
    """Which subsets robomimic's file names; all demos are read."""
    with opened(path) as file:
        if "mask" not in file.members():
            return ()
        masks: Hdf5Arrays = file.group("mask")
        shown = ", ".join(f"{name} ({masks.shape(name)[0] if masks.shape(name) else 1})" for name in masks.names())
    return (f"all demos are read; masks in the file: {shown}",) if shown else ()


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Data files in a folder, in the order of the numbers in their names."""
    found = [path for path in folder.iterdir() if path.suffix in suffixes] if folder.is_dir() else []
    return sorted(found, key=lambda path: ([int(n) for n in re.findall(r"\d{1,18}", path.stem)], path.name))


def _aloha_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if is_hdf5(path) else []
    return [inside(file, path) for file in _files(path, (".hdf5", ".h5"))]


def _aloha(file: Path) -> Generator[Arrays, None, None]:
    with opened(file) as arrays:
        yield arrays


def _is_aloha(path: Path) -> bool:
    for file in _aloha_files(path)[:1]:
        with opened(file) as arrays:
            return bool({"action", "actions"} & set(arrays.members())) and "observations/qpos" in arrays.names()
    return False


def _archive_files(path: Path) -> list[Path]:
    return [inside(file, path) for file in _files(path, (".npz",))]


def _archives(file: Path) -> Generator[Arrays, None, None]:
    with npz_opened(file) as arrays:
        yield arrays


def _is_archives(path: Path) -> bool:
    files = _archive_files(path)
    if not files or not is_npz(files[0]):
        return False
    with npz_opened(files[0]) as arrays:
        return any(below(arrays.names(), name) for name in ACTIONS)


def _layout(
    rules: Rules,
    summary: str,
    fits: Callable[[Path], bool],
    episodes: Episodes,
    remarks: Callable[[Path], tuple[str, ...]] = lambda _path: (),
    lists: Callable[[Path], list[Path]] = lambda path: [path],
) -> Layout:
    return Layout(
        rules.layout, summary, fits, lambda path, names: EpisodeGroups(path, rules, episodes, names, remarks, lists)
    )


LAYOUTS = (
    _layout(
        Rules("minari", after="always"),
        "Minari: HDF5 groups episode_i with one more observation than actions",
        _has("episode_"),
        _in_file("episode_"),
    ),
    _layout(
        Rules("robomimic", observations=("obs", "states"), following="next_obs"),
        "robomimic and IsaacLab: HDF5 groups data/demo_k with actions and obs",
        _has("demo_", "data"),
        _in_file("demo_", "data"),
        _masks,
    ),
    _layout(
        Rules("maniskill", observations=("obs",), after="maybe"),
        "ManiSkill: HDF5 groups traj_k with actions and obs",
        _has("traj_"),
        _in_file("traj_"),
    ),
    _layout(
        Rules("aloha", actions=("action", "actions")),
        "ACT and ALOHA: one HDF5 file per episode, with action and observations/qpos",
        _is_aloha,
        _aloha,
        lists=_aloha_files,
    ),
    _layout(
        Rules("npz_episodes", actions=ACTIONS, observations=OBSERVATIONS, after="maybe"),
        "a folder with one npz file per episode",
        _is_archives,
        _archives,
        lists=_archive_files,
    ),
    _layout(
        Rules("huggingface_episodes", actions=ACTIONS, observations=OBSERVATIONS, after="maybe"),
        "Arrow or parquet files of a Hugging Face data set, one row per episode: the imitation library's",
        lambda path: bool(set(ACTIONS) & set(nested_columns(path))),
        episode_rows,
        lists=table_files,
    ),
    _layout(
        Rules("rlds", actions=("action", "actions"), observations=("observation",)),
        "RLDS: TFRecord files of TensorFlow Datasets, one record per episode",
        lambda path: bool(record_files(path)),
        records,
        record_notes,
        record_files,
    ),
)
"""Layouts of episode groups."""
