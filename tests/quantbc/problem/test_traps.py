"""Theorem 6 from a problem file: the trap costs a share of the horizon, augmentation repairs it."""

from pathlib import Path
from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.problem.traps import TrapQuantizer
from quantbc.sweeps.study import measured, sweep_of

TEXT = """
name = "trap"
[system]
type = "arctan"
A = 0.2
B = 0.3
[[experts]]
name = "caught"
k = 1.0
d = 0.6
[[experts]]
name = "repaired"
k = 1.0
d = 0.6
deployment = "augmented"
[[quantizers]]
type = "trap"
eps = 0.05
[sweep]
horizons = [20]
demonstrations = [1]
seeds = [0]
episodes = 400
"""


def loaded(folder: Path, text: str) -> Any:
    (folder / "trap.toml").write_text(text, encoding="utf-8")
    return load(folder / "trap.toml")


def test_the_trap_obeys_its_floor_and_the_repair_its_ceiling(tmp_path: Path) -> None:
    caught, repaired = (measured(cell) for cell in sweep_of(loaded(tmp_path, TEXT)).cells())
    assert 0 < caught["floor"] <= caught["low"]
    assert caught["floor_statement"] is not None
    assert repaired["floor"] is None
    assert caught["bound"] is None
    assert caught["low"] > repaired["high"]
    assert repaired["holds"]
    assert repaired["low"] <= repaired["bound"] < 20


def test_the_same_rounding_without_the_trap_is_harmless(tmp_path: Path) -> None:
    caught, _ = (measured(cell) for cell in sweep_of(loaded(tmp_path, TEXT)).cells())
    plain, _ = (
        measured(cell) for cell in sweep_of(loaded(tmp_path, TEXT.replace('"trap"\neps', '"bins"\neps'))).cells()
    )
    assert plain["high"] < caught["low"]
    assert plain["low"] <= plain["bound"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("A = 0.2", "A = 1.5", r"system\.A must be a finite number in \(0, 1\)"),
        ("d = 0.6", "d = 0.3", r"d must exceed k/2"),
        ("B = 0.3", "B = 0.9", r"A \+ B must be below 1"),
        ("eps = 0.05", "eps = 2", r"quantizers\[0\]\.eps must be a finite number in \(0, 1\)"),
        ('type = "trap"', 'type = "uniform"', r"quantizers\[0\]\.type must be one of trap, bins"),
        (
            'deployment = "augmented"',
            'deployment = "greedy"',
            r"experts\[1\]\.deployment must be one of plain, augmented",
        ),
        (
            "[sweep]",
            '[deployment]\ntype = "greedy"\n[sweep]',
            r"deployment\.type must be plain or augmented for a trap",
        ),
        ("k = 1.0\n", 'type = "gaussian"\n', r"experts\[0\]\.c must be given"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(ProblemError, match=message):
        loaded(tmp_path, TEXT.replace(old, new, 1))


@pytest.mark.parametrize(("kind", "eps"), [("banana", 0.1), ("trap", 0.0), ("trap", float("nan"))])
def test_a_trap_that_cannot_be_built_cannot_exist(kind: str, eps: float) -> None:
    with pytest.raises(ProblemError, match="must be"):
        TrapQuantizer(kind, eps)
