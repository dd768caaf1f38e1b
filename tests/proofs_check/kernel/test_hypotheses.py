"""What the kernel's theorems suppose is what their entries declare."""

from dataclasses import replace

import pytest

from bounds.catalog import catalog
from proofs_check.kernel.hypotheses import hypotheses, undeclared
from proofs_check.kernel.index import headlines
from proofs_check.kernel.record import Record, committed, faults

PROVED = [(key, headline) for headline in headlines() for key in headline.proves]
IDLE = {"any_expert", "labels_only", "uniform_binning", "uniform_bins", "narrow_bins", "linear_gains",
        "linear_loop_gains", "shared_noise", "deterministic_dynamics", "chunked_deployment"}  # fmt: skip
"""What the theorem has as the type of a thing, or in its conclusion, and needs no hypothesis for."""
IMPLIED = {"deterministic_expert", "realizable_expert"}
"""What another assumption of the entry may imply."""


@pytest.mark.parametrize(("key", "headline"), PROVED, ids=[key for key, _ in PROVED])
def test_an_entry_declares_what_its_theorem_supposes_and_a_dropped_assumption_is_a_fault(key, headline) -> None:
    statement = committed().theorems[headline.name].statement
    names = {assumption.name for assumption in catalog[key].assumptions}
    assert undeclared(statement, names) == ()
    for name in names - IDLE - IMPLIED:
        assert undeclared(statement, names - {name}), name


def test_a_hypothesis_that_no_entry_could_declare_is_a_fault() -> None:
    (headline,) = (h for key, h in PROVED if key == "theorem_2")
    said = committed().theorems[headline.name]
    more = replace(said, statement=said.statement.replace("0 <= eps_q ->", "0 <= eps_q -> H = 1%N ->"))
    assert more != said
    (fault,) = faults(Record("", {headline.name: more}), [headline])
    assert fault == "Statements.theorem_2 supposes what theorem_2 does not declare: H = 1%N"


def test_a_sign_is_setting_and_an_upper_limit_is_not() -> None:
    assert undeclared("0 <= L -> 0 <= a <= 1 -> [/\\ 0 <= C, 0 < L & 0 <= eta] -> goal", []) == ()
    assert undeclared("0 <= L <= 1 -> goal", []) == ("0 <= L <= 1",)


def test_arrows_in_the_types_of_letters_are_no_hypotheses() -> None:
    text = "forall (f : X -> U),\n(forall x : X, f x = x -> True) ->\nforall g : X -> X, 0 < a ->\ngoal"
    assert hypotheses(text) == ("(forall x : X, f x = x -> True)", "0 < a")


def test_a_hypothesis_beside_a_declared_one_is_not_declared() -> None:
    assert undeclared("Lipschitz.ebar f h <= eps_q /\\ H = 1%N -> goal", ["label_error"]) == ("H = 1%N",)


def test_a_law_inside_a_hypothesis_does_not_make_it_setting() -> None:
    text = "(forall m : nat, (forall h : nat, Hellinger.is_dist (k h)) -> loss m <= bound)"
    assert undeclared(f"{text} -> goal", []) == (text,)
