"""Verification on the command line: a statement with everything it rests on, and a claim that fails."""

import json
from pathlib import Path

import pytest

from proofs_check.engines.exact import Case, Exact
from proofs_check.ledger import Library, Mutant, Proof, Step
from quantbc.commands import verify as command
from quantbc.commands.verify import run
from quantbc.errors import ProblemError


def test_a_lemma_is_checked_and_its_axioms_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibration"], json=True) == 0
    document = json.loads(capsys.readouterr().out)
    lemma = document["theorems"]["calibration"]
    assert lemma["verdict"] in ("ALGEBRA CHECKED", "ASSUMED")
    assert {"id", "engine", "verdict", "seconds"} <= set(lemma["steps"][0])
    assert document["mutants"]["total"] == document["mutants"]["refuted"] > 0
    assert isinstance(lemma["axioms"], list)


def test_named_statements_are_shown_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibration"], json=False) == 0
    out = capsys.readouterr().out
    assert "mutants refuted" in out
    assert "ALGEBRA CHECKED" in out
    assert "PROVED" not in out


def test_what_the_kernel_proves_is_said_to_be_its(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["theorem_8"], json=False) == 0
    assert "PROVED: by the kernel" in capsys.readouterr().out


def test_a_false_claim_is_status_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    false = Exact(lambda: iter([Case("two", 2, "<=", 1)]), "one case")
    step = Step("claim", "2 is at most 1", false, (Mutant("itself", false),))
    library = Library((Proof("wrong", "A false claim", "lemma", "ours", "here", (step,)),), ())
    monkeypatch.setattr("proofs_check.verify.library", lambda: library)
    monkeypatch.setattr(command, "library", lambda: library)
    assert run(["wrong"], json=False) == 1
    assert "PROBLEM: wrong/claim is REFUTED" in capsys.readouterr().out


def test_a_statement_is_proved_by_the_kernel_and_it_says_how_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["theorem_9"], json=True) == 0
    document = json.loads(capsys.readouterr().out)
    proved = [key for key, entry in document["theorems"].items() if entry["verdict"] == "PROVED"]
    assert proved == ["theorem_9"]
    assert document["theorems"]["theorem_9"]["kernel"]["theorem"] == "Statements.theorem_9"
    assert document["theorems"]["theorem_9"]["kernel"]["checked_here"] is False
    assert document["kernel"].endswith("not re-checked on this machine")


def test_without_rocq_the_kernel_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProblemError, match=r"^--kernel needs Rocq: apt-get install coq libcoq-mathcomp-ssreflect"):
        run([], json=False, kernel=True)


def test_an_unknown_statement_is_refused() -> None:
    with pytest.raises(
        ProblemError, match="no proof named theorem_4; KEY must be one that `quantbc theorems` lists, or elem"
    ):
        run(["theorem_4"], json=False)
