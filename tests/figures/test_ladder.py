"""The waterfall: a bar for each rung that is present, a factor for each step."""

from typing import Any

import pytest

from figures.ladder import draw, levels
from figures.style import styled

RUNGS = {"catalog": 40.0, "certificate": 4.0, "rollout": 2.0, "measured": 1.0}


def row(**changes: Any) -> dict[str, Any]:
    return {"expert": "arm", "H": 10, "low": 0.5, "rungs": RUNGS} | changes


def test_levels_are_geometric_means_by_horizon() -> None:
    other = row(rungs=RUNGS | {"measured": 0.01})
    assert levels([row(), other])["measured"] == pytest.approx((0.1 * 0.001) ** 0.5)


def test_a_cell_without_a_rung_stays_where_it_was() -> None:
    found = levels([row(), row(rungs={"catalog": 40.0, "measured": 1.0})])
    assert found["certificate"] == pytest.approx((0.4 * 4.0) ** 0.5)


def test_where_no_regret_is_told_from_zero_there_is_no_measured_level() -> None:
    assert list(levels([row(low=-0.1)])) == ["catalog", "certificate", "rollout"]


def test_a_bound_that_is_infinite_has_no_level() -> None:
    assert list(levels([row(rungs={"catalog": float("inf"), "measured": 1.0})])) == ["measured"]


def test_every_step_is_labelled_with_its_factor() -> None:
    with styled():
        figure = draw([row()])
        figure.draw_without_rendering()
    assert [text.get_text() for text in figure.axes[0].texts] == ["÷10", "÷2", "÷2"]
