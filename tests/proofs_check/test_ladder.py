"""The ladder: every rung says what it buys and what it needs that the rung above does without."""

from typing import Any, cast

import pytest

import bounds
from bounds.gains import GainSequence
from proofs_check.comparison import Row
from proofs_check.ladder import RUNGS, Rung, climb
from simulators.experiments.base import Measured, Regret

VALUES: dict[str, Any] = {"H": 10, "n": 100, "delta": 0.05, "log_class_size": 1.0, "eps_q": 0.1, "L_x": 1.0, "L_u": 1.0}


def row(rung: str, **gains: Any) -> Row:
    return Row(bounds.evaluate(bounds.catalog["binning_lipschitz"], **VALUES, lipschitz=0.5, **gains), rung)


FIRST = row("catalog", C=1.0, eta=0.5)
SECOND = row("gains", gains=GainSequence([0.5**j for j in range(1, 10)]))
MEASURED = Measured(Regret.exactly(0.5), certificates={"certificate": 2.0, "rollout": 1.0})


def ladder(*rows: Row, measured: Measured = MEASURED) -> dict[str, Rung]:
    return {rung.rung: rung for rung in climb(rows, measured, {})}


def test_factors_multiply_to_bound_over_measured() -> None:
    found = ladder(SECOND, FIRST)
    product = 1.0
    for rung in list(found.values())[1:]:
        product *= cast(float, rung.factor)
    assert product == pytest.approx(FIRST.bound / 0.5)
    assert found["catalog"].factor is None


def test_a_rung_names_what_it_needs_beyond_the_one_above() -> None:
    found = ladder(SECOND, FIRST)
    assert {"C", "eta"} <= set(found["catalog"].needs)
    assert found["gains"].needs == ("gains",)
    assert found["certificate"].needs == ("known system", "this data")
    assert found["rollout"].needs == ("roll-outs",)


def test_a_rung_that_is_larger_than_one_above_is_left_out_with_the_reason() -> None:
    notes: dict[str, str] = {}
    measured = Measured(Regret.exactly(0.5), certificates={"certificate": 1e9})
    rungs = [rung.rung for rung in climb((FIRST,), measured, notes)]
    assert rungs == ["catalog", "measured"]
    assert "more than a rung above" in notes["certificate"]
    assert set(notes) == set(RUNGS) - set(rungs)


def test_no_factor_where_the_regret_is_not_positive() -> None:
    found = ladder(FIRST, measured=Measured(Regret.exactly(-0.1)))
    assert (found["measured"].factor, found["catalog"].ratio) == (None, None)
