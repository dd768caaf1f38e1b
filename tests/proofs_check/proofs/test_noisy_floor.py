"""The noisy trap's floor, from one step's chance to meet the trigger to the catalog's expression."""

from proofs_check.proofs.noisy_absorption import KEY


def test_every_step_is_checked_down_to_the_catalogs_expression(stands, checked):
    assert stands(KEY) == {"disintegration", "expectation", "exponential"}
    assert {"rate", "final", "final_simple"} <= {step.step.id for step in checked(KEY).steps}
