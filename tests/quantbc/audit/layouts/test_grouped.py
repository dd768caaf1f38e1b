"""Groups of episodes: rules of Minari, robomimic, ManiSkill and ALOHA, and files that break them."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.source import Names
from quantbc.errors import ProblemError

h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")


def test_a_file_written_by_minari_itself_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minari = pytest.importorskip("minari", reason="the independent writer of its own format")
    gymnasium = pytest.importorskip("gymnasium", reason="minari's spaces")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    rng = np.random.default_rng(0)
    space = gymnasium.spaces
    observed = space.Dict({"arm": space.Box(-9, 9, (2,), np.float64), "goal": space.Box(-9, 9, (1,), np.float64)})
    buffers = []
    for i, length in enumerate((4, 7)):
        state = {"arm": rng.normal(size=(length + 1, 2)), "goal": rng.normal(size=(length + 1, 1))}
        rest = {"rewards": np.zeros(length), "terminations": np.zeros(length, bool)}
        truncated = np.arange(length) == length - 1
        buffers.append(
            minari.data_collector.EpisodeBuffer(
                id=i, observations=state, actions=rng.uniform(-1, 1, (length, 2)), truncations=truncated, **rest
            )
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata that nobody needs here
        minari.create_dataset_from_buffers(
            "test/arm-v0", buffers, observation_space=observed, action_space=space.Box(-1, 1, (2,), np.float64)
        )
    source = open_source(tmp_path / "test" / "arm-v0")
    pieces = list(source.pieces(100))
    assert (source.layout, source.width, len(pieces)) == ("minari", 5, 2)
    for piece, buffer in zip(pieces, buffers, strict=True):
        both = np.concatenate([buffer.observations["arm"], buffer.observations["goal"]], axis=1)
        np.testing.assert_array_equal(piece.actions, buffer.actions)
        np.testing.assert_array_equal(piece.observations, both[:-1])
        np.testing.assert_array_equal(piece.following, both[-1])


def test_images_are_left_out_and_named(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    notes = open_source(writers["robomimic"](data, tmp_path)).notes
    assert "observations that are not vectors are not used: camera" in notes
    assert "all demos are read; masks in the file: train (1)" in notes


def test_the_states_of_a_simulator_are_no_observations(tmp_path: Path) -> None:
    path = tmp_path / "isaac.hdf5"
    with h5py.File(path, "w") as file:
        file["data/demo_0/actions"], file["data/demo_0/obs/eef_pos"] = np.zeros((5, 2)), np.zeros((5, 3))
        file["data/demo_0/states/articulation/robot/joint_position"] = np.ones((5, 9))
    assert open_source(path).observed == ("eef_pos",)
    with h5py.File(path, "a") as file:
        del file["data/demo_0/obs"], file["data/demo_0/states"]
        file["data/demo_0/states"] = np.ones((5, 4))
    assert open_source(path).observed == ("states",)


def test_one_aloha_file_is_an_episode_and_images_are_no_observations(tmp_path: Path) -> None:
    path = tmp_path / "episode_3.hdf5"
    with h5py.File(path, "w") as file:
        file["action"], file["observations/qpos"], file["observations/qvel"] = (np.zeros((7, d)) for d in (4, 3, 3))
        file["observations/images/top"] = np.zeros((7, 2, 2, 3), dtype=np.uint8)
    source = open_source(path)
    assert (source.layout, source.observed, source.width) == ("aloha", ("qpos", "qvel"), 10)
    assert "observations that are not vectors are not used: top" in source.notes


def test_episode_ends_have_no_meaning_where_every_episode_has_a_group(
    writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    with pytest.raises(ProblemError, match="--episode-ends has no meaning for minari, got 'ends'"):
        open_source(writers["minari"](data, tmp_path), names=Names(episode_ends="ends"))


def _with(path: Path, change: Callable[[Any], None]) -> Path:
    with h5py.File(path, "a") as file:
        change(file)
    return path


def _replace(name: str, value: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file[name]
        if value is not None:
            file[name] = value

    return change


@pytest.mark.parametrize(
    ("layout", "change", "message"),
    [
        ("minari", _replace("episode_1/observations", np.zeros((20, 2))), "one row more than actions, got 20 and 20"),
        ("minari", _replace("episode_1/actions", None), "must have a member 'actions'"),
        ("minari", _replace("episode_1/actions", np.zeros(20, int)), "discrete actions need no tokenizer"),
        ("minari", _replace("episode_1/actions", np.zeros((20, 2, 2))), r"must have shape \(N, d\)"),
        ("minari", _replace("episode_1/actions", np.array([b"a"] * 20)), "must hold numbers"),
        ("minari", _replace("episode_1", np.zeros(3)), "must be a group, got an array"),
        ("robomimic", _replace("data/demo_0/obs/joint", np.zeros((9, 2))), "as many rows as actions, got 9 and 30"),
        ("minari", _replace("episode_1/actions", np.float64(1.0)), "a row for every step, got a single number"),
        ("maniskill", _replace("traj_0/obs", np.zeros((9, 2))), "as many rows as actions, got 9 and 30"),
        ("d4rl", _replace("observations", np.zeros((9, 2))), "equal lengths"),
        ("d4rl", _replace("timeouts", np.zeros(9)), "equal lengths"),
    ],
)
def test_files_that_break_the_rules_are_refused(
    writers: dict[str, Any], data: Any, tmp_path: Path, layout: str, change: Callable[[Any], None], message: str
) -> None:
    path = writers[layout](data, tmp_path)
    file = path / "data" / "main_data.hdf5" if layout == "minari" else path
    source = open_source(_with(file, change))
    with pytest.raises(ProblemError, match=message):
        list(source.pieces(100))
