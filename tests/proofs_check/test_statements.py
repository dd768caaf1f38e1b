"""The page of statements says of each what the catalog says, and whether it is proved."""

import pytest

from bounds.catalog import catalog
from bounds.symbols import SYMBOLS
from bounds.typeset import formula
from proofs_check.pages import pages
from proofs_check.statements import page
from proofs_check.verify import OPEN

PAGE = pages()["statements.md"]


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
    assert (OPEN[key] in section(key)) if key in OPEN else (f"*Proved*, step by step: [{key}]" in section(key))


def test_a_statement_without_evidence_is_no_page() -> None:
    with pytest.raises(KeyError, match="theorem_9"):
        page(set(catalog) - {"theorem_9"}, {})


def test_every_symbol_is_explained() -> None:
    assert all(f"| `{name}` |" in section("Symbols") for name in SYMBOLS)


def test_only_regret_is_called_regret() -> None:
    """A bound on the trap quantizer's error was once displayed as a bound on regret."""
    wrong = [t.key for t in catalog.values() if ("Regret" in t.left) != ("regret" in t.quantity)]
    assert wrong == []
