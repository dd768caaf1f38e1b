"""Statements that pay the price of random hazards."""

import pytest

from proofs_check.library import library

TERMS = {
    "theorem_1": {"decoupling_simple", "drift"},
    "theorem_2_average": {"at_once", "imitation_simple"},
    "average_error_stochastic": {"decoupling_simple", "drift", "imitation_simple"},
}


@pytest.mark.parametrize("key", TERMS)
def test_the_kernels_theorem_needs_no_prose(stands, checked, key):
    stands(key)
    assert {step.step.id for step in checked(key).steps} == {*TERMS[key], "tight"}


@pytest.mark.parametrize("key", TERMS)
def test_every_bound_is_attained_by_its_witness(key):
    (step,) = (step for proof in library().proofs if proof.key == key for step in proof.steps if step.id == "tight")
    assert step.obligation.discharge().verdict == "CHECKED ON CASES"
    assert step.mutants[0].obligation.discharge().verdict == "REFUTED"
