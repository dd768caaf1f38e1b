"""Demonstrations in HDF5: Minari, robomimic and D4RL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quantbc.audit.source import DAMAGE, Piece, WithoutStatistics, as_rows, chosen_keys, not_chosen
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

__all__ = ["D4rlFile", "MinariFile", "RobomimicFile", "hdf5_layout"]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The open file; whatever HDF5 finds wrong with it, now or while it is read, blames the input.

    Raises:
        ProblemError: the file cannot be read, or the extra is not installed.
    """
    try:
        import h5py  # type: ignore[import-untyped]
    except ImportError:
        raise ProblemError("HDF5 files need the extra: pip install 'quantbc[data]'") from None
    try:
        with h5py.File(path, "r") as file:
            yield file
    except ProblemError:
        raise
    except DAMAGE as error:
        raise ProblemError(f"data must be a readable HDF5 file, got {path}: {error}") from None


def _member(group: Any, name: str) -> Any:
    """A group's member.

    Raises:
        ProblemError: it is missing, or its data lie in another file.
    """
    import h5py

    here = f"{group.file.filename}: {group.name}"
    if not hasattr(group, "keys"):
        raise ProblemError(f"{here} must be a group, got an array")
    if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
        raise ProblemError(f"{here} must hold its own {name!r}, got a link to another file")
    member = group.get(name)
    if member is None:
        raise ProblemError(f"{here} must have a member {name!r}, got {', '.join(sorted(group)[:9]) or 'none'}")
    if isinstance(member, h5py.Dataset) and (member.external or member.is_virtual):
        raise ProblemError(f"{here} must hold its own {name!r}, got data in another file")
    return member


def _leaves(member: Any) -> list[Any]:
    """The datasets below a member, in alphabetical order; a dataset is its own only leaf."""
    if not hasattr(member, "keys"):
        return [member]
    return [leaf for name in sorted(member) for leaf in _leaves(_member(member, name))]


def _is_vector(dataset: Any) -> bool:
    """Whether a dataset has rows of numbers; images have more axes."""
    return dataset.ndim in (1, 2) and dataset.dtype.kind in "fiub"


def _vectors(member: Any) -> list[Any]:
    return [leaf for leaf in _leaves(member) if _is_vector(leaf)]


def _named(member: Any) -> dict[str, Any]:
    """The vector datasets below a member by their path from it, in alphabetical order; a dataset has its own name."""
    above = len(member.name) + 1 if hasattr(member, "keys") else member.name.rfind("/") + 1
    return {leaf.name[above:]: leaf for leaf in _vectors(member)}


def _width(datasets: list[Any]) -> int:
    return sum(1 if leaf.ndim == 1 else int(leaf.shape[1]) for leaf in datasets)


def _read(datasets: list[Any], start: int, stop: int, *, real: bool = False) -> FloatArray:
    """Rows of all datasets side by side; short datasets give what they have.

    Raises:
        ProblemError: rows are missing from one of them.
    """
    parts = [as_rows(leaf.name, leaf[start:stop], real=real) for leaf in datasets]
    lengths = {len(part) for part in parts}
    if len(lengths) > 1:
        shown = ", ".join(f"{leaf.name} {len(leaf)}" for leaf in datasets)
        raise ProblemError(f"{datasets[0].file.filename}: datasets must have equal lengths, got {shown}")
    return np.concatenate(parts, axis=1)


def _length(datasets: list[Any]) -> int:
    """Rows of datasets that must agree.

    Raises:
        ProblemError: they do not.
    """
    lengths = {int(leaf.shape[0]) for leaf in datasets}
    if len(lengths) != 1:
        shown = ", ".join(f"{leaf.name} {leaf.shape[0]}" for leaf in datasets)
        raise ProblemError(f"{datasets[0].file.filename}: datasets must have equal lengths, got {shown}")
    return lengths.pop()


def _numbered(group: Any, prefix: str) -> list[str]:
    """Members called prefix + number, by number: demo_10 comes after demo_9."""
    names = [name for name in group if re.fullmatch(rf"{prefix}\d+", name)]
    return sorted(names, key=lambda name: int(name.removeprefix(prefix)))


def hdf5_layout(path: Path) -> str | None:
    """Return which HDF5 layout a file has, from its content; None if it is none of them.

    Raises:
        ProblemError: the file cannot be read.
    """
    with _opened(path) as file:
        if _numbered(file, "episode_"):
            return "minari"
        if "data" in file and hasattr(file["data"], "keys") and _numbered(file["data"], "demo_"):
            return "robomimic"
        flat = {"actions", "observations"} <= set(file) and {"terminals", "timeouts"} & set(file)
        return "d4rl" if flat else None


