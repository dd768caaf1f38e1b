import pytest
import z3

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Verdict

n, s = z3.Reals("n s")
BASE = Smt(2 * s == n * (n + 1), {"n": n == 0, "s": s == 0})
STEP = Smt(2 * (s + n + 1) == (n + 1) * (n + 2), {"P(n)": 2 * s == n * (n + 1)})


def test_base_and_step_make_a_proof():
    outcome = Induction(BASE, STEP, "n from 0").discharge()
    assert outcome.verdict is Verdict.CHECKED
    assert outcome.certificate["base negation"] == outcome.certificate["step negation"] == "unsat"


def test_a_wrong_base_and_a_wrong_step_prove_nothing():
    wrong_base = BASE.supposing({"s": s == 1})
    wrong_step = STEP.concluding(2 * (s + n + 1) == (n + 1) * (n + 3))
    assert Induction(wrong_base, STEP, "n from 0").discharge().verdict is Verdict.UNKNOWN
    outcome = Induction(BASE, wrong_step, "n from 0").discharge()
    assert outcome.verdict is Verdict.UNKNOWN
    assert "step is REFUTED" in outcome.certificate["reason"]


p, m = z3.Reals("p m")
POWERS = Smt(p <= n + 1, {"n": z3.And(n == 0, p == 1)})  # false of p = 2^n from n = 2 on


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Smt(p <= n + 1, {"P(n)": POWERS.goal}), id="stands still"),
        pytest.param(Smt(p <= p + n, {"n": n >= 0, "P(n)": POWERS.goal}), id="concludes something else"),
        pytest.param(Smt(2 * p <= 2 * n + 2, {"P(n)": POWERS.goal}), id="says the same in other words"),
    ],
)
def test_a_step_that_does_not_lead_to_the_next_value_shows_nothing(step: Smt):
    induction = Induction(POWERS, step, "n from 0; p stands for 2^n")
    outcome = induction.discharge()
    assert (outcome.verdict, induction.established()) == (Verdict.UNKNOWN, ())
    assert "next values" in outcome.certificate["reason"]


def test_every_part_of_the_claim_is_carried_on_by_a_part_of_its_own():
    """n <= s for s = n says nothing of p <= m."""
    claim = z3.And(n <= s, p <= m)
    base = Smt(claim, {"n": z3.And(n == 0, s == 0, p == 0, m == 0)})
    on = Smt(z3.And(n + 1 <= s + 1, n + 1 <= s + 2), {"P(n)": claim})
    assert Induction(base, on, "n").advances()  # p and m are what the second part says that they are
    assert not Induction(base, on.concluding(n + 1 <= s + 1), "n").advances()


def test_letters_that_the_base_does_not_fix_do_not_move():
    free = Smt(s * s + n >= n, {"n": n == 0})
    moving = [Smt(x * x + (n + 1) >= n + 1, {"P(n)": free.goal}) for x in (s, m)]
    assert [Induction(free, step, "n").advances() for step in moving] == [True, False]


def test_all_reports_the_first_part_that_fails():
    assert All((BASE, STEP)).discharge().verdict is Verdict.CHECKED
    assert All((BASE, BASE.without("s"), STEP)).discharge().verdict is Verdict.REFUTED
    assert All((BASE, Induction(BASE, STEP, "n"))).engine == "smt+induction"


def test_base_step_and_parts_are_written_out():
    lines = Induction(BASE, STEP, "n from 0").written()
    assert lines[0] == "over n from 0"
    assert lines[1:] == (*(f"base: {line}" for line in BASE.written()), *(f"step: {line}" for line in STEP.written()))
    parts = All((BASE, STEP)).written()
    assert parts == (*(f"1: {line}" for line in BASE.written()), *(f"2: {line}" for line in STEP.written()))
