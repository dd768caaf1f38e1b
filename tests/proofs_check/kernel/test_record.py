from dataclasses import replace
from pathlib import Path

import pytest

from proofs_check.kernel import record, rocq
from proofs_check.kernel.index import FOLDER, Headline, KernelError, headlines
from proofs_check.kernel.record import Record, committed, differences, faults

NAME = "Statements.theorem_2"
HEADLINE = next(headline for headline in headlines() if headline.name == NAME)


def changed(**values: object) -> Record:
    kept = committed()
    return Record(kept.sources, {**kept.theorems, NAME: replace(kept.theorems[NAME], **values)})


def test_the_record_is_of_these_sources_and_of_every_headline() -> None:
    """If it fails: `make kernel-record`, and look at what changed."""
    assert committed().sources == rocq.hash_of()
    assert list(committed().theorems) == [headline.name for headline in headlines()]


def test_lines_are_those_of_every_file_that_a_theorem_rests_on() -> None:
    """`LearnerStatements` stands on the second line of what Theorem1.v requires, and nothing else there leads to it."""
    assert {"Theorem1.v", "LearnerStatements.v", "Hellinger.v"} < record._rests_on("Theorem1.v", FOLDER)


def test_nothing_is_assumed_and_every_instance_is_one() -> None:
    assert faults(committed()) == ()


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"assumptions": ("Classical_Prop.classic",)}, f"{NAME} assumes Classical_Prop.classic"),
        ({"statement": "regret <= Catalog.theorem_22 H"}, f"{NAME} does not speak of Catalog.theorem_2"),
        ({"applied": False}, f"{HEADLINE.instance} does not apply {NAME}"),
        ({"instance": "0 <= P <= a ^+ n"}, f"{HEADLINE.instance} does not say that the sides are positive"),
    ],
)
def test_a_faulty_headline_is_seen(values: dict[str, object], fault: str) -> None:
    assert faults(changed(**values)) == (fault,)


def test_a_proved_entry_needs_an_instance_and_every_headline_a_record() -> None:
    without = replace(HEADLINE, instance="")
    assert faults(committed(), [without]) == (f"{NAME} has no instance",)
    with pytest.raises(KernelError, match=r"Master\.imitation is not in the record"):
        faults(committed(), [Headline("Master.imitation", "imitation")])


def test_every_change_of_what_rocq_prints_is_named() -> None:
    other = Record("0" * 64, changed(statement="True").theorems)
    fewer = Record(committed().sources, {NAME: committed().theorems[NAME]})
    assert differences(other, committed()) == ("the sources have another hash", f"{NAME}: its statement changed")
    assert "Master.master is gone" in differences(fewer, committed())
    assert "Master.master is new" in differences(committed(), fewer)


def test_theorems_are_asked_one_by_one_only_if_all_together_assume_something(monkeypatch, tmp_path: Path) -> None:
    chosen = headlines()[:2]
    first, second = (headline.name for headline in chosen)
    closed, axiom = "Closed under the global context", "Axioms:\nclassic : forall P, P \\/ ~ P"
    asked = []

    def answer(folder: Path, text: str) -> str:
        asked.append(text)
        if "together" in text:
            return together
        return f"=== {first} assumptions ===\n{closed}\n=== {second} assumptions ===\n{axiom}\n"

    monkeypatch.setattr(rocq, "query", answer)
    together = closed
    assert record._assumptions(tmp_path, chosen) == {first: (), second: ()}
    assert len(asked) == 1
    together = axiom
    assert record._assumptions(tmp_path, chosen) == {first: (), second: ("classic",)}
    together = ""
    with pytest.raises(KernelError, match="neither with axioms nor with none"):
        record._assumptions(tmp_path, chosen)
