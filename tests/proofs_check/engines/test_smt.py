from fractions import Fraction

import pytest
import z3

from proofs_check.engines.smt import Counterexample, Smt, absolute, between, breaks, largest, smallest
from proofs_check.ledger import Verdict

x, y, z = z3.Reals("x y z")


def test_a_true_claim_is_proved_with_a_satisfiable_hypothesis():
    outcome = Smt(x * y <= 1, {"x": between(0, x, 1), "y": between(0, y, 1)}).discharge()
    assert outcome.verdict is Verdict.CHECKED
    assert outcome.certificate["hypotheses"].startswith("sat")


def test_a_vacuous_claim_is_not_proved():
    outcome = Smt(x == 7, {"low": x < 0, "high": x > 0}).discharge()
    assert outcome.verdict is Verdict.UNKNOWN
    assert "vacuous" in outcome.certificate["reason"]


def test_a_false_claim_comes_with_a_point_that_breaks_it():
    claim = Smt(x * y <= 1, {"x": x >= 0, "y": y >= 0})
    outcome = claim.discharge()
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.certificate["recheck"] == "exact substitution"


def test_an_irrational_model_is_moved_to_a_rational_one_when_the_negation_is_open():
    outcome = Smt(z3.Not(z3.And(x * x * x > 2, x * x * x < z3.Q(2001, 1000))), {"positive": x > 0}).discharge()
    assert outcome.verdict is Verdict.REFUTED


def test_a_counterexample_that_is_irrational_for_sure_is_not_called_rechecked():
    outcome = Smt(z3.Not(x * x == 2)).discharge()
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.certificate["reason"].startswith("a counterexample that could not be rechecked: ")


def test_dropping_a_hypothesis_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        Smt(x >= 0, {"a": x >= 1}).without("b")


def test_lemmas_can_be_dropped_and_goals_and_hypotheses_replaced():
    claim = Smt(x >= 1, {"a": x >= y}, {"p/q": y >= 1})
    assert claim.discharge().verdict is Verdict.CHECKED
    assert claim.without("p/q").discharge().verdict is Verdict.REFUTED
    assert claim.concluding(x >= 2).discharge().verdict is Verdict.REFUTED
    assert claim.supposing({"a": x + 1 >= y}).discharge().verdict is Verdict.REFUTED


def test_a_given_counterexample_is_checked_not_believed():
    claim = Smt(x * x >= x, {"positive": x > 0})
    assert Counterexample(claim, {"x": Fraction(1, 2)}).discharge().verdict is Verdict.REFUTED
    assert Counterexample(claim, {"x": Fraction(2)}).discharge().verdict is Verdict.UNKNOWN
    assert Counterexample(claim, {"x": Fraction(-1, 2)}).discharge().verdict is Verdict.UNKNOWN
    assert not breaks(claim, {"x": Fraction(1)})


def test_absolute_largest_smallest_are_what_they_say():
    claim = Smt(z3.And(absolute(x - y) == largest(x, y) - smallest(x, y), absolute(x) >= 0))
    assert claim.discharge().verdict is Verdict.CHECKED


def test_all_that_is_decided_is_written_out():
    x = z3.Real("x")
    claim = Smt(x >= 0, {"square": x * x <= x}, {"proof/step": x <= 1})
    assert claim.written() == ("show x >= 0", "given square: x*x <= x", "by proof/step: x <= 1")
    point = Counterexample(Smt(x >= 1), {"x": Fraction(1, 2)})
    assert point.written() == ("show x >= 1", "false at x = 1/2")


def test_long_formulas_are_written_on_one_line_and_in_full():
    letters = z3.Reals(" ".join(f"letter_{i}" for i in range(60)))
    (line,) = Smt(z3.And(*(letter >= 0 for letter in letters))).written()
    assert "\n" not in line
    assert all(f"{letter} >= 0" in line for letter in letters)
