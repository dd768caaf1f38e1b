"""Every declared direction of Proposition 5 and of the traps has a step, and every step can fail."""

import pytest

from proofs_check.proofs import trap_shapes


@pytest.mark.parametrize("step", trap_shapes.steps(), ids=lambda step: step.id)
def test_a_direction_is_proved_and_its_neighbours_are_refuted(step):
    assert step.obligation.discharge().verdict == "ALGEBRA CHECKED"
    assert {mutant.obligation.discharge().verdict for mutant in step.mutants} == {"REFUTED"}
