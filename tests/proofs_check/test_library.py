import pytest
import z3

from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt
from proofs_check.kernel.verdicts import shipped
from proofs_check.ledger import Verdict
from proofs_check.library import library


def test_names_are_unique_and_every_claim_is_a_sentence():
    proofs = library().proofs
    assert len({proof.key for proof in proofs}) == len(proofs)
    for proof in proofs:
        for step in proof.steps:
            assert step.claim.rstrip().endswith((".", ")")), (proof.key, step.id)


def test_every_mutant_says_what_it_changed():
    for proof in library().proofs:
        for step in proof.steps:
            assert all(mutant.change.strip() for mutant in step.mutants)
            assert all(mutant.obligation != step.obligation for mutant in step.mutants)


CLEAN = {"elementary", "gain_sums", "calibration", "shapes", *shipped().proofs}
"""Groups of scalar algebra, and what the ledger keeps beside a kernel's proof: nothing leans on prose."""


def test_scalar_algebra_stands_without_prose_and_nothing_else_stands_beside_a_kernel_s_proof():
    steps = [step for proof in library().proofs if proof.key in CLEAN for step in proof.steps]
    assert [step.id for step in steps if step.leans] == []
    assert len(steps) > 100


def inductions(obligation):
    """The inductions of an obligation whose base and step are both left to z3."""
    if isinstance(obligation, Induction) and isinstance(obligation.base, Smt) and isinstance(obligation.step, Smt):
        yield obligation
    for part in getattr(obligation, "parts", ()):
        yield from inductions(part)


INDUCTIONS = {
    f"{proof.key}/{step.id}, {number}": induction
    for proof in library().proofs
    for step in proof.steps
    for number, induction in enumerate(inductions(step.obligation))
}


def starts(induction):
    """Whether the step supposes one P(h), whether the base proves it, and whether the step fails without it."""
    supposed = [name for name in induction.step.hypotheses if name.startswith("P(")]
    if len(supposed) != 1:
        return False
    base = induction.base.concluding(induction.step.hypotheses[supposed[0]])
    alone = induction.step.without(*supposed)
    return base.discharge().verdict is Verdict.CHECKED and alone.discharge().verdict is not Verdict.CHECKED


def test_there_are_inductions():
    assert len(INDUCTIONS) > 30


@pytest.mark.parametrize("name", INDUCTIONS)
def test_the_base_of_an_induction_proves_what_its_step_supposes(name):
    assert starts(INDUCTIONS[name])


def test_an_induction_that_does_not_start_or_does_not_go_on_is_noticed():
    n, s = z3.Reals("n s")
    base = Smt(2 * s == n * (n + 1), {"n": n == 0, "s": s == 0})
    step = Smt(2 * (s + n + 1) == (n + 1) * (n + 2), {"P(n)": 2 * s == n * (n + 1)})
    assert starts(Induction(base, step, "n"))
    other = Smt(s == n, {"n": n == 1, "s": s == 1})
    elsewhere = Smt(2 * (s + n + 1) == (n + 1) * (n + 3), {"P(n)": 2 * s == n * (n + 3) - 2})
    unnamed = Smt(step.goal, {"Q(n)": step.hypotheses["P(n)"]})
    idle = Smt(s * s >= 0, step.hypotheses)
    for broken in (Induction(base, elsewhere, "n"), Induction(base, unnamed, "n"), Induction(other, idle, "n")):
        assert not starts(broken)
