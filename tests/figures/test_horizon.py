"""Regret against the horizon: in every panel the measured regret lies below the upper bound."""

from figures.horizon import Settings, compute

SETTINGS = Settings(horizons=(2, 8), bins=32, demonstrations=50, seeds=(0,), episodes=300)
ROWS = compute(SETTINGS)


def test_every_panel_has_every_horizon() -> None:
    assert {(row["panel"], row["H"]) for row in ROWS} == {
        (panel, H) for panel in ("gaussian", "deterministic", "augmented") for H in (2, 8)
    }


def test_upper_bounds_lie_above() -> None:
    for row in ROWS:
        assert row["low"] <= row["regret"] <= row["high"]
        assert row["low"] <= row["bound"]


def test_progress_counts_cells() -> None:
    steps: list[int] = []
    compute(Settings(horizons=(2,), bins=16, demonstrations=5, seeds=(0,), episodes=50), steps.append)
    assert sum(steps) == 3
    assert SETTINGS.cells == 6
