from dataclasses import replace
from pathlib import Path

import pytest

from proofs_check.kernel import rocq, verdicts
from proofs_check.kernel.record import Record, committed
from proofs_check.kernel.verdicts import compiled, shipped


def test_the_committed_result_proves_what_the_index_says() -> None:
    kernel = shipped()
    proof = kernel.proofs["theorem_2"]
    assert kernel.faults == ()
    assert (proof.theorem, proof.file, proof.checked_here) == ("Statements.theorem_2", "Statements.v", False)
    assert kernel.line == f"committed result for sources {rocq.hash_of()[:12]}, not re-checked on this machine"


def test_a_result_of_other_sources_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "committed", lambda: Record("0" * 64, committed().theorems))
    assert shipped().proofs == {}
    assert "sources 000000000000" in shipped().faults[0]


def test_a_faulty_theorem_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = committed()
    worse = replace(kept.theorems["Statements.theorem_2"], assumptions=("magic",))
    record = Record(kept.sources, {**kept.theorems, "Statements.theorem_2": worse})
    monkeypatch.setattr(verdicts, "committed", lambda: record)
    assert "theorem_2" not in shipped().proofs
    assert "theorem_3" in shipped().proofs
    assert shipped().faults == ("Statements.theorem_2 assumes magic",)


def test_what_is_compiled_here_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compilation itself is `make kernel`."""

    def build(folder: Path) -> float:
        return 53.4

    monkeypatch.setattr(rocq, "build", build)
    monkeypatch.setattr(verdicts, "printed", lambda folder: committed())
    kernel = compiled()
    assert kernel.line.startswith("compiled afresh in 53 s, sources ")
    assert all(proof.checked_here for proof in kernel.proofs.values())
    assert kernel.proofs["theorem_2"].to_json()["assumptions"] == []
