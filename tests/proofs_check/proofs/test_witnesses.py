import pytest

from bounds.catalog import catalog
from proofs_check.proofs import witnesses

KEYS = ("theorem_2", "small_gain", "smooth_kernel", "ross_bagnell")


@pytest.mark.parametrize("key", KEYS)
def test_the_step_has_a_mutant_for_every_term_and_refutes_it(key):
    step = witnesses.tight(key)
    assert step.obligation.discharge().verdict == "CHECKED ON CASES"
    assert [mutant.change for mutant in step.mutants] == [
        f"{term} x 0.999 ({witness})" for witness, term in catalog[key].tight
    ]
    assert {mutant.obligation.discharge().verdict for mutant in step.mutants} == {"REFUTED"}


def test_limits_are_said():
    assert "Decoupling (decoupling, eps -> 0); Drift (drift)" in witnesses.tight("theorem_2").claim
