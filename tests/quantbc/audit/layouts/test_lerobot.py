"""LeRobot: episodes by index, frames in order, statistics beside the data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.lerobot import LeRobotFolder, lerobot_layout
from quantbc.audit.source import Names
from quantbc.errors import ProblemError

pyarrow = pytest.importorskip("pyarrow", reason="parquet layouts need quantbc[data]")
parquet = pytest.importorskip("pyarrow.parquet", reason="parquet layouts need quantbc[data]")


def write(folder: Path, **columns: Any) -> LeRobotFolder:
    (folder / "data" / "chunk-000").mkdir(parents=True)
    parquet.write_table(pyarrow.table(columns), folder / "data" / "chunk-000" / "file-000.parquet")
    return LeRobotFolder(folder, "lerobot_v3")


def layout_of(pieces: Any) -> list[tuple[int, int, list[float]]]:
    return [(p.episode, p.start, p.actions[:, 0].tolist()) for p in pieces]


def test_rows_out_of_order_are_sorted_in_memory(tmp_path: Path) -> None:
    source = write(tmp_path, action=[[3.0], [0.0], [1.0], [2.0]], episode_index=[1, 0, 0, 1], frame_index=[1, 0, 1, 0])
    assert layout_of(source.pieces(100)) == [(0, 0, [0.0, 1.0]), (1, 0, [2.0, 3.0])]


def test_rows_out_of_order_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    order = np.arange(200)[::-1]
    source = write(tmp_path, action=[[float(i)] for i in order], episode_index=np.zeros(200, int), frame_index=order)
    with pytest.raises(ProblemError, match=r"must be sorted.*raise --memory"):
        list(source.pieces(10))
    assert len(list(source.pieces(100))) == 1


def test_missing_frames_start_a_new_piece(tmp_path: Path) -> None:
    source = write(tmp_path, action=[[0.0], [1.0], [5.0]], episode_index=[7, 7, 7], frame_index=[0, 1, 5])
    assert layout_of(source.pieces(100)) == [(0, 0, [0.0, 1.0]), (0, 5, [5.0])]
    assert source.notes == ("no column observation.state: no observations",)


def test_lists_of_fixed_size_and_plain_numbers_are_read(tmp_path: Path) -> None:
    fixed = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array([0.0, 1.0, 2.0, 3.0]), 2)
    source = write(tmp_path / "a", action=fixed, episode_index=[0, 0], frame_index=[0, 1])
    assert next(source.pieces(9)).actions.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    plain = write(tmp_path / "b", action=[0.5, 1.5], episode_index=[0, 0], frame_index=[0, 1])
    assert next(plain.pieces(9)).actions.tolist() == [[0.5], [1.5]]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"action": [[0.0], [0.0, 1.0]]}, "lists of one length, got 1 to 2"),
        ({"action": [[0.0], None]}, "a value in every row, got 1 missing"),
        ({"action": [[0], [1]]}, "discrete actions need no tokenizer"),
        ({"action": [["a"], ["b"]]}, "must hold numbers"),
        ({"frame_index": [0, 0]}, "frame_index must not repeat"),
        ({"frame_index": [0.5, 1.5]}, "whole numbers >= 0"),
        ({"episode_index": [-1, -1]}, "whole numbers >= 0"),
    ],
)
def test_columns_that_break_the_rules_are_refused(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    good = {"action": [[0.0], [1.0]], "episode_index": [0, 0], "frame_index": [0, 1]}
    source = write(tmp_path, **(good | columns))
    with pytest.raises(ProblemError, match=message):
        list(source.pieces(100))


def test_a_missing_column_and_an_episode_in_two_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="must have a column 'frame_index'"):
        _ = write(tmp_path / "a", action=[[0.0]], episode_index=[0]).width
    source = write(tmp_path / "b", action=[[0.0], [0.0]], episode_index=[0, 1], frame_index=[0, 0])
    first = tmp_path / "b" / "data" / "chunk-000" / "file-000.parquet"
    first.with_name("file-001.parquet").write_bytes(first.read_bytes())
    again = LeRobotFolder(source.path, "lerobot_v3")
    with pytest.raises(ProblemError, match="episode 0 must be contiguous"):
        list(again.pieces(100))


def test_stored_statistics_are_read_and_nonsense_is_refused(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    root = writers["lerobot_v3"](data, tmp_path)
    source = open_source(root)
    np.testing.assert_allclose(source.stored["max"], np.concatenate(data.actions).max(axis=0))
    assert source.notes == ("meta/info.json says: codebase_version v3.0",)
    for text in ("{", "[]", json.dumps({"action": {"min": ["a"]}}), "[" * 100_000):
        (root / "meta" / "stats.json").write_text(text)
        with pytest.raises(ProblemError, match=r"stats\.json"):
            _ = source.stored


def test_truncated_parquet_and_folders_without_data_are_refused(
    writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    root = writers["lerobot_v2"](data, tmp_path)
    file = root / "data" / "chunk-000" / "episode_000003.parquet"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(ProblemError, match=r"readable parquet file.*episode_000003"):
        list(open_source(root).pieces(100))
    assert lerobot_layout(tmp_path) is None
    with pytest.raises(ProblemError, match="must hold data/chunk-XXX/ files"):
        LeRobotFolder(tmp_path, "lerobot_v3")


def test_links_out_of_the_folder_are_not_followed(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    root = writers["lerobot_v3"](data, tmp_path)
    file = root / "data" / "chunk-000" / "file-001.parquet"
    elsewhere = tmp_path / "elsewhere.parquet"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(ProblemError, match="must stay inside"):
        LeRobotFolder(root, "lerobot_v3")


def test_other_names_of_columns_are_found_or_given(tmp_path: Path) -> None:
    index = {"episode_index": [0, 0], "frame_index": [0, 1]}
    converted = write(tmp_path / "a", actions=[[0.0], [1.0]], state=[[0.0], [2.0]], **index)
    assert (converted.actions, converted.observed) == (("actions",), ("state",))
    split = {"action.arm": [[0.0, 1.0], [2.0, 3.0]], "action.hand": [4.0, 5.0], "observation.image": ["a", "b"]}
    source = write(tmp_path / "b", **split, **index)
    assert next(source.pieces(9)).actions.tolist() == [[0.0, 1.0, 4.0], [2.0, 3.0, 5.0]]
    named = LeRobotFolder(source.path, "lerobot_v3", Names(("action.hand",), ("action.arm",)))
    assert (named.actions, named.observed, named.width) == (("action.hand",), ("action.arm",), 3)
    with pytest.raises(ProblemError, match=r"--action must be one of action\.arm, action.hand"):
        _ = LeRobotFolder(source.path, "lerobot_v3", Names(("torque",))).width
    with pytest.raises(ProblemError, match=r"must have a column 'action', got .*name yours with --action"):
        _ = write(tmp_path / "c", torque=[[0.0], [1.0]], **index).width


def test_names_of_entries_and_the_rate_come_from_the_folder(tmp_path: Path) -> None:
    source = write(tmp_path, action=[[0.0, 1.0]], episode_index=[0], frame_index=[0])
    (tmp_path / "meta").mkdir()
    for names, wanted in (
        (["x", "grip"], ("x", "grip")),
        ({"motors": ["a", "b"]}, ("a", "b")),
        (None, None),
        ([1], None),
    ):
        info = {"fps": 30, "features": {"action": {"names": names}}}
        (tmp_path / "meta" / "info.json").write_text(json.dumps(info))
        again = LeRobotFolder(source.path, "lerobot_v3")
        assert (again.action_names, again.fps) == (wanted, 30.0)


def test_chunks_in_a_row_doubled_columns_and_huge_numbers_are_said_in_so_many_words(tmp_path: Path) -> None:
    chunks = [[[0.0, 1.0]] * 5] * 2
    source = write(tmp_path / "a", action=chunks, episode_index=[0, 0], frame_index=[0, 1])
    with pytest.raises(ProblemError, match="one vector per row, got chunks of 5 x 2 per row"):
        _ = source.width
    table = pyarrow.Table.from_arrays([pyarrow.array([[0.0]]), pyarrow.array([[1.0]])], names=["action", "action"])
    (tmp_path / "b" / "data" / "chunk-000").mkdir(parents=True)
    parquet.write_table(table, tmp_path / "b" / "data" / "chunk-000" / "file-000.parquet")
    with pytest.raises(ProblemError, match="one column of each name, got 'action' twice"):
        _ = LeRobotFolder(tmp_path / "b", "lerobot_v3").width
    (tmp_path / "a" / "meta").mkdir()
    (tmp_path / "a" / "meta" / "info.json").write_text('{"total_frames": ' + "9" * 5000 + "}")
    with pytest.raises(ProblemError, match=r"info\.json must hold JSON"):
        _ = source.fps


def test_links_of_the_meta_folder_are_not_followed(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    root = writers["lerobot_v3"](data, tmp_path)
    for name in ("stats.json", "info.json", "episodes_stats.jsonl"):
        elsewhere = tmp_path / name
        elsewhere.write_text("{}")
        (root / "meta" / name).unlink(missing_ok=True)
        (root / "meta" / name).symlink_to(elsewhere)
    source = LeRobotFolder(root, "lerobot_v3")
    for read in (lambda: source.stored, lambda: source.notes, lambda: source.stored_episodes):
        with pytest.raises(ProblemError, match="must stay inside"):
            read()
