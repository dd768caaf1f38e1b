"""Action statistics in LeRobot's meta files, read line by line and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from quantbc.audit.source import StoredEpisode, require_file
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

STATISTICS = ("min", "max", "mean", "std", "q01", "q99")
"""What is compared with the data, by LeRobot's names."""
_LONGEST = 2**22
"""Characters of a line; a longer one is cut, and is no JSON then."""


def vectors(where: str, entry: object) -> dict[str, FloatArray]:
    """Return the statistics of one feature as vectors; NaN is kept, and will agree with nothing.

    Args:
        where: for the message.
        entry: what the file holds.

    Raises:
        ProblemError: no object of lists of numbers.

    >>> vectors("action", {"min": [0.0], "max": [[1.0]], "count": [7]})
    {'min': array([0.]), 'max': array([1.])}
    """
    if not isinstance(entry, dict):
        raise ProblemError(f"{where} must be an object of statistics, got {type(entry).__name__}")
    try:
        return {name: np.array(entry[name], dtype=np.float64).reshape(-1) for name in STATISTICS if name in entry}
    except (TypeError, ValueError, OverflowError):
        raise ProblemError(f"{where} must hold lists of numbers") from None


def read_episode_statistics(path: Path, column: str) -> Mapping[int, StoredEpisode]:
    """Return the statistics of a column from v2.1's episodes_stats.jsonl by episode_index; empty without such a file.

    Raises:
        ProblemError: a line that is no JSON object, is cut off, lacks its number, or repeats one.
    """
    if not path.exists():
        return {}
    require_file(path)
    found: dict[int, StoredEpisode] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for count, line in enumerate(iter(lambda: lines.readline(_LONGEST), ""), start=1):
                if line.strip():
                    _take(found, f"{path}: line {count}", line, column)
    except UnicodeDecodeError as error:
        raise ProblemError(f"{path} must hold JSON lines: {error}") from None
    return found


def _take(found: dict[int, StoredEpisode], where: str, line: str, column: str) -> None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{where} must be a JSON object: {error}") from None
    number = entry.get("episode_index") if isinstance(entry, dict) else None
    stats = entry.get("stats") if isinstance(entry, dict) else None
    if type(number) is not int or number < 0 or not isinstance(stats, dict):
        raise ProblemError(f"{where} must hold episode_index, a whole number >= 0, and stats, got {line.strip()[:60]}")
    if number in found:
        raise ProblemError(f"{where} must not repeat an episode, got episode_index {number} again")
    action = stats.get(column)
    if action is not None:
        found[number] = StoredEpisode(_count(where, action), vectors(f"{where}: action", action))


def _count(where: str, action: Any) -> int | None:
    """The rows of an episode, stored as a number or a list of one."""
    if not isinstance(action, dict) or "count" not in action:
        return None
    value = np.array(action["count"], dtype=object).reshape(-1)
    if len(value) != 1 or type(value[0]) is not int or value[0] < 0:
        raise ProblemError(f"{where}: action count must be one whole number >= 0, got {action['count']!r}")
    return int(value[0])
