"""The Gaussian trap's floor, every joint a formula."""

from proofs_check.proofs.gaussian_trap import KEY


def test_every_step_is_checked_and_none_leans_on_prose(stands, checked):
    assert stands(KEY) == {"disintegration", "expectation"}
    result = checked(KEY)
    assert result.verdict == "ALGEBRA CHECKED"
    assert not any(step.step.leans for step in result.steps)
