"""What readers give is checked once, where it is made."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.rows import Piece, windows
from quantbc.audit.source import as_rows, inside
from quantbc.errors import ProblemError


def test_a_piece_copies_its_arrays() -> None:
    actions = np.zeros((2, 1))
    piece = Piece(0, 0, actions, None)
    actions[0] = 1.0
    assert piece.actions.tolist() == [[0.0], [0.0]]
    with pytest.raises(ValueError, match="read-only"):
        piece.actions[0] = 1.0


def test_vectors_become_columns() -> None:
    assert as_rows("x", np.arange(3)).shape == (3, 1)
    assert as_rows("x", np.zeros((3, 2), np.float32), real=True).dtype == np.float64


def test_chunks_of_actions_are_said_to_be_chunks() -> None:
    with pytest.raises(ProblemError, match=r"u must have shape \(N, d\), got \(3, 16, 7\), chunks of 16 x 7 a row"):
        as_rows("u", np.zeros((3, 16, 7)), real=True)


@pytest.mark.parametrize("array", [np.zeros((2, 2, 2)), np.array(1.0), np.array(["a"]), np.array([object()])])
def test_what_is_no_matrix_of_numbers_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ProblemError, match="x must"):
        as_rows("x", array)


def test_paths_must_not_leave_their_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert inside(tmp_path / "a" / "b", tmp_path / "a") == tmp_path / "a" / "b"
    with pytest.raises(ProblemError, match="must stay inside"):
        inside(tmp_path / "a" / ".." / "b", tmp_path / "a")


def test_windows_do_not_cross_pieces() -> None:
    pieces = [Piece(0, 0, np.arange(3.0)[:, None], None), Piece(1, 0, np.arange(4.0)[:, None], None)]
    starts, chunks = windows(pieces, 2)
    assert starts.tolist() == [0, 3, 5]
    assert chunks[..., 0].tolist() == [[0, 1], [0, 1], [2, 3]]
