"""Violations, coverage and slopes of rows whose answers are known."""

from typing import Any

import pytest
from scipy.stats import binomtest

from quantbc.errors import ProblemError
from quantbc.sweeps.summary import Summary


def summary(*rows: dict[str, Any]) -> Summary:
    made = Summary()
    for row in rows:
        labels = {name: row[name] for name in ("expert", "quantizer", "H", "n") if name in row}
        made.add(labels, {"delta": 0.1, "holds": True, "vacuous": False, "bound": 1.0, **row})
    return made


def power_law(**settings: Any) -> dict[str, Any]:
    """Regret 3 H^2 n^-0.5 / cells, bound twice as large in H only."""
    regret = 3 * settings["H"] ** 2 * settings["n"] ** -0.5 / settings["cells"]
    return settings | {"regret": regret, "bound": 2.0 * settings["H"]}


GRID = [
    power_law(H=H, n=n, cells=cells, quantizer=f"uniform {cells}", seed=seed)
    for H in (5, 10, 20)
    for n in (10, 1000)
    for cells in (8, 16)
    for seed in (0, 1)
]


def test_violations_and_vacuous_bounds_are_counted() -> None:
    made = summary({"regret": 0.1}, {"regret": 2.0, "holds": False}, {"regret": 0.2, "vacuous": True})
    assert (made.cells, made.violations, made.vacuous) == (3, 1, 1)


def test_a_regret_below_its_floor_is_a_violation_also_where_no_upper_bound_applies() -> None:
    made = summary({"regret": 0.1, "bound": None, "holds": False}, {"regret": 0.1, "bound": None})
    assert (made.cells, made.violations, made.vacuous) == (2, 1, 2)


@pytest.mark.parametrize(("cells", "held"), [(20, 20), (20, 18), (20, 12), (20, 0)])
def test_coverage_has_the_exact_binomial_interval(cells: int, held: int) -> None:
    rows = [
        {"n": 5, "regret": 0.1, "holds": i < held, "constants": {"log_class_size": 2.0794415}} for i in range(cells)
    ]
    (row,) = summary(*rows).coverage()
    exact = binomtest(held, cells).proportion_ci(0.95, method="exact")
    assert (row["low"], row["high"]) == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert {name: row[name] for name in ("n", "N", "delta", "cells", "held")} == {
        "n": 5, "N": 8, "delta": 0.1, "cells": cells, "held": held,
    }  # fmt: skip
    assert row["consistent"] is (held >= 18)


def test_coverage_is_for_each_budget_class_and_delta() -> None:
    rows = [
        {"n": n, "delta": delta, "constants": {"log_class_size": size}, "regret": 0.1}
        for n in (1, 2)
        for delta in (0.1, 0.2)
        for size in (0.0, 1e6)
    ]
    coverage = summary(*rows, *rows).coverage()
    assert [row["cells"] for row in coverage] == [2] * 8
    assert {row["N"] for row in coverage} == {1, None}


def test_slopes_of_power_laws_are_their_exponents() -> None:
    slopes = summary(*GRID).slopes()
    found = {axis: {round(row["regret"], 9) for row in slopes if row["axis"] == axis} for axis in ("H", "n", "cells")}
    assert found == {"H": {2.0}, "n": {-0.5}, "cells": {-1.0}}
    assert {round(row["bound"], 9) for row in slopes if row["axis"] == "H"} == {1.0}
    assert len(slopes) == 4 + 6 + 6
    assert {"quantizer": "uniform", "H": 5, "n": 10} in [row["settings"] for row in slopes if row["axis"] == "cells"]


def test_seeds_are_averaged() -> None:
    rows = [{"n": n, "regret": 2 * regret * weight} for n, regret in ((1, 1.0), (100, 0.1)) for weight in (0.2, 0.8)]
    (row,) = summary(*rows).slopes()
    assert row["regret"] == pytest.approx(-0.5)


def test_regret_that_is_not_positive_has_no_logarithm() -> None:
    rows = [{"n": n, "regret": regret} for n, regret in ((1, 1.0), (10, -0.1), (100, 0.1))]
    assert summary(*rows).slopes()[0]["points"] == 2
    assert summary(*rows[:2]).slopes() == [
        {"axis": "n", "settings": {}, "points": 1, "regret": None, "bound": pytest.approx(0.0)}
    ]


def test_one_value_has_no_slope_and_other_computations_are_only_counted() -> None:
    assert summary({"n": 5, "regret": 0.1}, {"n": 5, "regret": 0.2}).slopes() == []
    made = Summary()
    made.add({"x": 1}, {"x": 1, "value": 3.0})
    assert (made.cells, made.vacuous, made.coverage(), made.slopes()) == (1, 1, [], [])


@pytest.mark.parametrize(
    "damage",
    [
        *({"regret": "low"}, {"regret": None}, {"regret": True}, {"bound": float("nan")}, {"bound": -1e308}),
        *({"holds": 1}, {"n": [10]}, {"delta": "0.1"}, {"H": 0}, {"n": -5}, {"cells": float("inf")}),
        *({"constants": 3}, {"constants": {"log_class_size": "large"}}),
    ],
)
def test_a_row_that_nothing_of_ours_has_measured_is_refused(damage: dict[str, Any]) -> None:
    sound = power_law(expert="e", quantizer="uniform 8", H=4, n=10, cells=8)
    for vacuous in (float("inf"), 1.7e308):
        assert summary(*[sound | {"bound": vacuous, "vacuous": True}] * 2).vacuous == 2
    with pytest.raises(ProblemError, match=f"{next(iter(damage))}.*, got|log_class_size of a result"):
        summary(sound | damage)
