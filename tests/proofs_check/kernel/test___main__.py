"""`make kernel` does the work; here is what it does where there is nothing to work with."""

from pathlib import Path

import pytest

from proofs_check.kernel import rocq
from proofs_check.kernel.__main__ import main


@pytest.mark.parametrize("required", [False, True])
def test_without_rocq_it_says_so_and_fails_only_where_it_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], required: bool
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("QUANTBC_REQUIRE_KERNEL", raising=False)
    if required:
        monkeypatch.setenv("QUANTBC_REQUIRE_KERNEL", "1")
    assert main([str(tmp_path / "out")]) == int(required)
    assert capsys.readouterr().out == f"not checked, Rocq is missing: {rocq.INSTALL}\n"
