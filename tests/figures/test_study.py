"""The figures' own study: on the plotted data, measured regret lies below the upper bounds."""

import pytest

from figures.study import Study, compute

TINY = Study(horizons=(4, 8), bins=(32, 64), demonstrations=(50,), seeds=(0,), episodes=500)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return compute(TINY)


def test_every_cell_is_a_row(rows: list[dict[str, object]]) -> None:
    assert len(rows) == TINY.cells == 8


def test_bounds_lie_above(rows: list[dict[str, object]]) -> None:
    for row in rows:
        assert row["holds"]
        assert row["low"] <= row["regret"] <= row["high"]
        assert row["low"] <= row["bound"] == min(row["bounds"].values())


def test_lower_bounds_lie_below_upper_bounds(rows: list[dict[str, object]]) -> None:
    assert all(row["lower_bound"] <= row["bound"] for row in rows)


def test_a_row_does_not_depend_on_the_others(rows: list[dict[str, object]]) -> None:
    alone = Study(horizons=(8,), bins=(64,), demonstrations=(50,), seeds=(0,), episodes=500)
    assert compute(alone) == [row for row in rows if (row["H"], row["bins"]) == (8, 64)]


def test_progress_counts_cells() -> None:
    steps: list[int] = []
    compute(Study(horizons=(3,), bins=(16,), demonstrations=(5,), seeds=(0,), episodes=50), steps.append)
    assert steps == [1, 1]
