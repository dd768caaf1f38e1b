"""Rocq itself, on a file of three lines; all sources are compiled by `make kernel`."""

from pathlib import Path

import pytest

from proofs_check.kernel import rocq
from proofs_check.kernel.index import KernelError

needs_rocq = pytest.mark.skipif(not rocq.installed(), reason=f"the kernel needs Rocq: {rocq.INSTALL}")


def project(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / rocq.PROJECT).write_text("-Q . Quantbc\n", encoding="utf-8")
    (folder / "Tiny.v").write_text(text, encoding="utf-8")
    return folder


def test_the_hash_sees_every_change(tmp_path: Path) -> None:
    source = project(tmp_path, "Lemma one : 1 = 1. Proof. reflexivity. Qed.\n")
    before = rocq.hash_of(rocq.sources(source))
    (source / "Tiny.v").write_text("Lemma one : 1 = 1. Proof. reflexivity.  Qed.\n", encoding="utf-8")
    assert rocq.hash_of(rocq.sources(source)) != before


def test_without_rocq_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not rocq.installed()
    with pytest.raises(KernelError, match="apt-get install coq libcoq-mathcomp-ssreflect"):
        rocq.build(tmp_path / "out")
    assert "\n" not in rocq.INSTALL


@needs_rocq
@pytest.mark.slow
def test_a_proof_is_compiled_and_a_false_one_is_not(tmp_path: Path) -> None:
    source = project(tmp_path / "source", "Lemma one : 1 = 1. Proof. reflexivity. Qed.\n")
    assert rocq.build(tmp_path / "out", source=source) > 0
    assert "Closed under the global context" in rocq.query(tmp_path / "out", "Print Assumptions Tiny.one.")
    assert rocq.coqchk(tmp_path / "out") > 0
    project(source, "Axiom one : 1 = 2.\n")
    rocq.build(tmp_path / "out", source=source)
    with pytest.raises(KernelError, match=r"coqchk finds assumed, of ours: Quantbc\.Tiny\.one"):
        rocq.coqchk(tmp_path / "out")
    project(source, "Lemma one : 1 = 2. Proof. reflexivity. Qed.\n")
    with pytest.raises(KernelError, match="Unable to unify"):
        rocq.build(tmp_path / "out", source=source)
