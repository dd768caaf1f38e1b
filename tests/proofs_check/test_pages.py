"""The committed proof pages are what the ledger says."""

from pathlib import Path

import pytest

from proofs_check.engines.second_opinion import smt_claims
from proofs_check.library import library
from proofs_check.pages import pages, write
from proofs_check.verify import OPEN

DOCS = Path(__file__).parents[2] / "docs" / "proofs"


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return pages()


def test_committed_pages_have_not_drifted(rendered: dict[str, str]) -> None:
    """To renew them: python -m proofs_check.pages docs/proofs."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == rendered


def test_every_step_axiom_and_open_claim_is_there(rendered: dict[str, str]) -> None:
    for proof in library().proofs:
        assert all(step.claim in rendered[f"{proof.key}.md"] for step in proof.steps)
    assert all(axiom.citation in rendered["axioms.md"] for axiom in library().axioms)
    assert all(reason in rendered["index.md"] for reason in OPEN.values())


def test_a_page_says_what_is_decided_and_in_what_a_neighbour_differs(rendered: dict[str, str]) -> None:
    page = rendered["lemma_s2.md"]
    assert "```text\nshow tv*tv <= d2*(1 - d2/4)\ngiven laws: And(p == 1, q == 1)\n" in page
    assert "- TV without the half\n\n  ```diff\n  - given tv: twice == 2*tv\n  + given tv: twice == tv\n  ```\n" in page
    assert "- on one atom, without the 2\n\n  ```diff\n  + show " in page  # nothing in common: itself alone


def test_every_formula_is_shown_in_full() -> None:
    """z3 shortens what is too deep or too long; none of ours is."""
    for proof in library().proofs:
        for step in proof.steps:
            for obligation in (step.obligation, *(mutant.obligation for mutant in step.mutants)):
                for claim in smt_claims(obligation):
                    assert not any("..." in line for line in claim.written())


def test_stale_pages_are_removed(tmp_path: Path, rendered: dict[str, str]) -> None:
    (tmp_path / "gone.md").write_text("an old proof", encoding="utf-8")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(rendered)
