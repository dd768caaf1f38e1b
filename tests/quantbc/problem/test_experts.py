"""Experts of linear systems."""

from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.experts import read_feedback
from quantbc.problem.reading import Table

GAIN = {"name": "arm", "gain": 0.2, "class": {"gains": [0.1, 0.2]}}
MATRIX = {"name": "arm", "type": "linear", "K": [[0.5, 0.25]], "class": {"matrices": [[[0.5, 0.25]], [[1.0, 0.0]]]}}


def test_the_expert_is_the_member_it_names() -> None:
    assert read_feedback(Table(GAIN, "experts[0]"), states=2, actions=2).truth == 1
    found = read_feedback(Table(MATRIX, "experts[0]"), states=2, actions=1)
    assert (found.name, found.truth, found.std) == ("arm", 0, None)


def test_a_gaussian_expert_needs_its_standard_deviation() -> None:
    assert read_feedback(Table(GAIN | {"std": 0.5}, "experts[0]"), states=2, actions=2).std == 0.5
    with pytest.raises(ProblemError, match=r"experts\[0\]\.std must be given"):
        read_feedback(Table(GAIN | {"type": "gaussian"}, "experts[0]"), states=2, actions=2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (GAIN, r"experts\[0\]\.K must be a matrix of shape 1 x 2"),
        (MATRIX | {"K": [[0.5]]}, r"experts\[0\]\.K must be a matrix of shape 1 x 2"),
        (MATRIX | {"type": "banana"}, r"experts\[0\]\.type must be one of reach, linear, gaussian"),
        (MATRIX | {"colour": 1}, r"experts\[0\]\.colour must be a known key"),
    ],
)
def test_bad_input_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read_feedback(Table(given, "experts[0]"), states=2, actions=1)
