"""A layout is recognised by what is in the file, and every reader gives the same episodes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import LAYOUTS, open_source
from quantbc.audit.source import Names
from quantbc.errors import ProblemError

AFTER = ("minari", "robomimic", "maniskill", "npz_episodes", "huggingface_episodes")
"""Layouts that can keep the observation after the last action."""
GROUPED = (*AFTER, "aloha", "rlds")


def episodes(source: Any, rows: int) -> dict[int, tuple[Any, Any]]:
    """Actions and observations by episode, put together from pieces."""
    parts: dict[int, list[Any]] = {}
    for piece in source.pieces(rows):
        mine = parts.setdefault(piece.episode, [])
        assert len(piece) <= rows
        assert piece.start == sum(len(p) for p in mine)
        mine.append(piece)
    return {
        number: (np.concatenate([p.actions for p in mine]), np.concatenate([p.observations for p in mine]))
        for number, mine in parts.items()
    }


def test_every_layout_has_a_writer_here(writers: dict[str, Any]) -> None:
    assert {*writers, "npy"} == set(LAYOUTS)


@pytest.mark.parametrize("rows", [7, 1000])
def test_every_layout_gives_the_same_episodes(
    layout: str, writers: dict[str, Any], data: Any, tmp_path: Path, rows: int
) -> None:
    source = open_source(writers[layout](data, tmp_path))
    assert source.layout == layout
    assert source.width == 3
    found = episodes(source, rows)
    assert list(found) == list(range(len(data.actions)))
    for i, (actions, observations) in found.items():
        np.testing.assert_allclose(actions, data.actions[i], rtol=1e-6)
        np.testing.assert_allclose(observations, data.observations[i][:-1], rtol=1e-6)


@pytest.mark.parametrize("name", AFTER)
def test_the_observation_after_the_last_action_is_kept_where_it_is_stored(
    name: str, writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    pieces = list(open_source(writers[name](data, tmp_path)).pieces(12))
    first = [piece for piece in pieces if piece.episode == 0]
    assert [piece.following is None for piece in first] == [True, True, False]
    np.testing.assert_array_equal(first[-1].following, data.observations[0][-1])


def test_the_tenth_demo_comes_after_the_ninth(
    writers: dict[str, Any], make: Callable[..., Any], tmp_path: Path
) -> None:
    lengths = range(3, 15)
    for name in ("minari", "robomimic", "lerobot_v2"):
        source = open_source(writers[name](make(lengths), tmp_path / name if (tmp_path / name).mkdir() is None else ""))
        assert [len(piece) for piece in source.pieces(100)] == list(lengths)


def test_the_users_word_goes_before_the_content(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    path = writers["d4rl"](data, tmp_path)
    assert open_source(path, "d4rl").layout == "d4rl"
    with pytest.raises(ProblemError, match="at least one episode, got none"):
        _ = open_source(path, "minari").width
    with pytest.raises(ProblemError, match="readable npz archive"):
        open_source(path, "npz")
    with pytest.raises(ProblemError, match="must hold data/chunk-XXX/ files"):
        open_source(path, "lerobot_v3")


@pytest.mark.parametrize(
    ("content", "layout", "message"),
    [
        (b"not demonstrations", None, "must have a known layout"),
        (b"", None, "must have a known layout .*, which is empty"),
        (b"x", "tfrecord", "--layout must be one of lerobot_v2"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, layout: str | None, message: str) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(content)
    with pytest.raises(ProblemError, match=message):
        open_source(path, layout)


def test_missing_files_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="existing file or folder"):
        open_source(tmp_path / "absent")
    with pytest.raises(ProblemError, match=r"must have a known layout .*, an empty folder"):
        open_source(tmp_path)
    (tmp_path / "meta").mkdir()
    with pytest.raises(ProblemError, match=r"must have a known layout .*, a folder with meta/$"):
        open_source(tmp_path)


def test_what_a_file_holds_is_listed_where_no_layout_fits_and_names_make_it_fit(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["log/torque"], file["log/joint"] = np.arange(6.0).reshape(3, 2), np.zeros((3, 4))
        file["log/reset"] = np.array([True, False, True])
    with pytest.raises(ProblemError, match=r"holds log/joint 3x4, log/reset 3, log/torque 3x2; name .*--action"):
        open_source(path)
    source = open_source(path, names=Names(("log/torque",), ("log/joint",), "log/reset"))
    assert [(p.actions.shape, p.observations.shape) for p in source.pieces(9)] == [((1, 2), (1, 4)), ((2, 2), (2, 4))]
    with pytest.raises(ProblemError, match="--action must be one of log/joint, log/reset, log/torque, got 'u'"):
        open_source(path, names=Names(("u",)))


def test_pointers_pickles_pipes_and_devices_are_said_in_so_many_words(tmp_path: Path) -> None:
    path = tmp_path / "demo.hdf5"
    for content, message in (
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull"),
        (b"\x80\x04]\x94.", "must not be a pickle"),
    ):
        path.write_bytes(content)
        with pytest.raises(ProblemError, match=message):
            open_source(path)
    os.mkfifo(tmp_path / "pipe")
    for other in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ProblemError, match="must be an ordinary file"):
            open_source(other)


def test_damaged_files_are_read_or_refused_and_nothing_else(
    layout: str, writers: dict[str, Any], make: Callable[..., Any], tmp_path: Path
) -> None:
    path = writers[layout](make((9, 6)), tmp_path)
    files = sorted(p for p in (path.rglob("*") if path.is_dir() else [path]) if p.is_file())
    whole = {file: file.read_bytes() for file in files}
    rng = np.random.default_rng(0)
    refused = 0
    for trial in range(60):
        file = files[rng.integers(len(files))]
        content = bytearray(whole[file])
        if trial % 4 == 0:
            content = content[: rng.integers(len(content))]
        for _ in range(4 if len(content) else 0):
            content[rng.integers(min(len(content), 2000))] = rng.integers(256)
        file.write_bytes(content)
        try:
            with np.errstate(all="ignore"):  # numbers may have become anything
                source = open_source(path)
                list(source.pieces(source.width + 100))
        except ProblemError:
            refused += 1
        file.write_bytes(whole[file])
    assert refused > 10


@pytest.mark.parametrize("rows", [7, 1000])
def test_observations_are_chosen_by_name_and_stand_in_the_order_asked_for(
    layout: str, names: tuple[str, str], write_both: Callable[..., Path], data: Any, tmp_path: Path, rows: int
) -> None:
    goals = [10.0 + x[:, :1] for x in data.observations]
    path = write_both(data, goals, layout, tmp_path)
    state, goal = names
    for keys in ((state,), (goal,), (goal, state)):
        source = open_source(path, names=Names(observations=keys))
        assert source.observed == keys
        assert source.width == 1 + sum({state: 2, goal: 1}[key] for key in keys)
        for i, (_, observed) in episodes(source, rows).items():
            whole = {state: data.observations[i], goal: goals[i]}
            wanted = np.concatenate([whole[key] for key in keys], axis=1)
            np.testing.assert_allclose(observed, wanted[:-1], rtol=1e-6)
        if layout in AFTER:
            last = [piece for piece in source.pieces(rows) if piece.episode == 0][-1]
            whole = {state: data.observations[0], goal: goals[0]}
            np.testing.assert_array_equal(last.following, np.concatenate([whole[key][-1] for key in keys]))


def test_what_is_read_by_default_is_said_and_so_is_the_rest(
    layout: str, names: tuple[str, str], write_both: Callable[..., Path], data: Any, tmp_path: Path
) -> None:
    path = write_both(data, [x[:, :1] for x in data.observations], layout, tmp_path)
    default = open_source(path)
    every = set(names) if layout in GROUPED else {names[0]}
    assert set(default.observed) == every
    told = " ".join(open_source(path, names=Names(observations=names[1:])).notes)
    assert names[0] in told
    assert all(name in " ".join(default.notes) for name in set(names) - every)


def test_an_unknown_observation_is_refused_before_anything_is_read_with_those_there_are(
    layout: str, names: tuple[str, str], write_both: Callable[..., Path], data: Any, tmp_path: Path
) -> None:
    path = write_both(data, [x[:, :1] for x in data.observations], layout, tmp_path)
    listed = ", ".join(sorted(names))
    with pytest.raises(ProblemError, match=f"--observation must be one of {listed}, got 'wrist'"):
        open_source(path, names=Names(observations=("wrist",)))
    with pytest.raises(ProblemError, match="--observation must name every vector once"):
        open_source(path, names=Names(observations=(names[0], names[0])))


def test_an_episode_without_the_chosen_observation_is_named(
    write_both: Callable[..., Path], data: Any, tmp_path: Path
) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    path = write_both(data, [x[:, :1] for x in data.observations], "robomimic", tmp_path)
    with h5py.File(path, "a") as file:
        del file["data/demo_2/obs/goal"]
    with pytest.raises(ProblemError, match="demo_2 must have the observation 'goal', got none"):
        list(open_source(path, names=Names(observations=("goal",))).pieces(100))
