"""Hugging Face data sets as `datasets` saves them and as the hub keeps them, a row a step or a row an episode."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.huggingface import TableArrays
from quantbc.audit.run import Settings, audit
from quantbc.audit.source import Names
from quantbc.errors import ProblemError
from tests.quantbc.audit.conftest import Data

pyarrow = pytest.importorskip("pyarrow", reason="tables need quantbc[data]")
parquet = pytest.importorskip("pyarrow.parquet", reason="tables need quantbc[data]")


def saved(folder: Path, name: str, tables: list[Any]) -> Path:
    folder.mkdir(parents=True)
    for number, table in enumerate(tables):
        file = folder / f"{name}-{number:05d}-of-{len(tables):05d}.{'arrow' if name == 'data' else 'parquet'}"
        if name == "data":
            with pyarrow.OSFile(str(file), "wb") as out, pyarrow.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table, max_chunksize=7)
        else:
            parquet.write_table(table, file)
    return folder


def steps(data: Data, action: str = "action") -> list[Any]:
    """A table an episode, a row a step."""
    return [
        pyarrow.table(
            {
                action: u.tolist(),
                "state": x[:-1].tolist(),
                "episode_index": [number] * len(u),
                "task": ["reach"] * len(u),
            }
        )
        for number, (u, x) in enumerate(zip(data.actions, data.observations, strict=True))
    ]


@pytest.mark.parametrize(("place", "name"), [(".", "data"), ("train", "data"), ("data", "train")])
@pytest.mark.parametrize("rows", [4, 1000])
def test_a_row_a_step(data: Data, tmp_path: Path, place: str, name: str, rows: int) -> None:
    saved(tmp_path / "set" / place, name, steps(data))
    source = open_source(tmp_path / "set")
    assert (source.layout, source.observed) == ("huggingface", ("state",))
    pieces = list(source.pieces(rows))
    for number, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
        mine = [piece for piece in pieces if piece.episode == number]
        np.testing.assert_array_equal(np.concatenate([piece.actions for piece in mine]), u)
        np.testing.assert_array_equal(np.concatenate([piece.observations for piece in mine]), x[:-1])  # type: ignore[misc]


def test_columns_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    columns = {"b": [True], "u": np.array([1], dtype=np.uint8), "i": [1], "f": [0.5], "list": [[0.5, 1.0]], "O": ["x"]}
    path = saved(tmp_path / "set", "data", [pyarrow.table(columns)])
    arrays = TableArrays(path)
    found = {name: arrays.kind(name) for name in arrays.names()}
    assert found == {name: "f" if name == "list" else name for name in columns if name in found}
    assert set(found) >= {"b", "u", "i", "f", "list"}


def test_columns_may_have_any_name(data: Data, tmp_path: Path) -> None:
    path = saved(tmp_path / "set", "data", steps(data, "command"))
    with pytest.raises(ProblemError, match=r"which holds command 175x1.*--action"):
        open_source(path)
    assert len(list(open_source(path, names=Names(("command",))).pieces(100))) == len(data.actions)


@pytest.mark.parametrize("name", ["data", "train"])
def test_a_row_an_episode_as_the_imitation_library_writes_it(data: Data, tmp_path: Path, name: str) -> None:
    columns = {"acts": [u.tolist() for u in data.actions], "obs": [x.tolist() for x in data.observations]}
    path = saved(tmp_path / "set", name, [pyarrow.table(columns | {"terminal": [True] * len(data.actions)})])
    source = open_source(path)
    assert source.layout == "huggingface_episodes"
    for piece, u, x in zip(source.pieces(100), data.actions, data.observations, strict=True):
        np.testing.assert_array_equal(piece.actions, u)
        np.testing.assert_array_equal(piece.following, x[-1])
    found = audit(path, Settings(tokenizers=("uniform",), bins=(8,))).found
    assert found.counts.rows == sum(map(len, data.actions))


def test_lists_that_lead_beyond_their_values_are_refused(tmp_path: Path) -> None:
    """Followed, they end the process."""
    saved(tmp_path / "set", "data", [pyarrow.table({"action": [[0.5]] * 5})])
    (file,) = (tmp_path / "set").iterdir()
    whole = file.read_bytes()
    offsets = np.arange(6, dtype=np.int32)
    assert whole.count(offsets.tobytes()) == 1
    assert len(list(open_source(tmp_path / "set").pieces(1))) == 5
    wrong = np.where(offsets == 3, 10**9, offsets).astype(np.int32)
    file.write_bytes(whole.replace(offsets.tobytes(), wrong.tobytes()))
    with pytest.raises(ProblemError, match="must be a readable Arrow file"):
        list(open_source(tmp_path / "set").pieces(1))


def test_damage_is_blamed_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "data.arrow").write_bytes(b"no table")
    with pytest.raises(ProblemError, match="readable Arrow file"):
        open_source(tmp_path)
