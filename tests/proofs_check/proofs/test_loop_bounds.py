import pytest

from bounds.catalog import catalog
from bounds.chunks import THEOREMS as CHUNKS
from bounds.loop_bounds import THEOREMS as LOOPS
from bounds.validated import THEOREMS as VALIDATED
from proofs_check.proofs import loop_bounds

KEYS = [theorem.key for theorem in (*LOOPS, *CHUNKS, *VALIDATED)]


def test_every_statement_has_a_proof():
    assert {proof.key for proof in loop_bounds.proofs()} == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_catalogs_expression_is_proved_in_every_form(stands, checked, key):
    stands(key)
    ids = {step.step.id for step in checked(key).steps}
    assert ("final" in ids, "final_simple" in ids) == (True, len(catalog[key].forms) == 2)


def test_statements_without_a_class_ask_for_none():
    for theorem in VALIDATED:
        assert not {"realizable", "iid_demonstrations"} & {assumption.name for assumption in theorem.assumptions}
        assert not {"n", "delta", "log_class_size"} & set(theorem.symbols)
