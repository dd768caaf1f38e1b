"""Statements choose themselves: by the facts and symbols of an experiment, never by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

import bounds
from proofs_check.comparison import RUNGS, Comparison, applicable, compare, rows
from simulators.assumptions.envelopes import tightest_envelope
from simulators.experiments.base import Budget, Measured, Regret, Standing

GAUSSIAN = ("iid_demonstrations", "realizable", "any_expert", "sup_error", "tvc", "incrementally_stable")
FACTS: Mapping[str, Standing] = dict.fromkeys((*GAUSSIAN, "lipschitz_reward", "linear_gains"), "certified")
GAINS = np.array([0.5, 0.1, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
ENVELOPE = tightest_envelope(GAINS)
SYMBOLS: Mapping[str, Any] = {
    "log_class_size": np.log(8),
    "eps_q": 0.01,
    "L": 0.5,
    "L_x": 1.0,
    "L_u": 1.0,
    "gains": GAINS,
    "C": ENVELOPE.C,
    "eta": ENVELOPE.eta,
}
BUDGET = Budget(H=10, n=1000)


@dataclass(frozen=True)
class Fake:
    """An experiment that says what it is told to."""

    regret: Regret = field(default_factory=lambda: Regret.exactly(0.25))
    told: Mapping[str, Standing] = field(default_factory=lambda: FACTS)
    known: Mapping[str, Any] = field(default_factory=lambda: SYMBOLS)
    certificates: Mapping[str, float] = field(default_factory=dict)

    def facts(self) -> Mapping[str, Standing]:
        return self.told

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        return self.known

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        return Measured(self.regret, certificates=self.certificates)


def comparison(experiment: Fake | None = None) -> Comparison:
    return compare(experiment or Fake(), BUDGET, np.random.default_rng(0))


def keys(facts: Mapping[str, Standing], symbols: Mapping[str, Any]) -> set[str]:
    return {theorem.key for theorem in applicable(facts, symbols)}


def test_a_statement_applies_exactly_while_it_has_all_its_facts_and_symbols() -> None:
    assert "theorem_2" in keys(FACTS, SYMBOLS)
    for name in (*GAUSSIAN, "lipschitz_reward"):
        assert "theorem_2" not in keys({fact: "certified" for fact in FACTS if fact != name}, SYMBOLS), name
    for name in ("log_class_size", "eps_q", "L", "L_x", "L_u"):  # also those for which the table has a default
        assert "theorem_2" not in keys(FACTS, {key: value for key, value in SYMBOLS.items() if key != name}), name
    bare = {key: value for key, value in SYMBOLS.items() if key != "gains"}
    assert "theorem_2" in keys(FACTS, bare)
    assert "theorem_2" not in keys(FACTS, {key: value for key, value in bare.items() if key != "eta"})


def test_every_fact_of_the_catalog_gives_every_upper_bound_and_no_lower_one() -> None:
    names = {assumed.name for theorem in bounds.catalog.values() for assumed in theorem.assumptions}
    found = applicable(dict.fromkeys(names, "certified"), dict.fromkeys(bounds.SYMBOLS, 1.0))
    assert {theorem.key for theorem in found} >= {"theorem_2", "theorem_7", "smooth_kernel"}
    assert {theorem.sense for theorem in found} == {bounds.Sense.UPPER}
    assert not {theorem.key for theorem in found} & {"proposition_5", "theorem_6_error"}


def test_each_spelling_is_a_row_and_the_smallest_bound_comes_first() -> None:
    found = [row for row in rows(Fake(), BUDGET) if row.statement == "theorem_2"]
    by_rung = {row.rung: row.bound for row in found}
    values = {name: SYMBOLS[name] for name in ("log_class_size", "eps_q", "L", "L_x", "L_u", "C", "eta")}
    assert by_rung["catalog"] == float(bounds.evaluate(bounds.catalog["theorem_2"], H=10, n=1000, **values).total)
    assert by_rung["gains"] < by_rung["catalog"]
    totals = [row.bound for row in rows(Fake(), BUDGET)]
    assert totals == sorted(totals)
    spread = Fake(known={**SYMBOLS, "return_range": 5.0})
    assert min(row.bound for row in rows(spread, BUDGET) if row.rung == "variance") < by_rung["gains"]


def test_an_assumption_on_the_values_is_left_to_evaluation() -> None:
    told = (*GAUSSIAN[:2], "deterministic_expert", "quantized_lipschitz", *GAUSSIAN[3:4], *GAUSSIAN[5:])
    facts: Mapping[str, Standing] = dict.fromkeys((*told, "lipschitz_reward"), "certified")
    slow = {**SYMBOLS, "lipschitz": 0.1}
    fast = {**SYMBOLS, "lipschitz": 50.0}
    for known, there in ((slow, True), (fast, False)):
        assert ("small_gain" in {row.statement for row in rows(Fake(told=facts, known=known), BUDGET)}) is there


@pytest.mark.parametrize("excess", [-0.1, 0.1])
def test_a_violation_of_any_statement_is_seen(excess: float) -> None:
    least, most = rows(Fake(), BUDGET)[0].bound, rows(Fake(), BUDGET)[-1].bound
    assert least < most
    found = comparison(Fake(Regret.exactly(least + excess)))
    assert found.holds is (excess < 0)
    assert found.smallest is not None
    assert (found.smallest.bound, found.smallest.ratio) == (least, pytest.approx(least / (least + excess)))
    assert comparison(Fake(Regret(least + 1, least - 0.1, least + 2, exact=False))).holds


def test_rounding_is_no_violation_and_more_than_rounding_is() -> None:
    least = rows(Fake(), BUDGET)[0].bound
    assert comparison(Fake(Regret.exactly(least * (1 + 1e-12)))).holds
    assert not comparison(Fake(Regret.exactly(least * (1 + 1e-6)))).holds


def test_the_ladder_descends_to_the_measured_regret_and_says_what_is_absent() -> None:
    found = comparison(Fake(certificates={"certificate": 0.5, "rollout": 0.75}))
    rungs = [rung.rung for rung in found.ladder]
    assert rungs == [rung for rung in RUNGS if rung in rungs]
    assert rungs[-2:] == ["certificate", "measured"]
    values = [rung.value for rung in found.ladder]
    assert values == sorted(values, reverse=True)
    assert found.ladder[-1].ratio == 1
    assert set(found.ladder_notes) == set(RUNGS) - set(rungs)
    assert "more than a rung above" in found.ladder_notes["rollout"]
    assert comparison().ladder_notes["certificate"] == "not computed"


def test_where_nothing_applies_nothing_is_promised() -> None:
    found = comparison(replace(Fake(), told={}))
    assert (found.smallest, found.rows, found.holds, found.lower) == (None, (), True, None)
    cell = found.as_dict()
    assert (cell["statement"], cell["bound"], cell["vacuous"]) == (None, None, True)
    assert [rung["rung"] for rung in cell["ladder"]] == ["measured"]


def test_a_cell_is_plain_values_under_the_documented_keys() -> None:
    cell = comparison(Fake(told={**FACTS, "tvc": "estimated"})).as_dict()
    wanted = {"regret", "low", "high", "exact", "deviation", "statement", "bound", "terms", "holds", "ladder"}
    assert wanted <= set(cell)
    assert {"rung", "statement", "value", "ratio", "factor", "needs"} == set(cell["ladder"][0])
    assert cell["rungs"] == {step["rung"]: step["value"] for step in cell["ladder"]}
    assert (cell["regret"], cell["exact"], cell["estimated"]) == (0.25, True, ["tvc"])
    assert cell["bound"] == pytest.approx(sum(cell["terms"].values()))
    assert {row["statement"] for row in cell["statements"]} >= {cell["statement"], "theorem_2"}
    assert cell["lower_bound"] == float(bounds.evaluate(bounds.catalog["theorem_9"], H=10, n=1000, eps_q=0.01).total)


TRAP: Mapping[str, Any] = {"A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6, "eps": 0.01}


def test_a_lower_bound_on_the_instance_itself_can_be_violated_too() -> None:
    floor = float(bounds.evaluate(bounds.catalog["theorem_6"], H=10, **TRAP).total)
    assert floor > 0
    for regret, there in ((floor + 0.1, True), (floor - 0.1, False)):
        found = comparison(Fake(Regret.exactly(regret), {"arctan_trap": "certified"}, TRAP))
        assert (found.lower, found.holds, found.rows) == (None, there, ())
        cell = found.as_dict()
        assert (cell["floor_statement"], cell["floor"], cell["lower_bound"]) == ("theorem_6", floor, None)


def test_a_bound_on_the_worst_instance_is_none_on_this_one() -> None:
    cell = comparison().as_dict()
    assert (cell["floor"], cell["floor_statement"]) == (None, None)
    assert cell["lower_statement"] is not None


def test_a_statement_that_is_added_is_compared_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = replace(bounds.catalog["theorem_2"], key="toy")
    monkeypatch.setattr(bounds, "catalog", {**bounds.catalog, "toy": toy})
    cell = comparison().as_dict()
    assert cell["bounds"]["toy"] == cell["bounds"]["theorem_2"]
