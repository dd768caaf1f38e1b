"""A study's rows as lines: the worst seed beside the bound, and what is said of it."""

from typing import Any

import pytest

from quantbc import __version__
from quantbc.tables.cells import COLUMNS, comparisons, notes, worst


def row(seed: int, regret: float, *, holds: bool = True, vacuous: bool = False) -> dict[str, Any]:
    return {
        "expert": "arm",
        "quantizer": "uniform 4",
        "H": 10,
        "n": 100,
        "seed": seed,
        "statement": "theorem_2",
        "regret": regret,
        "low": regret - 0.1,
        "high": regret + 0.1,
        "bound": 2.0,
        "holds": holds,
        "vacuous": vacuous,
        "rungs": {"certificate": 1.25},
        "terms": {"imitation": 0.5, "decoupling": 0.25, "drift": 1.25},
    }


def test_of_every_setting_the_worst_seed_is_shown() -> None:
    assert [shown["seed"] for shown in worst([row(0, 0.5), row(1, 0.75), row(2, 0.6)])] == [1]


@pytest.mark.parametrize(
    ("holds", "vacuous", "verdict"),
    [(True, False, "holds"), (True, True, "vacuous"), (False, False, "VIOLATED"), (False, True, "VIOLATED")],
)
def test_a_line_names_the_largest_term_and_the_verdict(holds: bool, vacuous: bool, verdict: str) -> None:
    ((expert, title, (line,)),) = comparisons([row(0, 0.5, holds=holds, vacuous=vacuous)])
    assert (expert, len(line)) == ("arm", len(COLUMNS))
    assert "theorem_2" in title
    assert line[:5] == ("uniform 4", "10", "100", "0.5000", "[0.4000, 0.6000]")
    assert line[5:] == ("2.0000", "1.2500", "4 x", "drift", verdict)


@pytest.mark.parametrize(("regret", "told"), [(0.05, "0.2 H (regret ~ 0)"), (-0.5, "0.2 H (regret < 0)")])
def test_where_the_regret_is_not_told_from_zero_the_bound_is_compared_with_the_horizon(
    regret: float, told: str
) -> None:
    ((_, _, (line,)),) = comparisons([row(0, regret)])
    assert line[7] == told


def test_notes_name_version_and_study() -> None:
    assert notes("reach")[0] == f"quantbc {__version__}, study reach"


def test_where_no_upper_bound_applies_the_floor_of_this_instance_is_named() -> None:
    bare = row(0, 0.5) | {"bound": None, "statement": None, "terms": {}, "vacuous": True}
    told = [line[-1] for more in ({}, {"floor": 0.25, "floor_statement": "theorem_6"}) for line in lines(bare | more)]
    assert told == ["no bound", "above 0.25 (theorem_6)"]


def lines(one: dict[str, Any]) -> list[tuple[str, ...]]:
    ((_, title, found),) = comparisons([one])
    assert "no upper bound applies" in title
    return found
