"""The committed proof pages are what the ledger says."""

from pathlib import Path

from proofs_check.library import library
from proofs_check.pages import pages, write
from proofs_check.verify import OPEN

DOCS = Path(__file__).parents[2] / "docs" / "proofs"


def test_committed_pages_have_not_drifted() -> None:
    """To renew them: python -m proofs_check.pages docs/proofs."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == pages()


def test_every_step_axiom_and_open_claim_is_there() -> None:
    rendered = pages()
    for proof in library().proofs:
        assert all(step.claim in rendered[f"{proof.key}.md"] for step in proof.steps)
    assert all(axiom.citation in rendered["axioms.md"] for axiom in library().axioms)
    assert all(reason in rendered["index.md"] for reason in OPEN.values())


def test_stale_pages_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("an old proof", encoding="utf-8")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
