"""HDF5: nothing outside the file is read, nothing grows without bound, and damage is one clear error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.hdf5 import opened
from quantbc.errors import ProblemError

h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")


def test_links_out_of_the_file_are_never_followed(tmp_path: Path) -> None:
    other = tmp_path / "other.hdf5"
    with h5py.File(other, "w") as file:
        file["secret"] = np.zeros((3, 1))
    path = tmp_path / "main_data.hdf5"
    with h5py.File(path, "w") as file:
        file["episode_0/observations"] = np.zeros((4, 1))
        file["episode_0/actions"] = h5py.ExternalLink(str(other), "secret")
    with pytest.raises(ProblemError, match="a link to another file"):
        list(open_source(path).pieces(10))
    with h5py.File(path, "a") as file:
        del file["episode_0/actions"]
        layout = h5py.VirtualLayout((3, 1), np.float64)
        layout[:] = h5py.VirtualSource(str(other), "secret", shape=(3, 1))
        file["episode_0"].create_virtual_dataset("actions", layout)
    with pytest.raises(ProblemError, match="data in another file"):
        list(open_source(path).pieces(10))


def test_a_soft_link_is_followed_part_by_part_and_not_through_a_link_out_of_the_file(tmp_path: Path) -> None:
    other, path = tmp_path / "other.hdf5", tmp_path / "demo.hdf5"
    with h5py.File(other, "w") as file:
        file["deep/secret"] = np.ones((3, 1))
    with h5py.File(path, "w") as file:
        file["episode_0/observations"], file["store/actions"] = np.zeros((4, 1)), np.zeros((3, 1))
        file["episode_0/actions"] = h5py.SoftLink("/store/actions")
        file["episode_0/loop"] = h5py.SoftLink("observations")
    assert [piece.actions.tolist() for piece in open_source(path).pieces(9)] == [[[0.0]] * 3]
    for target in ("/door/deep/secret", "/door/secret", "nowhere", "self"):
        with h5py.File(path, "a") as file:
            for name in ("door", "episode_0/actions", "episode_0/self"):
                if file.get(name, getlink=True) is not None:
                    del file[name]
            file["door"] = h5py.ExternalLink(str(other), "/")
            file["episode_0/self"] = h5py.SoftLink("self")
            file["episode_0/actions"] = h5py.SoftLink(target)
        with pytest.raises(ProblemError, match="a link to another file or to nothing"):
            list(open_source(path).pieces(9))


def test_masks_are_not_read_from_another_file(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    path = writers["robomimic"](data, tmp_path)
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["mask/train"] = np.zeros(5)
    with h5py.File(path, "a") as file:
        del file["mask"]
        file["mask"] = h5py.ExternalLink(str(tmp_path / "other.hdf5"), "/mask")
    with pytest.raises(ProblemError, match="must hold its own 'mask'"):
        _ = open_source(path).notes


def test_a_web_of_links_is_walked_once_and_named_types_are_no_arrays(tmp_path: Path) -> None:
    path = tmp_path / "demo.hdf5"
    with h5py.File(path, "w") as file:
        group = file.create_group("episode_0/observations")
        for _ in range(30):  # two ways from each group to the next: 2**30 paths to the last
            below = group.create_group("a")
            group["b"] = below
            group = below
        group["joint"] = np.zeros((4, 2))
        file["episode_0/actions"] = np.zeros((3, 1))
        file["episode_0/observations/kind"] = np.dtype("f8")
    source = open_source(path)
    assert source.observed == ("a/" * 30 + "joint",)


def test_a_shape_that_the_bytes_cannot_fill_and_a_chunk_that_no_budget_holds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo.hdf5"
    with h5py.File(path, "w") as file:
        file.create_dataset("actions", (10**9, 2), "f8", chunks=(1000, 2))
    with pytest.raises(ProblemError, match=r"must hold what it declares, \(1000000000, 2\), got 0 bytes"):
        _ = open_source(path).width
    with h5py.File(path, "w") as file:
        file.create_dataset("actions", data=np.zeros((3, 2)), chunks=(2**23, 2), maxshape=(None, 2))
    with pytest.raises(ProblemError, match="chunks of at most 67108864 bytes, got 134217728"):
        list(open_source(path).pieces(10**6))
    with h5py.File(path, "w") as file:
        file.create_dataset("actions", data=np.zeros((3, 2)), chunks=(2**19, 2), maxshape=(None, 2))
    assert [len(piece) for piece in open_source(path).pieces(10**5)] == [3]
    with pytest.raises(ProblemError, match="chunks of at most 4194304 bytes, got 8388608; raise --memory"):
        list(open_source(path).pieces(9))


def test_a_truncated_file_is_one_clear_error(writers: dict[str, Any], make: Callable[..., Any], tmp_path: Path) -> None:
    path = writers["d4rl"](make((3000,)), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ProblemError, match="readable HDF5 file"):
        open_source(path)


def test_members_that_are_missing_or_of_another_kind_are_named(tmp_path: Path) -> None:
    path = tmp_path / "demo.hdf5"
    with h5py.File(path, "w") as file:
        file["weights"], file["deep/inside"] = np.zeros(3), np.zeros(2)
    with opened(path) as arrays:
        assert (arrays.names(), arrays.members()) == (["deep/inside", "weights"], ["deep", "weights"])
        assert (arrays.is_group("deep"), arrays.is_group("weights"), arrays.is_group("no")) == (True, False, False)
        assert arrays.group("deep").names() == ["inside"]
        with pytest.raises(ProblemError, match="must be a group, got an array"):
            arrays.group("weights")
        with pytest.raises(ProblemError, match="must have a member 'no', got deep, weights"):
            arrays.shape("no")
        with pytest.raises(ProblemError, match="must hold an array 'deep', got none"):
            arrays.shape("deep")


@pytest.mark.parametrize("kind", ["ref_dtype", "regionref_dtype"])
def test_references_are_not_followed(tmp_path: Path, kind: str) -> None:
    """Not even within the file: they are no numbers."""
    path = tmp_path / "demo.hdf5"
    with h5py.File(path, "w") as file:
        file["actions"], target = np.zeros((3, 1)), file.create_dataset("target", data=np.ones((3, 2)))
        dtype = getattr(h5py, kind)
        file.create_dataset("observations", (3,), dtype=dtype)
        file["observations"][:] = [target.regionref[:2] if kind == "regionref_dtype" else target.ref] * 3
    source = open_source(path)
    assert source.observed == ()
    assert [piece.observations for piece in source.pieces(9)] == [None]
