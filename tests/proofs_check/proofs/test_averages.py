"""Statements that pay the price of random hazards."""

import pytest
import sympy

from bounds.catalog import catalog
from proofs_check.library import library
from proofs_check.proofs import price

KEYS = ("theorem_1", "theorem_2_average", "average_error_stochastic")


@pytest.mark.parametrize(
    ("key", "terms"),
    [("average_error_stochastic", {"decoupling_simple", "drift"}), ("theorem_2_average", {"at_once"})],
)
def test_the_kernels_theorem_needs_no_prose(checked, key, terms):
    ids = {step.step.id for step in checked(key).steps}
    assert ids == {*terms, "imitation_simple", "tight"}


@pytest.mark.parametrize("key", KEYS[:1])
def test_the_catalogs_expression_is_checked_in_every_form(stands, checked, key):
    stands(key)
    ids = {step.step.id for step in checked(key).steps}
    assert {"final" if form == catalog[key].forms[0] else f"final_{form}" for form in catalog[key].forms} <= ids


@pytest.mark.parametrize("key", KEYS)
def test_every_bound_is_attained_by_its_witness(key):
    (step,) = (step for proof in library().proofs if proof.key == key for step in proof.steps if step.id == "tight")
    assert step.obligation.discharge().verdict == "CHECKED ON CASES"
    assert step.mutants[0].obligation.discharge().verdict == "REFUTED"


@pytest.mark.parametrize("key", KEYS[:1])
def test_a_form_that_is_not_proved_is_not_read(key):
    """The catalog's sharp imitation term has no more forms than the proof names."""
    found = catalog[key].parts("sharp")["imitation"]
    assert isinstance(found, sympy.Min)
    assert len(found.args) == len(price.FORMS) - 2
