"""LeRobot v2.1's statistics of single episodes: read by the layout's rules, and lines that break them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.lerobot_stats import read_episode_statistics, vectors
from quantbc.errors import ProblemError

GOOD = {"episode_index": 3, "stats": {"action": {"min": [0.0], "max": [1.0], "count": [5]}, "index": {"min": [0]}}}


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "episodes_stats.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_lines_are_read_by_episode_and_blank_ones_skipped(tmp_path: Path) -> None:
    found = read_episode_statistics(
        write(tmp_path, GOOD, "", GOOD | {"episode_index": 1, "stats": {"other": {}}}), "action"
    )
    assert list(found) == [3]
    assert found[3].count == 5
    assert {name: value.tolist() for name, value in found[3].statistics.items()} == {"min": [0.0], "max": [1.0]}
    assert read_episode_statistics(tmp_path / "absent.jsonl", "action") == {}


def test_nan_is_kept_as_it_stands() -> None:
    assert np.isnan(vectors("here", json.loads('{"mean": [NaN]}'))["mean"]).all()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (json.dumps(GOOD)[:-9], "line 2 must be a JSON object"),
        ("[" * 100_000, "line 2 must be a JSON object"),
        ("[1, 2]", "line 2 must hold episode_index, a whole number >= 0, and stats"),
        ({"stats": {}}, "line 2 must hold episode_index"),
        ({"episode_index": 0}, "line 2 must hold episode_index"),
        ({"episode_index": -1, "stats": {}}, "line 2 must hold episode_index"),
        ({"episode_index": True, "stats": {}}, "line 2 must hold episode_index"),
        (GOOD, "line 2 must not repeat an episode, got episode_index 3 again"),
        ({"episode_index": 0, "stats": {"action": [1]}}, "line 2: action must be an object of statistics, got list"),
        ({"episode_index": 0, "stats": {"action": {"min": ["a"]}}}, "line 2: action must hold lists of numbers"),
        ({"episode_index": 0, "stats": {"action": {"max": 10**400}}}, "line 2: action must hold lists of numbers"),
        ({"episode_index": 0, "stats": {"action": {"count": [1, 2]}}}, "action count must be one whole number"),
        ({"episode_index": 0, "stats": {"action": {"count": [1.5]}}}, "action count must be one whole number"),
    ],
)
def test_lines_that_break_the_rules_are_refused_by_number(tmp_path: Path, line: Any, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read_episode_statistics(write(tmp_path, GOOD, line), "action")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "episodes_stats.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProblemError, match="must hold JSON lines"):
        read_episode_statistics(path, "action")
