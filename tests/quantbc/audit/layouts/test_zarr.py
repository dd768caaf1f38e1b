"""zarr stores: only what lies in the folder, and no chunk that does not fit."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.zarr import is_zarr, zarr_opened
from quantbc.errors import ProblemError

zarr = pytest.importorskip("zarr", reason="zarr stores need quantbc[data]")


def write(path: Path, **options: object) -> Path:
    root = zarr.open_group(path, mode="w")
    root.create_array("data/action", data=np.arange(6.0).reshape(3, 2), **options)
    root.create_array("meta/episode_ends", data=np.array([1, 3]))
    return path


def test_arrays_are_found_at_any_depth(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr")
    assert (is_zarr(path), is_zarr(tmp_path)) == (True, False)
    with zarr_opened(path) as arrays:
        assert arrays.names() == ["data/action", "meta/episode_ends"]
        assert (arrays.shape("data/action"), arrays.kind("data/action")) == ((3, 2), "f")
        assert [block.tolist() for block in arrays.blocks("data/action", 2, 1)] == [[[2.0, 3.0], [4.0, 5.0]]]
        with pytest.raises(ProblemError, match="must hold an array 'no', got data/action, meta/episode_ends"):
            arrays.shape("no")


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr")
    (path / "data" / "more").symlink_to(tmp_path)
    with pytest.raises(ProblemError, match="must stay inside"):
        open_source(path)


def test_a_chunk_that_no_budget_holds_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", chunks=(2**23, 2))
    with pytest.raises(ProblemError, match="chunks of at most 67108864 bytes, got 134217728"):
        list(open_source(path).pieces(10**6))
