"""The mutation run finds what it should: a control passes, a changed statement dies, wording is left out."""

import subprocess
import sys

import pytest

from tests.mutation.__main__ import stratified
from tests.mutation.mutants import OF_PROOFS, ROOT, build, names_of


@pytest.mark.slow
def test_wording_and_exports_are_no_mutants() -> None:
    mutants = [mutant for name in names_of("bounds/neighbours.py") if (mutant := build(name))]
    assert len(mutants) > 100
    for mutant in mutants:
        assert mutant.source != mutant.path.read_text(encoding="utf-8")
        assert "__all__" not in mutant.change
    assert any("+" in m.change and "multiplier=3" in m.change for m in mutants)  # what it says outside functions


def test_a_changed_false_neighbour_is_told_from_changed_code() -> None:
    kinds: set[str] = set()
    for name in names_of("proofs_check/proofs/sums.py")[::7]:
        kinds |= {mutant.kind} if (mutant := build(name)) else set()
        if len(kinds) > 1:
            break
    assert kinds == {"code", OF_PROOFS}


def test_samples_are_seeded_and_take_from_every_module() -> None:
    every = [f"bounds.m{module}:{number}" for module in range(60) for number in range(1 + module**2 // 2)]
    sample = stratified(every, 200, 0)
    assert sample == stratified(every, 200, 0) != stratified(every, 200, 1)
    assert len(set(sample)) == len(sample) >= 200
    assert {name.partition(":")[0] for name in sample} == {name.partition(":")[0] for name in every}


@pytest.mark.slow
def test_a_changed_constant_is_killed_and_an_unused_default_survives() -> None:
    """In another process: the run must import the packages anew."""
    code = (
        "from tests.mutation.mutants import Mutant, ROOT\n"
        "from tests.mutation.runner import preload, run_all\n"
        "path = ROOT / 'bounds' / 'quantization.py'\n"
        "source = path.read_text(encoding='utf-8')\n"
        "preload()\n"
        "def mutant(change): return Mutant('m', 'bounds.quantization', path, change, 1, 'code', 'x')\n"
        "wrong = source.replace('highest / 2.0', 'highest / 3.0')\n"
        "changed = [source + '\\n_UNREAD = 1\\n', wrong, source + '\\nraise OSError\\n']\n"
        "print([v.word for v in run_all(map(mutant, changed), {}, -1.0, 1)])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "['survived', 'killed by its own tests', 'killed on import']\n"
