"""Flat arrays of all episodes: names that are in use, and files that break the rules."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.source import Names
from quantbc.errors import ProblemError


def test_the_imitation_library_keeps_one_observation_more_an_episode(tmp_path: Path) -> None:
    acts, obs = np.arange(5.0)[:, None], np.arange(7.0)[:, None]  # episodes of 2 and 3 steps
    np.savez(tmp_path / "a.npz", acts=acts, obs=obs, indices=[2], terminal=[True, True], infos=np.zeros(5))
    pieces = list(open_source(tmp_path / "a.npz").pieces(2))
    assert [(p.episode, p.start) for p in pieces] == [(0, 0), (1, 0), (1, 2)]
    assert [p.observations[:, 0].tolist() for p in pieces] == [[0, 1], [3, 4], [5]]
    assert [None if p.following is None else p.following.tolist() for p in pieces] == [[2], None, [6]]


def test_a_bare_array_is_one_episode_and_says_so(tmp_path: Path) -> None:
    np.save(tmp_path / "u.npy", np.zeros((4, 3)))
    source = open_source(tmp_path / "u.npy")
    assert (source.layout, source.width, len(list(source.pieces(9)))) == ("npy", 3, 1)
    assert any("all rows are read as one" in note for note in source.notes)
    assert "no observations" in source.notes


@pytest.mark.parametrize("name", ["action", "acts", "data/action"])
def test_actions_have_several_names(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "a.npz", **{name: np.zeros((4, 3)), "episode_ends": np.array([1, 4])})
    assert [len(piece) for piece in open_source(tmp_path / "a.npz").pieces(9)] == [1, 3]


def test_an_array_can_be_named_and_is_refused_where_it_does_not_fit(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", torque=np.zeros((4, 3)), joint=np.zeros((4, 2)), cut=np.array([3, 4]))
    source = open_source(tmp_path / "a.npz", names=Names(("torque",), ("joint",), "cut"))
    assert [p.actions.shape for p in source.pieces(9)] == [(3, 3), (1, 3)]
    with pytest.raises(ProblemError, match=r"must hold an array called actions, got cut, joint, torque; .*--action"):
        open_source(tmp_path / "a.npz", "npz")


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_d4rl_episodes_do_not_depend_on_where_blocks_end(tmp_path: Path, rows: int) -> None:
    ends = np.array([0, 1, 0, 1, 1, 0, 0, 1], dtype=bool)
    arrays: dict[str, Any] = {"actions": np.arange(8.0)[:, None], "observations": np.zeros((8, 2)), "terminals": ends}
    np.savez(tmp_path / "a.npz", **arrays, timeouts=ends)
    found: dict[int, list[float]] = {}
    for piece in open_source(tmp_path / "a.npz").pieces(rows):
        found.setdefault(piece.episode, []).extend(piece.actions[:, 0])
    assert found == {0: [0, 1], 1: [2, 3], 2: [4], 3: [5, 6, 7]}


def test_d4rl_without_timeouts_or_with_an_open_end_says_so(tmp_path: Path) -> None:
    done = np.array([0, 1, 0, 0, 0], dtype=bool)
    np.savez(tmp_path / "a.npz", actions=np.zeros((5, 1)), observations=np.zeros((5, 2)), terminals=done)
    source = open_source(tmp_path / "a.npz")
    assert [(piece.episode, piece.start, len(piece)) for piece in source.pieces(2)] == [(0, 0, 2), (1, 0, 2), (1, 2, 1)]
    assert any("no timeouts" in note for note in source.notes)
    assert any("no end flag" in note for note in source.notes)
