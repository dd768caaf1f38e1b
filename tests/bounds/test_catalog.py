"""The catalog: everything is there, and every entry is a full description."""

import pytest

from bounds import Provenance, Sense, catalog

KEYS = {
    "theorem_2",
    "theorem_3",
    "theorem_3_deterministic_class",
    "theorem_6",
    "theorem_6_error",
    "theorem_6_noisy",
    "theorem_6_noisy_error",
    "theorem_7",
    "theorem_7_deterministic",
    "theorem_8",
    "theorem_9",
    "proposition_5",
    "proposition_5_gaussian",
    "binning_lipschitz",
    "small_gain",
    "smooth_kernel",
    "average_error",
    "average_error_stochastic",
    "ross_bagnell",
    "foster_log_loss",
}


def test_the_catalog_is_complete_and_keys_are_keys():
    assert set(catalog) == KEYS
    assert all(theorem.key == key for key, theorem in catalog.items())


@pytest.mark.parametrize("key", sorted(KEYS))
def test_entries_say_everything(key):
    theorem = catalog[key]
    for text in (theorem.title, theorem.statement, theorem.source, theorem.paper_rate, theorem.tight, theorem.quantity):
        assert text
    assert theorem.statement.endswith(".")
    assert theorem.assumptions
    assert all(assumption.name and assumption.sentence for assumption in theorem.assumptions)
    assert len({assumption.name for assumption in theorem.assumptions}) == len(theorem.assumptions)
    assert theorem.terms
    assert theorem.forms
    assert theorem.provenance is Provenance.CITED or "arXiv:2603.20538" in theorem.source


@pytest.mark.parametrize("key", sorted(KEYS))
def test_upper_bounds_on_regret_have_the_three_terms(key):
    theorem = catalog[key]
    if theorem.sense is Sense.UPPER and theorem.ceiling == "H":
        assert tuple(theorem.terms) == ("imitation", "decoupling", "drift")


def test_cited_statements_say_so():
    cited = {key for key, theorem in catalog.items() if theorem.provenance is Provenance.CITED}
    assert cited == {"ross_bagnell", "foster_log_loss"}
    assert "cited" in catalog["foster_log_loss"].source
