"""Tightness: ratios on the right side of 1 and, at the end of the limit, next to it."""

import pytest

from figures.tables import groups
from figures.tightness import Settings, compute

SETTINGS = Settings(scales=(1, 2, 3), resolution=1000, grid=300)
ROWS = compute(SETTINGS)
WITNESSES = {name: rows for (name,), rows in groups(ROWS, "witness").items()}


def test_every_witness_is_there_at_every_scale() -> None:
    assert len(ROWS) == SETTINGS.cells == 30
    assert {row["theorem"] for row in ROWS} >= {
        "theorem_2", "binning_lipschitz", "theorem_6", "theorem_6_noisy", "theorem_8", "theorem_9", "ross_bagnell",
    }  # fmt: skip


def test_upper_bounds_are_above_the_exact_value_and_lower_bounds_below() -> None:
    for row in ROWS:
        if row["sense"] == "upper":
            assert row["ratio"] >= 1 - 1e-12
        else:
            assert row["ratio"] <= 1 + 1e-12


@pytest.mark.parametrize("name", WITNESSES)
def test_the_ratio_tends_to_one(name: str) -> None:
    gaps = [abs(row["ratio"] - 1) for row in WITNESSES[name]]
    assert gaps[-1] < 0.03
    assert gaps[-1] <= gaps[0] + 1e-12
