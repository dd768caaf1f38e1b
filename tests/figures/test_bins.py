"""Regret against bins: a U for bound and measurement, the optimum where the bound is least, runs below the bound."""

import numpy as np
import pytest

from figures.bins import Settings, compute, growth, regret
from figures.tables import groups
from simulators.quantizers.scalar import uniform

ROWS = compute(Settings(demonstrations=(50, 500), octaves=9, per_octave=1, runs=40))
BUDGETS = groups(ROWS, "n")


def test_runs_lie_below_the_bound_with_its_probability() -> None:
    for row in ROWS:
        assert row["low"] <= row["high"] <= row["bound"]
        assert row["low"] <= row["regret"] * (1 + 1e-12)
        assert row["regret"] <= row["bound"]


@pytest.mark.parametrize("curve", ["bound", "regret"])
def test_the_curves_are_u_shaped(curve: str) -> None:
    for rows in BUDGETS.values():
        values = [row[curve] for row in rows]
        least = int(np.argmin(values))
        assert 0 < least < len(values) - 1
        assert values[0] > 1.5 * values[least] < values[-1]


def test_the_marked_optimum_is_the_least_bound() -> None:
    for rows in BUDGETS.values():
        assert rows[0]["best_bound"] <= min(row["bound"] for row in rows)


def test_more_demonstrations_carry_more_bins() -> None:
    few, many = (rows[0]["best"] for rows in BUDGETS.values())
    assert few < many


def test_the_exact_regret_agrees_with_the_quantizer() -> None:
    K, contexts = 8, np.array([0.05, 0.3, 0.31, 0.9])
    x = (np.arange(80_000) + 0.5) / 80_000
    quantizer = uniform(K, low=0.0, high=1.0)
    seen = np.isin((x * K).astype(int), (contexts * K).astype(int))
    played = np.where(seen, quantizer.quantize(x), quantizer.codes[0])
    assert regret(contexts, K, 2.0) == pytest.approx(2.0 * np.abs(played - x).mean(), rel=1e-6)


def test_the_class_counts_tables() -> None:
    assert float(growth(3)) == pytest.approx(np.log(27))
