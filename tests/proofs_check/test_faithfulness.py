"""The paper's statements beside ours: complete, and committed with the hash of what is claimed."""

from dataclasses import replace
from pathlib import Path

import pytest

from bounds.catalog import catalog
from proofs_check.faithfulness import ROWS, digest, page

PAGE = Path(__file__).parents[2] / "docs" / "faithfulness.md"


def test_the_committed_page_is_what_is_claimed() -> None:
    """To renew it: python -m proofs_check.faithfulness docs/faithfulness.md."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_numbered_statement_has_its_row() -> None:
    numbers = [row.number for row in ROWS]
    assert numbers == [
        *("Theorem 1", "Theorem 2", "Theorem 3", "Proposition 4", "Proposition 5"),
        *("Theorem 6", "Theorem 7", "Theorem 8", "Theorem 9", "Appendix A", "Appendix B"),
    ]
    assert all(row.says and row.differs and row.ours for row in ROWS)


def test_a_statement_of_the_paper_stands_in_one_row() -> None:
    placed = [theorem.key for row in ROWS for theorem in row.ours]
    assert sorted(placed) == sorted(key for key, t in catalog.items() if t.source.startswith("arXiv:2603.20538v1"))
    assert {"theorem_7_deterministic", "average_error"} <= set(placed)


@pytest.mark.parametrize("key", ["theorem_2", "theorem_8"])
def test_a_change_of_assumption_or_formula_changes_the_hash(key) -> None:
    theorem = catalog[key]
    fewer = replace(theorem, assumptions=theorem.assumptions[1:])
    terms = dict(theorem.terms)
    terms.pop("imitation")
    without = replace(theorem, terms=terms, tight=())
    assert len({digest(theorem), digest(fewer), digest(without)}) == 3