def _skipped(member: Any) -> tuple[str, ...]:
    """A note about what of an observation is no vector; nothing if everything is one."""
    names = [leaf.name.rsplit("/", 1)[-1] for leaf in _leaves(member) if not _is_vector(leaf)]
    return (f"observations that are no vectors are not used: {', '.join(names)}",) if names else ()


@dataclass(frozen=True)
class _EpisodeGroups(WithoutStatistics):
    """A file with one group an episode.

    Attributes:
        path: the file.
        keys: which observation vectors to read; the usual ones if empty.
    """

    path: Path
    keys: tuple[str, ...] = ()

    def _groups(self, file: Any) -> list[Any]:
        raise NotImplementedError

    def _first(self, file: Any) -> Any:
        groups = self._groups(file)
        if not groups:
            raise ProblemError(f"{self.path} must hold at least one episode, got none")
        return groups[0]

    def _available(self, group: Any) -> dict[str, Any]:
        """Every observation vector of an episode by name."""
        raise NotImplementedError

    def _default(self, available: Mapping[str, Any]) -> list[str]:
        """What is read where nothing is asked for."""
        return list(available)

    def _left_out(self, group: Any) -> tuple[str, ...]:
        """Notes about what of an episode's observation cannot be read at all."""
        raise NotImplementedError

    def _observed(self, group: Any) -> dict[str, Any]:
        """The observation vectors to read, by name."""
        available = self._available(group)
        if self.keys and (missing := set(self.keys) - set(available)):
            _ = self.observed  # an unknown name altogether is the user's mistake, not the episode's
            raise ProblemError(f"{self.path}: {group.name} must have the observation {min(missing)!r}, got none")
        return {name: available[name] for name in self.keys or self._default(available)}

    def _after(self, group: Any, observed: dict[str, Any], length: int) -> FloatArray | None:
        """The observation after the last action, if stored."""
        raise NotImplementedError

    @property
    def width(self) -> int:
        """Numbers in a row."""
        with _opened(self.path) as file:
            first = self._first(file)
            return _width(_vectors(_member(first, "actions"))) + _width(list(self._observed(first).values()))

    @property
    def observed(self) -> tuple[str, ...]:
        """Names of the vectors that are read, from the first episode."""
        with _opened(self.path) as file:
            available = self._available(self._first(file))
            return chosen_keys(self.keys, available, self._default(available))

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the first episode was left out."""
        used = self.observed
        with _opened(self.path) as file:
            first = self._first(file)
            return (*self._left_out(first), *not_chosen(self._available(first), used))

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in numerical order."""
        with _opened(self.path) as file:
            for number, group in enumerate(self._groups(file)):
                yield from self._episode(number, group, rows)

    def _episode(self, number: int, group: Any, rows: int) -> Iterator[Piece]:
        actions, named = _leaves(_member(group, "actions")), self._observed(group)
        observed, length = list(named.values()), _length(actions)
        after = self._after(group, named, length) if observed else None
        for start in range(0, max(length, 1), rows):
            stop = min(start + rows, length)
            yield Piece(
                number,
                start,
                _read(actions, start, stop, real=True),
                _read(observed, start, stop) if observed else None,
                after if stop == length else None,
            )


@dataclass(frozen=True)
class MinariFile(_EpisodeGroups):
    """Minari: groups episode_i with one more observation than actions; dict spaces are subgroups.

    Raises:
        ProblemError: while reading, if an episode breaks the rules.
    """

    layout = "minari"

    def _groups(self, file: Any) -> list[Any]:
        return [_member(file, name) for name in _numbered(file, "episode_")]

    def _available(self, group: Any) -> dict[str, Any]:
        return _named(_member(group, "observations"))

    def _left_out(self, group: Any) -> tuple[str, ...]:
        return _skipped(_member(group, "observations"))

    def _after(self, group: Any, observed: dict[str, Any], length: int) -> FloatArray | None:
        vectors = list(observed.values())
        if _length(vectors) != length + 1:
            raise ProblemError(
                f"{self.path}: {group.name}: observations must have one row more than actions, "
                f"got {_length(vectors)} and {length}"
            )
        return np.asarray(_read(vectors, length, length + 1)[0])


