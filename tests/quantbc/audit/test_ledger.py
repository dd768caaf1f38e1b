"""Counts of files that follow each other are those of one file."""

import numpy as np
import pytest

from quantbc.audit.ledger import Ledger
from quantbc.audit.rows import Block, Piece
from quantbc.errors import ProblemError


def counted(*pieces: tuple[int, int, int, int], width: int = 1) -> Ledger:
    """Episode, start, rows and the file's own number."""
    ledger = Ledger()
    for episode, start, rows, number in pieces:
        one = Piece(episode, start, np.zeros((rows, width)), None, number=number)
        ledger.add(one)
        ledger.judge(Block((one,)))
    return ledger


@pytest.mark.parametrize("start", [2, 5])
def test_an_episode_may_go_on_in_the_next_file(start: int) -> None:
    whole = counted((0, 0, 2, 7), (1, 0, 2, 8), (1, start, 3, 8), (2, 0, 4, 9))
    first, second = counted((0, 0, 2, 7), (1, 0, 2, 8)), counted((0, start, 3, 8), (1, 0, 4, 9))
    assert first.merge(second) == 1
    assert first.counts() == whole.counts()
    assert first.counts().gaps == (start != 2)


def test_an_episode_that_comes_back_is_refused() -> None:
    with pytest.raises(ProblemError, match="contiguous, got episode 7 twice"):
        counted((0, 0, 2, 7), (1, 0, 2, 8)).merge(counted((0, 0, 3, 7)))


def test_other_dimensions_are_refused() -> None:
    with pytest.raises(ProblemError, match="dimensions must be those of the first episode"):
        counted((0, 0, 2, 7)).merge(counted((0, 0, 3, 8), width=2))
