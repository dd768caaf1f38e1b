"""Two audits side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from quantbc.audit.differences import KEYS, differences, read_document
from quantbc.audit.run import Settings, audit
from quantbc.errors import ProblemError
from tests.quantbc.conftest import Run


def found(path: Path, *bins: int) -> dict[str, Any]:
    return audit(path, Settings(tokenizers=("uniform",), bins=bins)).to_dict()


def test_an_audit_differs_in_nothing_from_itself(npz_file: Path) -> None:
    document = found(npz_file, 8)
    same = differences(document, document)
    assert (same.changes, same.only_before, same.only_after) == ((), (), ())
    assert "as before" in same.lines()[1]


def test_what_moved_and_what_came_is_said(npz_file: Path) -> None:
    before, after = found(npz_file, 8, 16), found(npz_file, 16, 32)
    after["tokenizers"][0]["sup_error_raw"] = [1.0]
    changed = differences(before, after)
    assert [(change.place, change.name) for change in changed.changes] == [("uniform 16", "sup_error_raw")]
    assert (changed.only_before, changed.only_after) == (("uniform 8",), ("uniform 32",))
    assert "uniform 16" in changed._repr_html_()
    json.dumps(changed.to_dict())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": 1}'])
def test_what_is_no_audit_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(ProblemError, match="--against must be the JSON document of an audit"):
        read_document(path, "--against", "an audit", KEYS)
    with pytest.raises(ProblemError, match="--against must be an existing file"):
        read_document(tmp_path / "none.json", "--against", "an audit", KEYS)
    with path.open("ab") as file:
        file.truncate(2**28 + 1)
    with pytest.raises(ProblemError, match="--against must be a file of at most 268435456 bytes, got 268435457"):
        read_document(path, "--against", "an audit", KEYS)


def test_half_a_document_is_refused(npz_file: Path) -> None:
    with pytest.raises(ProblemError, match="audits must be whole documents"):
        differences(found(npz_file, 8), {"tokenizers": []})


def test_the_command_compares_with_an_earlier_one(quantbc: Run, npz_file: Path, tmp_path: Path) -> None:
    asked = ("audit", str(npz_file), "--tokenizer", "uniform", "--bins", "8")
    old = tmp_path / "old.json"
    old.write_text(quantbc(*asked, "--json")[1])
    status, out, _ = quantbc(*asked, "--mask", "0", "--range", "-9,9", "--against", str(old))
    assert status == 0
    assert "sup_error" in out
    assert "Numbers that changed by more than 0.1 %" in out
