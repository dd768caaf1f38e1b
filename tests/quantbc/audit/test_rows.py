"""Blocks are their pieces side by side."""

import numpy as np

from quantbc.audit.rows import Block, Piece, gathered, numbered


def piece(episode: int, start: int, rows: int) -> Piece:
    return Piece(episode, start, np.full((rows, 1), float(episode)), None)


def test_short_pieces_are_gathered_and_none_is_lost() -> None:
    lengths = [1, 0, 3, 5, 1, 1]
    blocks = list(gathered((piece(i, 0, n) for i, n in enumerate(lengths)), 4))
    assert [len(block) for block in blocks] == [4, 5, 2]
    assert np.concatenate([block.episodes for block in blocks]).tolist() == np.repeat(range(6), lengths).tolist()


def test_a_gap_in_time_joins_nothing() -> None:
    block = Block((piece(0, 0, 2), piece(0, 2, 1), piece(0, 9, 1), piece(1, 10, 1)))
    assert block.times.tolist() == [0, 1, 2, 9, 10]
    assert block.joined.tolist() == [True, True, False, False]


def test_what_cannot_be_written_to_is_shared_and_the_rest_is_copied() -> None:
    mine = np.zeros((2, 1))
    assert Piece(0, 0, mine, None).actions is not mine
    mine.setflags(write=False)
    assert Piece(0, 0, mine, None).actions is mine
    assert numbered(Piece(1, 0, mine, None), 3).episode == 4
