"""Episodes cut out of arrays that stand side by side."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.layouts.arrays import common_length, is_vector, pieces
from quantbc.audit.layouts.npz import npz_opened
from quantbc.errors import ProblemError


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_arrays_are_joined_and_cut_at_the_ends_of_episodes(tmp_path: Path, rows: int) -> None:
    arm, hand = np.arange(5.0), np.arange(10.0).reshape(5, 2)
    np.savez(tmp_path / "a.npz", arm=arm, hand=hand)
    with npz_opened(tmp_path / "a.npz") as arrays:
        found = list(pieces(arrays, ["arm", "hand"], ["hand"], np.array([2, 2, 5]), rows))
    whole = np.concatenate([arm[:, None], hand], axis=1)
    np.testing.assert_array_equal(np.concatenate([p.actions for p in found]), whole)
    lengths = {n: sum(len(p) for p in found if p.episode == n) for n in range(3)}
    assert lengths == {0: 2, 1: 0, 2: 3}
    assert max(map(len, found)) <= rows


def test_lengths_must_agree_and_images_are_no_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.zeros(3), b=np.zeros((4, 2)), image=np.zeros((3, 2, 2)), c=np.float64(1))
    with npz_opened(tmp_path / "a.npz") as arrays:
        assert [is_vector(arrays, name) for name in "ab"] == [True, True]
        assert not is_vector(arrays, "image")
        with pytest.raises(ProblemError, match="equal lengths, got a 3, b 4"):
            common_length(arrays, ["a", "b"])
        with pytest.raises(ProblemError, match="a row for every step, got a single number"):
            common_length(arrays, ["c"])
