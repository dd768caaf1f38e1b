"""The catalog on the command line: complete, and refused where it does not know a key."""

import json

import pytest

import bounds
from proofs_check.kernel.verdicts import shipped
from proofs_check.library import library
from quantbc.commands.theorems import show
from quantbc.errors import ProblemError


def test_the_list_names_every_statement(capsys: pytest.CaptureFixture[str]) -> None:
    show(None, latex=False, json=False)
    out = capsys.readouterr().out
    assert all(key in out for key in bounds.catalog)


def test_the_list_is_in_the_papers_order_with_number_proof_and_witness(capsys: pytest.CaptureFixture[str]) -> None:
    show(None, latex=False, json=True)
    listed = json.loads(capsys.readouterr().out)["theorems"]
    numbers = [int(entry["number"].split()[1]) for entry in listed if entry["number"][-1:].isdigit()]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 10))
    assert all(entry["tight"] for entry in listed if entry["number"][-1:].isdigit())
    assert set(bounds.catalog) <= {proof.key for proof in library().proofs} | set(shipped().proofs)
    show(None, latex=False, json=False)
    rows = capsys.readouterr().out.splitlines()
    (row,) = (row for row in rows if " theorem_2 " in row)
    assert all(words in row for words in ("Theorem 2", "kernel", "MirroredLabels"))
    (row,) = (row for row in rows if " theorem_6_noisy " in row)
    assert all(words in row for words in ("Theorem 6", "steps", "NoisyTrapRegret"))
    assert not any("proved" in row for row in rows)
    assert rows[-1].startswith("provenance: paper, ")
    assert all(f"{kind.value}, " in rows[-1] for kind in bounds.Provenance)


@pytest.mark.parametrize("key", bounds.catalog)
def test_one_statement_shows_claim_assumptions_source_and_terms(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(key, latex=False, json=False)
    out = capsys.readouterr().out
    theorem = bounds.catalog[key]
    for words in (theorem.statement, theorem.source, *theorem.terms, *(a.sentence for a in theorem.assumptions)):
        assert words in out


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    show("theorem_8", latex=False, json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["terms"]["sharp"]["quantization"] == "H*eps_q"
    assert document["assumptions"][-1]["requirement"] == "eps_q <= 1/4"
    show(None, latex=False, json=True)
    listed = json.loads(capsys.readouterr().out)["theorems"]
    assert [entry["theorem"] for entry in listed] == list(bounds.catalog)


def test_latex_has_an_align_block_for_each_statement(capsys: pytest.CaptureFixture[str]) -> None:
    show(None, latex=True, json=False)
    assert capsys.readouterr().out.count(r"\begin{align") == len(bounds.catalog)


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"KEY must be one of .*, got 'theorem_4'"):
        show("theorem_4", latex=False, json=False)
    with pytest.raises(ProblemError, match="give --latex or --json, not both"):
        show(None, latex=True, json=True)
