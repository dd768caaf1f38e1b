"""HDF5: rules of Minari, robomimic and D4RL, and files that break them."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.hdf5 import D4rlFile, MinariFile, RobomimicFile, hdf5_layout
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
    notes = RobomimicFile(writers["robomimic"](data, tmp_path)).notes
    assert "observations that are no vectors are not used: camera" in notes
    assert "all demos are read; masks in the file: train (1)" in notes


def test_d4rl_without_timeouts_or_with_an_open_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "flat.hdf5"
    with h5py.File(path, "w") as file:
        file["actions"], file["observations"] = np.zeros((5, 1)), np.zeros((5, 2))
        file["terminals"] = np.array([0, 1, 0, 0, 0], dtype=bool)
    source = D4rlFile(path)
    assert [(piece.episode, piece.start, len(piece)) for piece in source.pieces(2)] == [(0, 0, 2), (1, 0, 2), (1, 2, 1)]
    assert any("no timeouts" in note for note in source.notes)
    assert any("no end flag" in note for note in source.notes)


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_d4rl_episodes_do_not_depend_on_where_blocks_end(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "flat.hdf5"
    ends = np.array([0, 1, 0, 1, 1, 0, 0, 1], dtype=bool)
    with h5py.File(path, "w") as file:
        file["actions"], file["observations"] = np.arange(8.0)[:, None], np.zeros((8, 2))
        file["terminals"] = file["timeouts"] = ends
    found: dict[int, list[float]] = {}
    for piece in D4rlFile(path).pieces(rows):
        found.setdefault(piece.episode, []).extend(piece.actions[:, 0])
    assert found == {0: [0, 1], 1: [2, 3], 2: [4], 3: [5, 6, 7]}


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


def test_links_out_of_the_file_are_never_followed(tmp_path: Path) -> None:
    other = tmp_path / "other.hdf5"
    with h5py.File(other, "w") as file:
        file["secret"] = np.zeros((3, 1))
    path = tmp_path / "main_data.hdf5"
    with h5py.File(path, "w") as file:
        file["episode_0/observations"] = np.zeros((4, 1))
        file["episode_0/actions"] = h5py.ExternalLink(str(other), "secret")
    with pytest.raises(ProblemError, match="a link to another file"):
        list(MinariFile(path).pieces(10))
    with h5py.File(path, "a") as file:
        del file["episode_0/actions"]
        layout = h5py.VirtualLayout((3, 1), np.float64)
        layout[:] = h5py.VirtualSource(str(other), "secret", shape=(3, 1))
        file["episode_0"].create_virtual_dataset("actions", layout)
    with pytest.raises(ProblemError, match="data in another file"):
        list(MinariFile(path).pieces(10))


def test_a_truncated_file_is_one_clear_error(writers: dict[str, Any], make: Callable[..., Any], tmp_path: Path) -> None:
    path = writers["d4rl"](make((3000,)), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ProblemError, match="readable HDF5 file"):
        hdf5_layout(path)


def test_another_hdf5_file_has_no_layout(tmp_path: Path) -> None:
    path = tmp_path / "other.hdf5"
    with h5py.File(path, "w") as file:
        file["weights"] = np.zeros(3)
    assert hdf5_layout(path) is None
