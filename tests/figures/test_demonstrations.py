"""Bounds against demonstrations: rates, floors, and lower bounds below."""

import numpy as np
import pytest

from figures.demonstrations import SETTINGS, Settings, compute
from figures.tables import groups

ROWS = compute(Settings(decades=(1, 12), per_decade=1))


def test_lower_bounds_lie_below_upper_bounds_above_the_floor() -> None:
    assert len(ROWS) == 2 * 3 * 12
    for row in ROWS:
        assert row["lower_bound"] <= row["bound"]
        assert row["floor"] <= row["bound"] == pytest.approx(row["floor"] + row["imitation"])


@pytest.mark.parametrize(("theorem", "rate"), [("theorem_2", -0.5), ("binning_lipschitz", -1.0)])
def test_imitation_falls_at_its_rate_and_the_total_reaches_the_floor(theorem: str, rate: float) -> None:
    for mine in groups([row for row in ROWS if row["theorem"] == theorem], "eps_q").values():
        tail = [row for row in mine if row["n"] >= 10**4]
        slopes = np.diff(np.log10([row["imitation"] for row in tail]))
        np.testing.assert_allclose(slopes, rate, atol=1e-3)
        assert mine[-1]["bound"] < 1.05 * mine[-1]["floor"]


def test_the_floor_falls_with_eps_q() -> None:
    for mine in groups(ROWS, "theorem").values():
        floors = [rows[0]["floor"] for rows in groups(mine, "eps_q").values()]
        assert floors == sorted(floors, reverse=True)
        assert floors[-1] > 0


def test_progress_counts_curves() -> None:
    steps: list[int] = []
    compute(Settings(decades=(1, 2), per_decade=1, eps_q=(0.1,)), steps.append)
    assert sum(steps) == 2
    assert SETTINGS.cells == 6
