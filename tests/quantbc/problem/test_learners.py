"""Classes of feedback policies hold their expert."""

from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.learners import read_gains, read_matrices
from quantbc.problem.reading import Table
from quantbc.problem.rewards import TaskSpec

TASK = TaskSpec(0.0, -1.0, 1.0, 1.0, 1.0, "linf")
K = ((0.5, 0.25),)


def test_gains_are_a_grid_or_a_list() -> None:
    grid, gain = read_gains(Table({"class": {"low": 0.1, "high": 0.3, "count": 3}}, "experts[0]"), 0.2)
    listed, _ = read_gains(Table({"class": {"gains": [0.1, 0.2]}}, "experts[0]"), 0.2)
    assert grid.gains[1] == gain == pytest.approx(0.2)
    assert listed.gains == (0.1, 0.2)
    assert not grid.build(TASK, 0.5).deterministic
    assert grid.build(TASK, None).deterministic


def test_matrices_act_on_states_of_another_dimension() -> None:
    found = read_matrices(Table({"class": {"matrices": [[[0.5, 0.25]], [[1.0, 0.0]]]}}, "experts[0]"), K)
    policy = found.build(TASK, None).policies[0]
    assert policy.act(np.array([[1.0], [-1.0]])).tolist() == [[-0.25]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[[0.5]]], r"experts\[0\]\.class\.matrices must be matrices of shape 1 x 2, as K is"),
        ([[[1.0, 0.0]]], r"experts\[0\]\.class must be a class that contains the expert's K, got '1 other matrices'"),
        ([], r"experts\[0\]\.class\.matrices must be a nonempty list of matrices"),
    ],
)
def test_bad_input_is_named(given: Any, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read_matrices(Table({"class": {"matrices": given}}, "experts[0]"), K)


def test_an_expert_outside_its_class_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"a class that contains the expert's gain 0\.25"):
        read_gains(Table({"class": {"gains": [0.1, 0.2]}}, "experts[0]"), 0.25)
