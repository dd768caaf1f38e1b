"""Bins for a target: one bin less misses it, and growth changes its kind where the closed loop stops contracting."""

import math

import numpy as np

from figures.bins_needed import Settings, compute
from figures.tables import groups

SETTINGS = Settings(decades=(1.0, 3.0), points=9)
ROWS = compute(SETTINGS)
UPPER = {rho: rows for (rho,), rows in groups([row for row in ROWS if row["sense"] == "upper"], "rho").items()}
LOWER = {row["H"]: row for row in ROWS if row["sense"] == "lower"}


def slopes(rho: float) -> np.ndarray:
    return np.diff(np.log([r["bins"] for r in UPPER[rho]])) / np.diff(np.log([r["H"] for r in UPPER[rho]]))


def test_the_answer_meets_the_target_and_its_neighbour_misses_it() -> None:
    for row in ROWS:
        assert row["regret"] <= row["target"] < row["coarser"]


def test_necessary_bins_are_fewer_than_sufficient_ones() -> None:
    assert len(UPPER) == 3
    for rows in UPPER.values():
        assert all(LOWER[row["H"]]["bins"] <= row["bins"] for row in rows)


def test_a_contracting_loop_needs_bins_in_proportion_to_the_horizon_and_the_boundary_its_square() -> None:
    np.testing.assert_allclose(slopes(0.75)[-3:], 1.0, atol=0.1)
    np.testing.assert_allclose(slopes(1.0)[-3:], 2.0, atol=0.1)


def test_beyond_the_boundary_every_step_multiplies_the_bins() -> None:
    last, before = UPPER[1.1][-1], UPPER[1.1][-2]
    per_step = math.log(last["bins"] / before["bins"]) / (last["H"] - before["H"])
    assert math.isclose(per_step, math.log(1.1), rel_tol=0.02)


def test_unreachable_horizons_are_left_out() -> None:
    assert "upper" not in {row["sense"] for row in compute(Settings(points=3, n=10, target=0.01))}
