"""Dimensions by number, range and name; differences around a circle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantbc.audit.dimensions import TURN, chosen_dimensions, periods_of, wrapped
from quantbc.errors import ProblemError


def test_numbers_ranges_names_and_all_others() -> None:
    assert chosen_dimensions("--mask", "2, 0-1", 4, None) == [0, 1, 2]
    assert chosen_dimensions("--mask", "!0,grip", 4, ("x", "y", "z", "grip")) == [1, 2]


@pytest.mark.parametrize("wanted", ["4", "2-1", "", "-1", "x", "0-9", "1.5"])
def test_what_is_no_dimension_is_refused(wanted: str) -> None:
    with pytest.raises(ProblemError, match="--mask must name action dimensions, 0 to 3, got"):
        chosen_dimensions("--mask", wanted, 4, None)


@pytest.mark.parametrize("wanted", ["0:x", "0:0", "0:-1", "0:inf", "0:nan"])
def test_a_period_is_a_positive_number(wanted: str) -> None:
    with pytest.raises(ProblemError, match="--periodic must have a period > 0"):
        periods_of([wanted], 2, None)


@given(st.floats(-50, 50), st.integers(-3, 3))
def test_turns_do_not_matter(difference: float, turns: int) -> None:
    periods = np.array([np.inf, TURN])
    found = wrapped(np.array([difference, difference + turns * TURN]), periods)
    assert found[0] == difference
    assert abs(found[1]) <= TURN / 2 + 1e-9
    assert abs(np.exp(1j * found[1]) - np.exp(1j * difference)) < 1e-9
