"""Arrays come from the problem file or from an .npz beside it, and from nowhere else."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem import arrays as module
from quantbc.problem.arrays import Arrays
from quantbc.problem.reading import Table

P = [[[0.5, 0.5]], [[0.0, 1.0]]]


def arrays(folder: Path, **given: Any) -> Arrays:
    return Arrays.read(Table(given, "system"), folder, ("P", "R", "initial"))


def test_inline_lists_and_a_file_give_the_same_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "mdp.npz", P=P)
    inline, stored = arrays(tmp_path, P=P), arrays(tmp_path, arrays="mdp.npz")
    np.testing.assert_array_equal(inline.all["P"], stored.all["P"])
    assert inline == stored
    assert hash(inline) == hash(stored)
    assert inline != arrays(tmp_path, P=[[[1.0, 0.0]], [[0.0, 1.0]]])
    mixed = arrays(tmp_path, arrays="mdp.npz", initial=[1.0, 0.0])
    assert set(mixed.all) == {"P", "initial"}


@pytest.mark.parametrize("name", ["../mdp.npz", "/etc/mdp.npz", "inner/mdp.npz", "mdp.npy", "mdp"])
def test_a_file_elsewhere_or_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "study"
    (inner / "inner").mkdir(parents=True)
    for folder in (tmp_path, inner, inner / "inner"):
        np.savez(folder / "mdp.npz", P=P)
    with pytest.raises(
        ProblemError, match=r"system\.arrays must be the name of an \.npz file next to the problem file"
    ):
        arrays(inner, arrays=name)


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "study"
    inner.mkdir()
    np.savez(tmp_path / "secret.npz", P=P)
    (inner / "mdp.npz").symlink_to(tmp_path / "secret.npz")
    with pytest.raises(ProblemError, match="next to the problem file"):
        arrays(inner, arrays="mdp.npz")


class Trap:
    """Would write a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "evil.npz", P=np.array([Trap(tmp_path / "touched")], dtype=object))
    (tmp_path / "bare.npz").write_bytes(pickle.dumps(Trap(tmp_path / "touched")))
    for name in ("evil.npz", "bare.npz"):
        with pytest.raises(ProblemError, match=r"system\.arrays must be a readable \.npz file"):
            arrays(tmp_path, arrays=name)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.write_text("no archive"), "must be a readable"),
        (lambda path: path.write_bytes(b""), "must be a readable"),
        (lambda path: np.savez(path, P=np.array(["a"])), "P must be an array of numbers"),
        (lambda path: np.savez(path, P=np.array([1j])), "P must be an array of numbers"),
    ],
)
def test_files_that_hold_no_numbers_are_refused(tmp_path: Path, make: Any, message: str) -> None:
    make(tmp_path / "mdp.npz")
    with pytest.raises(ProblemError, match=message):
        arrays(tmp_path, arrays="mdp.npz")


@pytest.mark.parametrize("value", [[[1.0], [1.0, 2.0]], "text", [["a"]], {"a": 1}])
def test_lists_that_are_no_arrays_are_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(ProblemError, match=r"system\.P must be nested lists of numbers"):
        arrays(tmp_path, P=value)


def test_a_file_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    """A worker of another process reads it again; its results would stand under the keys of the first content."""
    np.savez(tmp_path / "mdp.npz", P=P)
    found = arrays(tmp_path, arrays="mdp.npz")
    np.savez(tmp_path / "mdp.npz", P=[[[1.0, 0.0]], [[0.0, 1.0]]])
    module._load.cache_clear()
    with pytest.raises(ProblemError, match=r"system\.arrays must not change while the study runs"):
        _ = found.all


def test_an_array_is_given_once(tmp_path: Path) -> None:
    np.savez(tmp_path / "mdp.npz", P=P)
    with pytest.raises(ProblemError, match=r"system\.P must be given once"):
        arrays(tmp_path, arrays="mdp.npz", P=P)


def test_archives_that_lie_or_never_end_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2000, 2000, 200)})
    path = tmp_path / "mdp.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("P.npy", header.getvalue() + bytes(1000))
    with pytest.raises(ProblemError, match="declares more numbers than it holds"):
        arrays(tmp_path, arrays="mdp.npz")
    for content in (b"\x93NUMPY\x01\x00\x10\x00{'descr': (((((", b"\x93NUMPY", b"none"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("P.npy", content)
        with pytest.raises(ProblemError, match="must be a readable"):
            arrays(tmp_path, arrays="mdp.npz")
