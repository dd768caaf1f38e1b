def test_the_steps_stand_without_prose(checked) -> None:
    steps = {step.step.id: step for step in checked("theorem_6_error").steps}
    for name in ("path", "other_side", "few", "source", "late", "visits", "met", "who_visits"):
        assert steps[name].verdict == "ALGEBRA CHECKED"
