"""The committed proof pages are what the ledger says."""

import re
from pathlib import Path

import pytest

from proofs_check.library import library
from proofs_check.pages import pages, write
from proofs_check.verify import OPEN

DOCS = Path(__file__).parents[2] / "docs" / "proofs"


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return pages()


@pytest.mark.slow
def test_committed_pages_have_not_drifted(rendered: dict[str, str]) -> None:
    """To renew them: python -m proofs_check.pages docs/proofs."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == rendered


def test_every_step_axiom_and_open_claim_is_there(rendered: dict[str, str]) -> None:
    for proof in library().proofs:
        assert all(step.claim in rendered[f"{proof.key}.md"] for step in proof.steps)
    assert all(axiom.citation in rendered["axioms.md"] for axiom in library().axioms)
    assert all(reason in rendered["index.md"] for reason in OPEN.values())


def test_a_page_says_what_is_decided_and_in_what_a_neighbour_differs(rendered: dict[str, str]) -> None:
    page = rendered["calibration.md"]
    assert "```text\nshow gap <= 0\ngiven exp: growth*large == small\n" in page
    assert (
        "- factor 2 lost\n\n  ```diff\n  - show 2*(1 - decay) <= 2*simple\n  + show 2*(1 - decay) <= simple\n  ```\n"
        in page
    )
    other = rendered["elementary.md"]
    assert "- slope n + 1/10, at n = 2\n\n  ```diff\n  + show " in other  # nothing in common: itself alone


def formulas(page: str) -> list[str]:
    """The lines of code of a page, unbroken, without what runs in an induction."""
    blocks = re.findall(r"^ *```(?:text|diff)\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\n    ", " ").splitlines()
    return [line for line in lines if not re.match(r"[ +-]*(?:\d+: |base: |step: )*over ", line)]


def test_every_formula_is_shown_in_full(rendered: dict[str, str]) -> None:
    """z3 shortens what is too deep or too long; none of ours is."""
    shown = [line for page in rendered.values() for line in formulas(page)]
    assert len(shown) > 1000
    assert [line for line in shown if "..." in line] == []


def test_stale_pages_are_removed(tmp_path: Path, rendered: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs_check.pages.pages", lambda keys: rendered)
    (tmp_path / "gone.md").write_text("an old proof", encoding="utf-8")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(rendered)
