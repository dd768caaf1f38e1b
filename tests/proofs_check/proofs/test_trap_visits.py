from proofs_check.proofs import trap_visits


def test_the_steps_stand_without_prose(checked) -> None:
    verdicts = {step.step.id: step.verdict for step in checked(trap_visits.KEY).steps}
    assert {verdicts[step.id] for step in trap_visits.steps()} == {"ALGEBRA CHECKED"}
