import re

import pytest

from bounds.catalog import catalog
from proofs_check.kernel.index import FOLDER, KernelError, headlines, read


def test_every_headline_is_a_theorem_of_its_file() -> None:
    for headline in headlines():
        theorem = headline.name.partition(".")[2]
        source = (FOLDER / headline.file).read_text(encoding="utf-8")
        assert re.search(rf"^(Theorem|Lemma|Corollary) {theorem}\b", source, re.MULTILINE), headline.name


def test_an_entry_of_the_catalog_is_proved_once() -> None:
    keys = [key for headline in headlines() for key in headline.proves]
    assert sorted(set(keys)) == sorted(keys)
    assert set(keys) <= set(catalog)


def test_every_theorem_has_an_instance() -> None:
    """That both sides are positive there is read from the record (`record.faults`)."""
    assert [headline.name for headline in headlines() if headline.kind == "theorem" and not headline.instance] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.v")), ids=lambda path: path.name)
def test_nothing_is_assumed_or_left_open(path) -> None:
    """The kernel says so itself (Print Assumptions); this says it where there is no kernel."""
    text = re.sub(r"\(\*.*?\*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\b(Admitted|Axioms?|Parameters?|Conjecture|admit|Abort)\b", text)
    depth = 0
    for line in text.splitlines():
        for sentence in re.findall(r"\b(Section|End|Variables?|Hypothes[ie]s|Context)\b", line):
            depth += {"Section": 1, "End": -1}.get(sentence, 0)
            assert depth > 0 or sentence in ("Section", "End"), line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["Nowhere.x"]\nnotation = "x"', "File.v among the sources, got 'Nowhere.x'"),
        ('["Master"]\nnotation = "x"', "got 'Master'"),
        ('["Master.master"]\nproves = ["theorem_2"]', "said in our notation"),
        ('["Master.master"]\nnotation = "x"\nkind = "axiom"', "a theorem, a lemma or concrete, got 'axiom'"),
        ('["Master.master"]\nnotation = "x"\nkind = "lemma"\nproves = ["theorem_2"]', "got 'lemma'"),
        ('["Master.master"]\nnotation = "x"\nkey = "theorem_2"', "got key = 'theorem_2'"),
        ('["Master.master"]\nnotation = "x"\nproves = "theorem_2"', "got proves = 'theorem_2'"),
    ],
)
def test_a_wrong_index_is_refused(text: str, message: str) -> None:
    with pytest.raises(KernelError, match=re.escape(message)):
        read(text)
