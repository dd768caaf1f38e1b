"""The grid and what is spent on a cell."""

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from quantbc.problem.sweeps import read

GIVEN = {"horizons": [5, 10], "demonstrations": [100], "seeds": [0]}


def test_a_cells_budget_is_the_grids() -> None:
    grid = read(Table({"sweep": {**GIVEN, "delta": 0.1, "episodes": 50, "precision": 0.25}}))
    budget = grid.budget(10, 100)
    assert (budget.H, budget.n, budget.delta, budget.episodes) == (10, 100, 0.1, 50)
    assert (budget.confidence, budget.precision) == (0.99, 0.25)
    assert read(Table({"sweep": GIVEN})).precision is None


def test_a_precision_may_be_a_share_of_the_horizon() -> None:
    grid = read(Table({"sweep": {**GIVEN, "precision_per_step": 0.25}}))
    assert (grid.budget(4, 100).precision, grid.budget(8, 100).precision) == (1.0, 2.0)


def test_only_one_precision_may_be_given() -> None:
    with pytest.raises(ProblemError, match=r"one of precision and precision_per_step, got 0\.5 and 0\.25"):
        read(Table({"sweep": {**GIVEN, "precision": 0.5, "precision_per_step": 0.25}}))


@pytest.mark.parametrize(
    ("key", "value"),
    [("delta", 1.0), ("episodes", 1), ("confidence", 0), ("precision", 0.0), ("horizons", []), ("seeds", [-1])],
)
def test_bad_input_is_named(key: str, value: object) -> None:
    with pytest.raises(ProblemError, match=rf"sweep\.{key} must be "):
        read(Table({"sweep": {**GIVEN, key: value}}))
