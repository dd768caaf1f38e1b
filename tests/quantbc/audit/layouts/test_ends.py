"""Every way to say where episodes end gives the same ends, and a contradiction is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.ends import episode_ends
from quantbc.audit.layouts.npz import npz_opened
from quantbc.errors import ProblemError


def found(path: Path, named: str | None = None, total: int = 5, **arrays: Any) -> list[int]:
    np.savez(path / "a.npz", **arrays)
    with npz_opened(path / "a.npz") as opened:
        return episode_ends(opened, total, named)[0].tolist()


@pytest.mark.parametrize(
    "arrays",
    [
        {"episode_ends": [2, 5]},
        {"episode_starts": [0, 2]},
        {"episode_starts": [0, 2], "episode_lengths": [2, 3]},
        {"episode_lengths": [2, 3]},
        {"episode_index": [7, 7, -(2**63), -(2**63), -(2**63)]},
        {"indices": [2]},
        {"dones": [False, True, False, False, True]},
        {"dones": [[0.0], [1.0], [0.0], [0.0], [0.0]]},
        {"terminations": [0, 1, 0, 0, 0], "truncations": [0, 0, 0, 0, 1]},
    ],
)
def test_all_ways_agree(tmp_path: Path, arrays: dict[str, Any]) -> None:
    assert found(tmp_path, **arrays) == [2, 5]


@pytest.mark.parametrize(
    "values", [[2, 5], [3, 3, 9, 9, 9], [False, True, False, False, True], [False, True, False, False, False]]
)
def test_a_named_array_is_read_as_what_it_holds(tmp_path: Path, values: list[int]) -> None:
    assert found(tmp_path, named="mine", mine=values) == [2, 5]


def test_without_a_word_everything_is_one_episode(tmp_path: Path) -> None:
    assert found(tmp_path, rewards=np.zeros(5)) == [5]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"episode_ends": [5, 2]}, "must not decrease and must end at 5"),
        ({"episode_ends": [2.0, 5.0]}, "whole numbers"),
        ({"episode_starts": [1, 2]}, "must rise from 0"),
        ({"episode_starts": [0, 2], "episode_lengths": [1, 3]}, "leave no rows between episodes"),
        ({"episode_lengths": [2, 2]}, "the sum of episode_lengths must not decrease and must end at 5"),
        ({"episode_lengths": [-1, 6]}, "must lie between 0 and 5, got -1 to 6"),
        ({"episode_index": [0, 1, 0, 0, 0]}, "one that reappears"),
        ({"episode_index": [0, 1]}, "must have 5 rows, got 2"),
        ({"dones": [True]}, "equal lengths, got dones of shape"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        found(tmp_path, **arrays)
