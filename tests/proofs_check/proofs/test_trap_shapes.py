"""Every declared direction of Proposition 5 and of the traps has a step, and every step can fail."""

import pytest

from proofs_check.proofs import shapes, trap_shapes


@pytest.mark.parametrize("step", trap_shapes.steps(), ids=lambda step: step.id)
def test_a_direction_is_proved_and_its_neighbours_are_refuted(step):
    assert step.obligation.discharge().verdict == "PROVED"
    assert {mutant.obligation.discharge().verdict for mutant in step.mutants} == {"REFUTED"}


def test_they_stand_behind_the_declarations():
    (declared,) = (step for step in shapes.proof().steps if step.id == "declared")
    assert {f"shapes/{step.id}" for step in trap_shapes.steps()} <= set(declared.premises)
