"""The trap quantizer's error on the expert's own path."""

from proofs_check.proofs import trap_error


def test_every_step_is_checked_down_to_the_catalogs_expression(stands, checked):
    assert stands(trap_error.KEY) == {"arctan", "disintegration", "expectation", "exponential_unit"}
    result = checked(trap_error.KEY)
    assert {"final", "final_simple"} <= {step.step.id for step in result.steps}
    assert result.verdict == "ALGEBRA CHECKED"
    assert not any(step.step.leans for step in result.steps)
