"""The bench of faults, a few hundred cases of it; `make fuzz` tries ten thousand and writes docs/faults.md."""

import random
import sqlite3
from pathlib import Path

import pytest

from tests.fuzz import bench
from tests.fuzz.bench import KINDS, Found

FEW = {"SIGKILL": 3, "SIGINT": 4, "demonstration": 30, "problem files": 120}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_and_nothing_is_wrong(kind: str) -> None:
    _, share = KINDS[kind]
    count = next((few for word, few in FEW.items() if kind.startswith(word)), 60)
    (row,) = bench.bench(round(count / share), 1, kind)
    slow = [fault for fault in row.faults if fault.endswith(" s")]  # a loaded machine refutes nothing
    assert (row.lost, row.wrong, [fault for fault in row.faults if fault not in slow]) == (0, 0, [])
    assert row.cases == count


def test_what_is_lost_or_wrong_is_counted(tmp_path: Path) -> None:
    path = bench.filled(tmp_path / "results.sqlite")
    with sqlite3.connect(path) as store:
        store.execute("DELETE FROM cells WHERE rowid = 1")
    store.close()
    assert bench.compared(path, list(bench.CELLS), Found()).lost == 1
    with bench.Store(path) as results:
        results.put([bench.Outcome(bench.CELLS[1], '{"value": 99.5}', None)])
    assert bench.compared(path, [], Found()).wrong == 1


def test_the_same_seed_flips_the_same_bytes() -> None:
    content = bytes(range(256)) * 4
    first, second = (bench.flipped(random.Random(3), content) for _ in range(2))  # noqa: S311
    assert first == second != content


def test_the_page_says_what_was_tried() -> None:
    text = bench.page(bench.bench(20, 0, "two writers"), 0, 61)
    assert "| two writers of one store and one table | 2 | both went on 2 | 0 | 0 | 0 |" in text
