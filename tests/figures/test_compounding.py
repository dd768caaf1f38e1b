"""Compounding: exponential, quadratic and linear growth, each below its own bound and one above another's."""

import math

import numpy as np

from figures.compounding import Settings, compute
from figures.tables import groups

ROWS = compute(Settings(horizon=40, every=3, eps=1e-8))
CASES = {case: rows for (case,), rows in groups(ROWS, "case").items()}


def growth(case: str) -> float:
    """Exponent of H over the last half."""
    rows = CASES[case][len(CASES[case]) // 2 :]
    return math.log(rows[-1]["regret"] / rows[0]["regret"]) / math.log(rows[-1]["H"] / rows[0]["H"])


def test_regret_lies_below_its_bound() -> None:
    assert set(CASES) == {"lipschitz", "tvc", "constant"}
    for row in ROWS:
        assert row["regret"] <= row["bound"] + 1e-15 * row["H"]  # rounding of rewards of size 1


def test_the_lipschitz_policy_multiplies_its_loss_every_step() -> None:
    losses = [row["step_loss"] for row in CASES["lipschitz"]][-4:]
    np.testing.assert_allclose(np.diff(np.log(losses)), 3 * math.log(1.5), rtol=0.01)


def test_with_continuity_in_law_regret_is_quadratic_and_without_hazard_linear() -> None:
    assert 1.9 < growth("tvc") < 2.2
    assert 0.95 < growth("constant") < 1.1


def test_the_lipschitz_policy_breaks_the_bound_that_needs_rtvc() -> None:
    assert CASES["lipschitz"][-1]["regret"] > 100 * CASES["constant"][-1]["bound"]
