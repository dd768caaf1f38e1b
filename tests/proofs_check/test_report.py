import json

import pytest
import z3

from proofs_check.engines.smt import Smt
from proofs_check.kernel.verdicts import Kernel, KernelProof
from proofs_check.ledger import Library, Mutant, Proof, Step
from proofs_check.report import Check, VerifyReport

x = z3.Real("x")
TRUE, FALSE = Smt(x * x >= 0), Smt(x * x >= 1)
HARD = Smt(x == 7, {"impossible": x * x < 0})


def results(obligation, mutant):
    step = Step("s", "a claim.", obligation, (Mutant("changed", mutant),))
    return Library((Proof("p", "p", "lemma", "ours", "here", (step,)),), ()).check()


def test_a_sound_report_is_ok_and_serialises():
    report = VerifyReport(results(TRUE, FALSE), checks=(Check("c", "p", "it holds", 3, True, "fine"),))
    data = json.loads(json.dumps(report.to_json()))
    assert report.ok
    assert data["theorems"]["p"]["verdict"] == "ALGEBRA CHECKED"
    assert data["theorems"]["p"]["steps"][0].keys() >= {"id", "engine", "verdict", "seconds"}
    assert data["mutants"] == {"total": 1, "refuted": 1, "premise_only": 0}
    assert data["theorems"]["p"]["axioms"] == []


def test_a_step_says_what_it_leans_on_in_words():
    step = Step("s", "a claim.", TRUE, (Mutant("changed", FALSE),), leans=("kernel:Hellinger.lemma_s2",))
    report = VerifyReport(Library((Proof("p", "p", "lemma", "ours", "here", (step,)),), ()).check())
    (found,) = report.to_json()["theorems"]["p"]["steps"]
    assert (found["verdict"], found["leans"]) == ("ASSUMED", ["kernel:Hellinger.lemma_s2"])


@pytest.mark.parametrize(
    ("report", "problem"),
    [
        (VerifyReport(results(FALSE, FALSE)), "p/s is REFUTED"),
        (VerifyReport(results(HARD, FALSE)), "p/s is UNKNOWN"),
        (VerifyReport(results(FALSE, FALSE), {"p": "known"}), "p/s is REFUTED"),
        (VerifyReport(results(TRUE, TRUE)), "mutant not refuted"),
        (VerifyReport(results(TRUE, FALSE), opinions={"p/s": "disagrees"}), "cvc5 disagrees"),
        (VerifyReport(results(TRUE, FALSE), checks=(Check("c", "p", "it holds", 3, False, "5 > 4"),)), "5 > 4"),
    ],
)
def test_every_kind_of_failure_is_reported(report, problem):
    assert not report.ok
    assert problem in " ".join(report.problems())


def test_unknown_is_tolerated_only_where_it_is_listed_with_a_reason():
    assert VerifyReport(results(HARD, FALSE), {"p": "nobody knows"}).ok


y = z3.Real("y")
BOUND = Smt(x <= y, {"low": x <= 1, "high": y >= 1})


@pytest.mark.parametrize(
    ("mutant", "counted"),
    [
        (BOUND.without("high"), 1),  # nothing is said of y any more
        (BOUND.without("low", "high"), 1),
        (BOUND.supposing({"high": y >= 0}), 0),
        (BOUND.without("high").concluding(x <= 0), 0),
        (Smt(x * x <= 1, {"x": x >= 1}), 0),
    ],
)
def test_mutants_that_only_drop_a_premise_over_a_free_letter_are_counted_apart(mutant, counted):
    report = VerifyReport(results(BOUND, mutant))
    assert report.mutants == (1, 1)
    assert report.premise_only == counted


PROOF = KernelProof("Statements.theorem_2", "Statements.v", (), "StatementInstances.instance_theorem_2", False)


def test_only_the_kernel_proves():
    kernel = Kernel({"theorem_2": PROOF, "p": PROOF}, "committed")
    report = VerifyReport(results(TRUE, FALSE), {"theorem_6_error": "why"}, kernel=kernel)
    assert {key: str(word) for key, word in report.verdicts.items()} == {
        "p": "PROVED",
        "theorem_6_error": "UNKNOWN",
        "theorem_2": "PROVED",
    }
    data = json.loads(json.dumps(report.to_json()))["theorems"]["theorem_2"]
    assert data["kernel"].keys() == {"theorem", "file", "assumptions", "instance", "checked_here"}
    assert data["steps"] == []


def test_what_a_machine_refuted_is_not_proved_and_a_faulty_kernel_is_a_problem():
    kernel = Kernel({"p": PROOF}, "committed", ("M.m assumes magic",))
    report = VerifyReport(results(FALSE, FALSE), kernel=kernel)
    assert str(report.verdicts["p"]) == "REFUTED"
    assert "kernel: M.m assumes magic" in report.problems()


def test_a_statement_of_another_paper_is_cited():
    report = VerifyReport((), {"foster_log_loss": "quoted"}, cited=frozenset({"foster_log_loss"}))
    assert str(report.verdicts["foster_log_loss"]) == "CITED"


def test_rates_are_judged_by_what_their_exact_interval_allows():
    held = Check.of_rates("c", "p", "it is rare", [("small", 1, 100, 0.1), ("large", 30, 1000, 0.05)])
    assert (held.holds, held.cases, held.found) == (True, 1100, "failure rate at most 0.600 delta")
    broken = Check.of_rates("c", "p", "it is rare", [("small", 1, 100, 0.1), ("large", 90, 1000, 0.05)])
    assert (broken.holds, broken.cases, broken.found) == (False, 1100, "large: 90/1000 > 0.05")
    assert Check.of_rates("c", "p", "it is rare", [("unlucky", 7, 100, 0.05)]).holds  # by chance
