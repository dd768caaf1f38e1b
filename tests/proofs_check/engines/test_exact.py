from fractions import Fraction

from proofs_check.engines.balls import ball
from proofs_check.engines.exact import Case, Exact
from proofs_check.ledger import Verdict


def claim(*cases):
    return Exact(lambda: [Case("case", *case) for case in cases], "these")


def test_cases_that_hold_are_counted():
    outcome = claim((1, "<", 2), (ball(2).sqrt(), "<", Fraction(3, 2))).discharge()
    assert outcome.verdict is Verdict.CASES
    assert outcome.certificate["cases"] == "2"


def test_one_case_that_fails_refutes():
    outcome = claim((1, "<", 2), (2, "<", 1)).discharge()
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.certificate["counterexample"] == "case: 2 < 1"


def test_overlapping_balls_and_no_cases_prove_nothing():
    assert claim((ball(2).sqrt() ** 2, "<=", 2)).discharge().verdict is Verdict.UNKNOWN
    assert claim().discharge().verdict is Verdict.UNKNOWN


def test_what_the_cases_cover_is_written_out():
    assert claim((1, "<", 2)).written() == ("cases: these",)