@dataclass(frozen=True)
class RobomimicFile(_EpisodeGroups):
    """Robomimic: data/demo_k with actions, obs/KEY and states; the masks only name subsets, and all demos are read.

    Raises:
        ProblemError: while reading, if a demo breaks the rules.
    """

    layout = "robomimic"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, and which masks there are."""
        with _opened(self.path) as file:
            masks = [f"{name} ({len(_member(file['mask'], name))})" for name in file.get("mask", ())]
        used = (f"all demos are read; masks in the file: {', '.join(masks)}",) if masks else ()
        return super().notes + used

    def _groups(self, file: Any) -> list[Any]:
        data = _member(file, "data")
        return [_member(data, name) for name in _numbered(data, "demo_")]

    def _available(self, group: Any) -> dict[str, Any]:
        observed = _named(_member(group, "obs")) if "obs" in group else {}
        return observed | (_named(_member(group, "states")) if "states" in group else {})

    def _default(self, available: Mapping[str, Any]) -> list[str]:
        return [name for name in available if name != "states"] or list(available)

    def _left_out(self, group: Any) -> tuple[str, ...]:
        notes = _skipped(_member(group, "obs")) if "obs" in group else ()
        return notes if self._available(group) else (*notes, "no observations")

    def _after(self, group: Any, observed: dict[str, Any], length: int) -> FloatArray | None:
        vectors = list(observed.values())
        if _length(vectors) != length:
            raise ProblemError(
                f"{self.path}: {group.name}: observations must have as many rows as actions, "
                f"got {_length(vectors)} and {length}"
            )
        if "next_obs" not in group or not length:
            return None
        after = _named(_member(group, "next_obs"))
        if not set(observed) <= set(after):
            return None
        following = [after[name] for name in observed]
        fits = _length(following) == length and _width(following) == _width(vectors)
        return np.asarray(_read(following, length - 1, length)[0]) if fits else None


@dataclass(frozen=True)
class D4rlFile(WithoutStatistics):
    """D4RL: flat arrays; an episode ends where terminals or timeouts say so.

    Attributes:
        path: the file.
        keys: which observation vectors to read, of observations and infos; observations if empty.

    Raises:
        ProblemError: while reading, if the arrays differ in length.
    """

    path: Path
    keys: tuple[str, ...] = ()
    layout = "d4rl"

    @property
    def width(self) -> int:
        """Numbers in a row."""
        with _opened(self.path) as file:
            return _width(_vectors(_member(file, "actions"))) + _width(self._vectors(file))

    @property
    def observed(self) -> tuple[str, ...]:
        """Names of the vectors that are read."""
        with _opened(self.path) as file:
            return tuple(self._observed(file))

    def _available(self, file: Any) -> dict[str, Any]:
        infos = _named(_member(file, "infos")) if "infos" in file else {}
        return _named(_member(file, "observations")) | {f"infos/{name}": leaf for name, leaf in infos.items()}

    def _observed(self, file: Any) -> dict[str, Any]:
        available = self._available(file)
        usual = [name for name in available if not name.startswith("infos/")]
        return {name: available[name] for name in chosen_keys(self.keys, available, usual)}

    def _vectors(self, file: Any) -> list[Any]:
        return list(self._observed(file).values())

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether timeouts are known, and whether the last episode has an end."""
        with _opened(self.path) as file:
            flags = self._flags(file)
            found = [] if "timeouts" in file else ["no timeouts in the file: episodes end at terminals only"]
            if len(flags[0]) and not any(bool(flag[-1]) for flag in flags):
                found.append("the last episode has no end flag; it is used up to where the file stops")
            return (*found, *not_chosen(self._available(file), self._observed(file)))

    def _flags(self, file: Any) -> list[Any]:
        return [_member(file, name) for name in ("terminals", "timeouts") if name in file]

    def pieces(self, rows: int) -> Iterator[Piece]:
        """Yield the episodes in the order of the file."""
        with _opened(self.path) as file:
            actions, observed = _leaves(_member(file, "actions")), self._vectors(file)
            flags = self._flags(file)
            total = _length([*actions, *observed, *flags])
            number, time = 0, 0
            for start in range(0, total, rows):
                stop = min(start + rows, total)
                u, x = _read(actions, start, stop, real=True), _read(observed, start, stop)
                ends = np.flatnonzero((_read(flags, start, stop) != 0).any(axis=1)) + 1
                low = 0
                for high in map(int, ends):
                    yield Piece(number, time, u[low:high], x[low:high])
                    number, time, low = number + 1, 0, high
                if low < len(u):
                    yield Piece(number, time, u[low:], x[low:])
                    time += len(u) - low
