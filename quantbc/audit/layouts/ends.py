"""Where episodes end in arrays that hold one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.layouts.arrays import Arrays
from quantbc.errors import ProblemError
from simulators.errors import IntArray

ENDS = ("episode_ends", "meta/episode_ends", "ends")
STARTS = ("episode_starts", "meta/episode_starts")
LENGTHS = ("episode_lengths", "meta/episode_lengths")
INDICES = ("episode_index", "episode_id", "episode_ids", "episode", "traj_index")
SPLITS = ("indices",)
FLAGS = ("terminals", "timeouts", "dones", "done", "terminations", "truncations", "is_last")
BOUNDARIES = frozenset((*ENDS, *STARTS, *LENGTHS, *INDICES, *SPLITS, *FLAGS, "terminal"))
"""Names that say where episodes end."""

_AT_ONCE = 65_536


def episode_ends(arrays: Arrays, total: int, named: str | None) -> tuple[IntArray, tuple[str, ...]]:
    """Return the rows before the end of every episode, and notes about what was assumed.

    Understood, in this order: ends; starts, with or without lengths; lengths; an episode number for each row; the
    splits of the imitation library; flags at the last step. Without any of them everything is one episode.

    Args:
        arrays: the file.
        total: rows of the actions.
        named: the array to use; what it holds says how it is read.

    Raises:
        ProblemError: the array is missing, or does not divide the rows into episodes.
    """
    have = arrays.names()
    if named is not None:
        return _of_kind(arrays, named, total), ()
    for candidates, read in (
        (ENDS, _ends),
        (STARTS, _starts),
        (LENGTHS, _lengths),
        (INDICES, _runs),
        (SPLITS, _splits),
    ):
        for name in candidates:
            if name in have:
                return read(arrays, name, total), ()
    flags = [name for name in FLAGS if name in have]
    if not flags:
        return np.array([total], dtype=np.int64), (
            "no array marks where episodes end: all rows are read as one (name it with --episode-ends)",
        )
    ends = _flagged(arrays, flags, total)
    notes = [] if {"timeouts", "truncations"} & set(have) or "terminals" not in have else ["timeouts"]
    found = [f"no {name} in the file: episodes end at terminals only" for name in notes]
    if total and (not len(ends) or ends[-1] != total):
        ends = np.append(ends, total)
        found.append("the last episode has no end flag; it is used up to where the file stops")
    return ends, tuple(found)


def _of_kind(arrays: Arrays, name: str, total: int) -> IntArray:
    """Read an array as what its name or its values say it is."""
    tail = name.rsplit("/", 1)[-1]
    known = {**dict.fromkeys(STARTS, _starts), **dict.fromkeys(LENGTHS, _lengths), **dict.fromkeys(SPLITS, _splits)}
    if tail in known:
        return known[tail](arrays, name, total)
    shape = arrays.shape(name)
    if shape[:1] != (total,) or (total and tail in ENDS):
        return _ends(arrays, name, total)
    if arrays.kind(name) == "b" or tail in FLAGS:
        ends = _flagged(arrays, [name], total)
        return ends if len(ends) and ends[-1] == total else np.append(ends, total)
    return _runs(arrays, name, total)


def _values(arrays: Arrays, name: str) -> IntArray:
    parts = [_whole(name, part) for part in arrays.blocks(name, _AT_ONCE)] if arrays.shape(name) else []
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _whole(name: str, array: npt.NDArray[Any]) -> IntArray:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ProblemError(f"{name} must be a vector of whole numbers, got {array.dtype} of shape {array.shape}")
    return array.astype(np.int64)


def _checked(name: str, ends: IntArray, total: int) -> IntArray:
    if not len(ends) or ends[-1] != total or np.any(np.diff(ends) < 0) or ends[0] < 0:
        raise ProblemError(f"{name} must not decrease and must end at {total}, got {ends[-3:].tolist()}")
    return ends


def _ends(arrays: Arrays, name: str, total: int) -> IntArray:
    return _checked(name, _values(arrays, name), total)


def _starts(arrays: Arrays, name: str, total: int) -> IntArray:
    starts = _values(arrays, name)
    if len(starts) and (starts[0] != 0 or np.any(np.diff(starts) < 0) or starts[-1] > total):
        raise ProblemError(f"{name} must rise from 0 to at most {total}, got {starts[:3].tolist()}…")
    ends = np.append(starts[1:], total) if len(starts) else starts
    lengths = next((other for other in LENGTHS if other in arrays.names()), None)
    if lengths is not None and not np.array_equal(_values(arrays, lengths), np.diff(ends, prepend=0)):
        raise ProblemError(f"{name} and {lengths} must leave no rows between episodes")
    return _checked(name, ends, total)


def _lengths(arrays: Arrays, name: str, total: int) -> IntArray:
    lengths = _values(arrays, name)
    if np.any(lengths < 0) or np.any(lengths > total):
        raise ProblemError(f"{name} must lie between 0 and {total}, got {lengths.min()} to {lengths.max()}")
    return _checked(f"the sum of {name}", np.cumsum(lengths), total)


def _splits(arrays: Arrays, name: str, total: int) -> IntArray:
    return _checked(name, np.append(_values(arrays, name), total), total)


def _runs(arrays: Arrays, name: str, total: int) -> IntArray:
    """Ends of runs of equal episode numbers."""
    starts: list[int] = []
    values: list[int] = []
    done = 0
    for part in arrays.blocks(name, _AT_ONCE):
        numbers = _whole(name, part)
        new = not values or values[-1] != numbers[0]
        first = np.flatnonzero(np.concatenate([[new], numbers[1:] != numbers[:-1]]))
        starts += (first + done).tolist()
        values += numbers[first].tolist()
        done += len(numbers)
    if done != total:
        raise ProblemError(f"{name} must have {total} rows, got {done}")
    if len(set(values)) < len(values):
        raise ProblemError(f"{name} must keep the rows of an episode together, got one that reappears")
    return np.array([*starts[1:], total] if total else [], dtype=np.int64)


def _flagged(arrays: Arrays, names: Sequence[str], total: int) -> IntArray:
    """Ends where any of the flags is set."""
    found = [np.zeros(0, dtype=np.int64)]
    for name in names:
        shape = arrays.shape(name)
        if shape[:1] != (total,) or np.prod(shape[1:]) != 1 or arrays.kind(name) not in "biuf":
            raise ProblemError(
                f"{arrays.where}: arrays must have equal lengths, got {name} of shape {shape} and {total} actions"
            )
        start = 1
        for part in arrays.blocks(name, _AT_ONCE):
            found.append(np.flatnonzero(part.reshape(len(part)) != 0) + start)
            start += len(part)
    return np.unique(np.concatenate(found)).astype(np.int64)
