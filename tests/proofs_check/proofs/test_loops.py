from proofs_check.proofs import loops


def test_the_recursion_and_its_inputs_are_proved(stands, checked):
    assert "optimal_coupling" in stands(loops.KEY)
    ids = {step.step.id for step in checked(loops.KEY).steps}
    assert {"recursion", "solved", "lost", "shared_noise", "in_mean", "own_loop", "reference"} <= ids
