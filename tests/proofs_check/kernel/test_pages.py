from proofs_check.kernel.index import headlines
from proofs_check.kernel.pages import pages
from proofs_check.kernel.record import committed
from tests.tree import ROOT


def test_the_committed_pages_are_those_of_the_record() -> None:
    """If it fails: python -m proofs_check.pages docs/proofs."""
    folder = ROOT / "docs" / "kernel"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == pages()


def test_every_headline_has_a_page_with_what_rocq_prints() -> None:
    rendered = pages()
    for headline in headlines():
        page = rendered[headline.name.replace(".", "-").lower() + ".md"]
        assert committed().theorems[headline.name].statement in page
        assert headline.notation in page
        assert ("An instance" in page) is bool(headline.instance)
    assert len(rendered) == len(headlines()) + 1
