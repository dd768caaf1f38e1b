"""The steps of the rate of absorption; that paths are absorbed no later is tested on the trap's witness."""

from proofs_check.proofs import noisy_absorption


def test_every_step_is_one_of_the_floor_and_stands(stands, checked):
    stands(noisy_absorption.KEY)
    assert {step.id for step in noisy_absorption.steps()} <= {s.step.id for s in checked(noisy_absorption.KEY).steps}
