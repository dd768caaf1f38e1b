"""Proved, checked on these cases, assumed: told apart; what is open, and what failed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from proofs_check.verify import verify
from quantbc.report.blocks import Fold, Items, Section, Table
from quantbc.report.checks import broken, plain, section

Data = Callable[..., dict[str, Any]]


def part(made: Section, name: str) -> Section:
    return next(below for below in made.parts if below.name == name)


def table(made: Section, name: str) -> Table:
    return next(block for block in part(made, name).blocks if isinstance(block, Table))


def test_a_real_verification_is_told_in_full() -> None:
    report = replace(
        verify(["calibration"], second=False, empirical=False), open={"theorem_6_noisy": "nobody has proved it"}
    )
    made = section(plain(report))
    row = table(made, "proofs").rows[0]
    (result,) = report.results
    assert row[1:4] == ("ALGEBRA CHECKED", str(len(result.steps)), "0")
    assert row[-1] == str(len(result.axioms))
    assert [row[0] for row in table(made, "axioms").rows] == [axiom.name for axiom in result.axioms]
    assert [row[3] for row in table(made, "axioms").rows] == [axiom.citation for axiom in result.axioms]
    assert "nobody has proved it" in str(part(made, "open").blocks[0])


def test_the_words_are_kept_apart(checks_data: Data) -> None:
    made = section(checks_data())
    fold = next(block for block in part(made, "proofs").blocks if isinstance(block, Fold))
    steps = fold.blocks[1]
    assert isinstance(steps, Table)
    assert [row[3] for row in steps.rows] == ["ALGEBRA CHECKED; cvc5: open", "CHECKED ON CASES"]
    assert table(made, "empirical").rows[0][3] == "CHECKED ON CASES"
    assert table(made, "axioms").rows[0][2] == "assumed"
    assert table(made, "proofs").rows[0][3] == "1"


def test_what_failed_is_named(checks_data: Data) -> None:
    check = checks_data()["empirical"][0] | {"holds": False}
    made = section(checks_data(empirical=[check], problems=["rates: 7"]))
    assert table(made, "empirical").rows[0][3] == "FAILED"
    assert Items(("rates: 7",), "bad") in made.blocks


def test_a_living_mutant_is_bad_news(checks_data: Data) -> None:
    tones = [section(checks_data(mutants={"total": 3, "refuted": count})).blocks[1].tone for count in (3, 2)]
    assert tones == ["good", "bad"]


def test_a_verification_that_broke_off_is_a_problem() -> None:
    data = broken("MemoryError")
    assert data["problems"] == ["verification was aborted: MemoryError"]
    assert set(data) == set(plain(verify(["calibration"], second=False)))
    assert section(data).name == "checks"
