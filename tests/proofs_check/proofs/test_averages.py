"""Statements that pay the price of random hazards."""

import pytest

from proofs_check.proofs import averages


@pytest.mark.parametrize("key", [proof.key for proof in averages.proofs()])
def test_the_kernels_theorem_needs_no_prose_and_is_attained(stands, checked, key):
    stands(key)
    steps = {step.step.id: step for step in checked(key).steps}
    assert not any(step.step.leans for step in steps.values())
    assert steps["tight"].verdict == "CHECKED ON CASES"
