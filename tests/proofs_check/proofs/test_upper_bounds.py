import pytest

from bounds.catalog import catalog
from bounds.theorem import Sense
from proofs_check.library import library
from proofs_check.proofs import upper_bounds

PROVED = [proof.key for proof in upper_bounds.proofs()]
REGRET_BOUNDS = {
    "theorem_2", "theorem_3", "theorem_3_deterministic_class", "theorem_7", "theorem_7_deterministic",
    "binning_lipschitz", "small_gain", "proposition_5_corollary", "smooth_kernel", "average_error", "ross_bagnell",
}  # fmt: skip


def test_every_upper_bound_on_regret_has_a_proof():
    assert set(PROVED) == REGRET_BOUNDS
    assert all(catalog[key].sense is Sense.UPPER for key in PROVED)


@pytest.mark.parametrize("key", sorted(REGRET_BOUNDS))
def test_the_catalogs_expression_is_proved_in_every_form(stands, checked, key):
    stands(key)
    ids = {step.step.id for step in checked(key).steps}
    assert {"final"} <= ids
    assert ("final_simple" in ids) == (len(catalog[key].forms) == 2)


def test_the_average_error_form_with_the_total_variation_asks_for_deterministic_labels():
    stated = {key: {a.name for a in catalog[key].assumptions} for key in ("average_error", "average_error_stochastic")}
    assert "deterministic_expert" in stated["average_error"]
    assert "deterministic_expert" not in stated["average_error_stochastic"]


@pytest.mark.parametrize("key", sorted(REGRET_BOUNDS))
def test_every_bound_is_attained_by_its_witness(key):
    (proof,) = (proof for proof in library().proofs if proof.key == key)
    (step,) = (step for step in proof.steps if step.id == "tight")
    assert step.obligation.discharge().verdict == "CHECKED ON CASES"
    assert step.mutants[0].obligation.discharge().verdict == "REFUTED"
