"""npz: read row by row, nothing unpickled."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.source import Source
from quantbc.errors import ProblemError


def write(path: Path, **arrays: Any) -> Source:
    np.savez(path, **arrays)
    return open_source(path)


def layout_of(source: Source, rows: int) -> list[tuple[int, int, list[float]]]:
    return [(p.episode, p.start, p.actions[:, 0].tolist()) for p in source.pieces(rows)]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
@pytest.mark.parametrize("compressed", [False, True])
def test_ends_and_indices_say_the_same(tmp_path: Path, rows: int, compressed: bool) -> None:
    save = np.savez_compressed if compressed else np.savez
    actions = np.arange(5.0)[:, None]
    save(tmp_path / "a.npz", actions=actions, episode_ends=[2, 5])
    save(tmp_path / "b.npz", actions=actions, episode_index=[4, 4, 0, 0, 0])
    found = [layout_of(open_source(tmp_path / name), rows) for name in ("a.npz", "b.npz")]
    assert found[0] == found[1]
    assert [[u for e, _, a in found[0] if e == i for u in a] for i in (0, 1)] == [[0, 1], [2, 3, 4]]


def test_an_empty_episode_is_an_empty_piece(tmp_path: Path) -> None:
    source = write(tmp_path / "a.npz", actions=np.zeros((2, 3)), observations=np.zeros((2, 4)), episode_ends=[1, 1, 2])
    assert [len(piece) for piece in source.pieces(10)] == [1, 0, 1]
    assert source.width == 7


def test_unused_arrays_are_named(tmp_path: Path) -> None:
    source = write(tmp_path / "a.npz", actions=np.zeros((2, 3)), episode_ends=[2], images=np.zeros((2, 8, 8)))
    assert source.notes == ("no observations", "arrays that are not used: images")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"episode_ends": [3]}, "which holds episode_ends 1; name the actions with --action"),
        ({"actions": np.zeros((3, 1)), "episode_ends": [2]}, "must end at 3"),
        ({"actions": np.zeros((3, 1)), "episode_ends": [2, 1, 3]}, "must not decrease"),
        ({"actions": np.zeros((3, 1)), "episode_ends": [1.5, 3.0]}, "whole numbers"),
        ({"actions": np.zeros((3, 1)), "episode_index": [0, 1, 0]}, "one that reappears"),
        ({"actions": np.zeros((3, 1)), "episode_index": [0, 1]}, "must have 3 rows, got 2"),
        ({"actions": np.zeros((3, 1)), "observations": np.zeros((5, 1)), "episode_ends": [3]}, "equal lengths"),
        ({"actions": np.zeros(3, int), "episode_ends": [3]}, "discrete actions need no tokenizer"),
        ({"actions": np.zeros((3, 2, 2)), "episode_ends": [3]}, r"shape \(N, d\)"),
        ({"actions": np.array([[1j], [0], [0]]), "episode_ends": [3]}, "must hold numbers"),
    ],
)
def test_archives_that_break_the_rules_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        list(write(tmp_path / "a.npz", **arrays).pieces(2))


class Payload:
    """Unpickling it would run code."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("code from the file was run",))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    objects = np.array([Payload(), Payload()], dtype=object)
    for arrays in ({"actions": objects, "episode_ends": [2]}, {"actions": np.zeros((2, 1)), "episode_ends": objects}):
        with pytest.raises(ProblemError, match="pickled objects are never loaded"):
            list(write(tmp_path / "a.npz", **arrays).pieces(10))


def test_column_order_is_read_only_where_it_fits(tmp_path: Path) -> None:
    actions = np.asfortranarray(np.arange(6.0).reshape(3, 2))
    source = write(tmp_path / "a.npz", actions=actions, episode_ends=[3])
    assert next(source.pieces(10)).actions.tolist() == actions.tolist()
    with pytest.raises(ProblemError, match=r"row by row.*raise --memory"):
        list(source.pieces(2))


def test_damaged_archives_are_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, actions=np.zeros((1000, 1)), episode_ends=[1000])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ProblemError, match="readable npz archive"):
        open_source(path)
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((1000, 1)))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("actions.npy", buffer.getvalue()[:500])
        archive.writestr("episode_ends.npy", b"nonsense")
    with pytest.raises(ProblemError, match="must be a numpy array"):
        list(open_source(path).pieces(10))
