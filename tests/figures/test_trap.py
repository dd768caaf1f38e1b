"""The trap: bounds on the right side, an error that vanishes beside a regret that does not, and the repair."""

import numpy as np
import pytest

from figures.tables import groups
from figures.trap import Settings, compute

NOISY = {"noisy_scales": (0.05,), "noisy_horizons": (10, 100), "grid": 300}
ROWS = compute(Settings(scales=(0.03, 0.003), horizon=300, resolution=1000, episodes=400, **NOISY))
LIMIT = [row for row in ROWS if row["part"] == "limit"]


def test_upper_bounds_lie_above_and_lower_bounds_below() -> None:
    for row in LIMIT:
        assert row["floor"] <= row["deployed"]
        assert row["error"] <= row["error_bound"]
        assert row["repaired_low"] <= row["repaired"] <= row["repaired_bound"]
        assert row["binned"] <= row["binned_bound"]


def test_under_gaussian_noise_the_regret_is_above_its_floor_and_grows() -> None:
    few, many = (row for row in ROWS if row["part"] == "noisy")
    assert few["floor"] <= few["low"]
    assert 0.5 < many["floor"] <= many["low"]
    assert many["low"] > 2 * few["high"]


def test_the_error_vanishes_and_the_deployed_regret_does_not() -> None:
    coarse, fine = LIMIT
    assert fine["error"] < 0.2 * coarse["error"]
    assert fine["deployed"] > 0.95 * coarse["deployed"] > 0.5


def test_augmentation_repairs_it() -> None:
    coarse, fine = LIMIT
    assert fine["repaired"] < 0.2 * coarse["repaired"]
    assert fine["repaired_high"] < 0.1 * fine["deployed"]


def test_the_learned_quantizer_alternates_where_the_others_settle() -> None:
    paths = {
        policy: [row["x"] for row in rows]
        for (policy,), rows in groups([row for row in ROWS if row["part"] == "path"], "policy").items()
    }
    assert abs(paths["expert"][-1]) < 1e-6
    assert abs(paths["binning"][-1]) < 0.01
    assert np.ptp(paths["learned quantizer"][-2:]) > 0.2
    assert paths["learned quantizer"][-1] == pytest.approx(paths["learned quantizer"][-3], abs=1e-6)


def test_a_measurement_does_not_depend_on_the_other_scales() -> None:
    alone = compute(Settings(scales=(0.003,), horizon=300, resolution=1000, episodes=400, noisy_scales=()))
    assert alone[-1] == LIMIT[-1]
