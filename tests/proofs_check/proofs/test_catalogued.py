import pytest

from bounds.catalog import catalog
from bounds.theorem import Sense
from proofs_check.kernel.verdicts import shipped
from proofs_check.ledger import Verdict
from proofs_check.library import library
from proofs_check.proofs import catalogued

KEYS = [reading.key for reading in catalogued.READINGS]
READ = {proof.key: proof for proof in library().proofs if proof.key in KEYS}


@pytest.mark.slow
@pytest.mark.parametrize("key", READ)
def test_the_catalogs_terms_are_read_back(stands, key):
    stands(key)
    assert catalog[key].sense is Sense.UPPER


@pytest.mark.parametrize("key", READ)
def test_only_what_the_kernel_does_not_prove_ends_in_prose(checked, key):
    """No step stands beside a kernel's proof of the same."""
    proved = key in shipped().proofs
    assert any(step.id.startswith("final") for step in READ[key].steps) != proved
    words = {step.verdict for step in checked(key).steps}
    assert (Verdict.ASSUMED in words) != proved


def test_every_term_of_a_proved_bound_is_read():
    """A term that nothing reads back is one whose recursion nothing shows."""
    read = {"imitation": "imitation_", "decoupling": "decoupling_", "drift": "drift"}
    for key, proof in READ.items():
        ids = [step.id for step in proof.steps]
        parts = {name for name, part in catalog[key].parts().items() if part != 0}
        if key == "ross_bagnell" or key == "validated_mismatch":  # one product, nothing to read
            parts -= {"imitation"}
        if key == "chunked_lipschitz":  # the kernel solves its recursion, Chunks.chunk_growth
            parts -= {"drift"}
        assert all(any(step.startswith(read[name]) for step in ids) for name in parts), key


def test_the_average_error_form_with_the_total_variation_asks_for_deterministic_labels():
    stated = {key: {a.name for a in catalog[key].assumptions} for key in ("average_error", "average_error_stochastic")}
    assert "deterministic_expert" in stated["average_error"]
    assert "deterministic_expert" not in stated["average_error_stochastic"]
