"""Statistics that tokenizers are scaled by instead of those of the data: numbers, a file, or a project's own file.

A statistics file is LeRobot's (stats.json: an object of features), openpi's (norm_stats.json: by key, below
``norm_stats``) or OpenVLA's (dataset_statistics.json: by data set, with a mask); an npz or a JSON object with low and
high will do too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.layouts.npz import is_npz, npz_opened
from quantbc.audit.source import as_rows, require_file
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

_NAMES = {"low": "low", "min": "low", "high": "high", "max": "high", "q01": "q01", "q99": "q99"}
_NAMES |= {"mean": "mean", "std": "std"}
_PAIRS = (("low", "high"), ("q01", "q99"), ("mean", "std"))
_ACTIONS = ("action", "actions")
_LARGEST = 2**26


@dataclass(frozen=True, eq=False)
class GivenStatistics:
    """Statistics that a user gives.

    Attributes:
        known: by the names of `simulators.quantizers.statistics`, each of shape (d,).
        mask: dimensions that are normalized, if the file says so.
        source: where they come from, in words.
    """

    known: Mapping[str, FloatArray] = field(default_factory=dict)
    mask: npt.NDArray[np.bool_] | None = None
    source: str = ""

    @property
    def note(self) -> str:
        """What is scaled by them."""
        return f"tokenizers are scaled by {', '.join(self.known)} of {self.source}; what is not given is the data's"


def read_range(given: str, dimension: int, actions: tuple[str, ...] = ()) -> GivenStatistics:
    """Return the statistics of ``--range``.

    Args:
        given: ``low,high`` for every dimension, or a file; ``FILE#NAME`` chooses where a file holds several.
        dimension: of the actions.
        actions: what the user calls the action.

    Raises:
        ProblemError: no such numbers or file, or one that does not fit the actions.

    >>> read_range("-1,1", 2).known["high"].tolist()
    [1.0, 1.0]
    """
    if (numbers := _two_numbers(given)) is not None:
        low, high = numbers
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ProblemError(f"--range must have finite low < high, got {given}")
        return GivenStatistics({"low": np.full(dimension, low), "high": np.full(dimension, high)}, None, given)
    name, _, chosen = given.partition("#")
    path = Path(name)
    if not path.exists():
        raise ProblemError(f"--range must be low,high or an existing file, got {given!r}")
    require_file(path)
    found = _archive(path) if is_npz(path) else _from_json(path, chosen, actions)
    return _checked(found, dimension, given)


def _two_numbers(given: str) -> tuple[float, float] | None:
    parts = given.split(",")
    try:
        return (float(parts[0]), float(parts[1])) if len(parts) == 2 else None
    except ValueError:
        return None


def _archive(path: Path) -> Mapping[str, Any]:
    with npz_opened(path) as arrays:
        names = [name for name in arrays.names() if name in {*_NAMES, "mask"} and len(arrays.shape(name)) == 1]
        return {name: as_rows(name, next(arrays.blocks(name, arrays.shape(name)[0]))).ravel() for name in names}


def _from_json(path: Path, chosen: str, actions: tuple[str, ...]) -> Mapping[str, Any]:
    if (size := path.stat().st_size) > _LARGEST:
        raise ProblemError(f"--range must be a file of at most {_LARGEST} bytes, got {size}")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"--range must be a JSON file: {path}: {error}") from None
    found = dict(_entries(document, (), actions or _ACTIONS))
    if chosen:
        found = {name: entry for name, entry in found.items() if chosen in name.split("/")}
    if len(found) != 1:
        shown = ", ".join(found) or "none"
        raise ProblemError(
            f"--range must be a file with one set of action statistics, got {shown}; choose with {path}#NAME"
        )
    return next(iter(found.values()))


def _entries(value: Any, place: tuple[str, ...], actions: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that hold statistics of actions: those called so, or the whole file."""
    if not isinstance(value, dict) or len(place) > 4:
        return
    statistics = any(set(pair) <= {_NAMES[name] for name in value if name in _NAMES} for pair in _PAIRS)
    if statistics and (not place or place[-1] in actions):
        yield "/".join(place), value
        return
    for name, inner in value.items():
        yield from _entries(inner, (*place, name), actions)


def _checked(found: Mapping[str, Any], dimension: int, given: str) -> GivenStatistics:
    known = {_NAMES[name]: _vector(name, value, dimension) for name, value in found.items() if name in _NAMES}
    for low, high in _PAIRS[:2]:
        if {low, high} <= set(known) and np.any(known[high] < known[low]):
            raise ProblemError(f"--range must have {low} <= {high}, got {known[low].tolist()}, {known[high].tolist()}")
    if "std" in known and np.any(known["std"] < 0):
        raise ProblemError(f"--range must have std >= 0, got {known['std'].tolist()}")
    if not any(set(pair) <= set(known) for pair in _PAIRS):
        raise ProblemError(f"--range must hold low and high, q01 and q99, or mean and std, got {', '.join(found)}")
    mask = found.get("mask")
    if mask is None:
        return GivenStatistics(known, None, given)
    flags = np.array(mask).reshape(-1)
    if flags.shape != (dimension,) or not np.isin(flags, (0, 1)).all():
        raise ProblemError(f"--range must hold a mask of {dimension} booleans, got {mask!r}"[:200])
    return GivenStatistics(known, flags.astype(np.bool_), given)


def _vector(name: str, value: Any, dimension: int) -> FloatArray:
    try:
        vector = np.array(value, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError, OverflowError):
        raise ProblemError(f"--range must hold lists of numbers, got {name} = {value!r}"[:200]) from None
    if vector.shape != (dimension,) or not np.isfinite(vector).all():
        raise ProblemError(
            f"--range must hold {dimension} finite numbers for {name}, one for every action dimension, got "
            f"{len(vector)}: {vector[:4].tolist()}"
        )
    return vector
