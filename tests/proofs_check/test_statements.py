"""The page of statements says of each what the catalog says, and whether it is proved."""

import pytest

from bounds.catalog import catalog
from bounds.symbols import SYMBOLS
from bounds.typeset import formula
from proofs_check.kernel.index import headlines
from proofs_check.library import library
from proofs_check.statements import page
from proofs_check.verify import OPEN

STEPS = {proof.key for proof in library().proofs}
PAGE = page(STEPS, OPEN)
KERNEL = {key for headline in headlines() for key in headline.proves}


def section(key: str) -> str:
    return PAGE.split(f"\n## {key}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("key", catalog)
def test_every_statement_is_there_with_its_terms_and_hypotheses(key: str) -> None:
    theorem, text = catalog[key], section(key)
    assert all(part in text for part in (theorem.statement, theorem.source, theorem.left, theorem.provenance.value))
    assert all(assumption.sentence in text for assumption in theorem.assumptions)
    for form in theorem.forms:
        assert all(formula(term) in text for term in theorem.parts(form).values() if term != 0)


@pytest.mark.parametrize("key", catalog)
def test_every_statement_says_whether_it_is_proved(key: str) -> None:
    text = section(key)
    assert ("PROVED by the kernel: [" in text) == (key in KERNEL)
    assert (f"[algebra, step by step]({key}.md)" in text) == (key in STEPS)
    assert ("Not proved by the kernel; [algebra" in text) == (key not in OPEN and key not in KERNEL)
    assert (f"*Not proved here*: {OPEN.get(key)}." in text) == (key in OPEN)


def test_a_statement_without_evidence_is_no_page() -> None:
    key = min(set(catalog) - KERNEL - set(OPEN))
    with pytest.raises(KeyError, match=key):
        page(set(catalog) - {key}, {})


def test_every_symbol_is_explained() -> None:
    assert all(f"| `{name}` |" in section("Symbols") for name in SYMBOLS)


def test_only_regret_is_called_regret() -> None:
    """A bound on the trap quantizer's error was once displayed as a bound on regret."""
    wrong = [t.key for t in catalog.values() if ("Regret" in t.left) != ("regret" in t.quantity)]
    assert wrong == []
