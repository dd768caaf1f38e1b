"""One type of demonstrations for finite and for continuous systems."""

import numpy as np
import pytest

from simulators.demonstrations import Demonstrations
from simulators.errors import ShapeError


def test_demonstrations_are_read_only_and_keep_their_kind() -> None:
    continuous = Demonstrations(np.zeros((2, 3, 4)), np.zeros((2, 1, 4), int))
    finite = Demonstrations([[0, 1]], [[2, 3]])
    assert (continuous.horizon, continuous.episodes) == (2, 4)
    assert (finite.horizon, finite.episodes, finite.noises) == (1, 2, None)
    assert (continuous.states.dtype, finite.states.dtype) == (np.float64, np.int64)
    with pytest.raises(ValueError, match="read-only"):
        continuous.states[0, 0, 0] = 1


@pytest.mark.parametrize(
    ("states", "labels"),
    [
        (np.zeros((2, 3, 4)), np.zeros((2, 1, 5), int)),
        ([[0]], [[0, 1]]),
        (np.zeros((2, 3, 4)), np.zeros((2, 4), int)),
        (np.zeros((0, 2)), np.zeros((0, 2), int)),
        ([0], [0]),
    ],
)
def test_arrays_that_do_not_agree_are_refused(states: np.ndarray, labels: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="states and labels must be indexed"):
        Demonstrations(states, labels)


def test_noises_belong_to_steps() -> None:
    with pytest.raises(ShapeError, match="noises must be indexed"):
        Demonstrations([[0, 1]], [[0, 0]], [[0]])
