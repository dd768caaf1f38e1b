"""A problem file's study is a sweep whose cells are computed by one function of the cell alone."""

from pathlib import Path

import pytest

from quantbc.problem.file import load
from quantbc.sweeps.study import COMPUTATION, measured, sweep_of


def test_every_combination_of_a_problem_is_a_cell(problem_file: Path) -> None:
    sweep = sweep_of(load(problem_file))
    rows = [cell.row({}) for cell in sweep.cells()]
    assert len(rows) == sweep.size == 16
    settings = [(row["expert"], row["quantizer"], row["H"], row["n"], row["seed"]) for row in rows]
    assert settings[:3] == [
        ("deterministic", "openvla 256", 3, 20, 0),
        ("deterministic", "openvla 256", 3, 20, 1),
        ("deterministic", "openvla 256", 6, 20, 0),
    ]
    assert len(set(settings)) == 16
    assert sweep.version == COMPUTATION.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("noise = 0.02", "noise = 0.03"),
        ("state_weight = 1.0", "state_weight = 0.5"),
        ("count = 3", "count = 5"),
        ("bins = 32", "bins = 33"),
        ("episodes = 200", "episodes = 201"),
    ],
)
def test_whatever_a_result_depends_on_is_in_its_key(problem_file: Path, old: str, new: str) -> None:
    before = {cell.key for cell in sweep_of(load(problem_file)).cells()}
    problem_file.write_text(problem_file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    after = {cell.key for cell in sweep_of(load(problem_file)).cells()}
    assert len(before & after) == {"count = 3": 8, "bins = 32": 8}.get(old, 0)


def test_a_horizon_more_leaves_the_other_cells_as_they_were(problem_file: Path) -> None:
    before = {cell.key for cell in sweep_of(load(problem_file)).cells()}
    text = problem_file.read_text(encoding="utf-8").replace("horizons = [3, 6]", "horizons = [6, 9, 3]")
    problem_file.write_text(text, encoding="utf-8")
    assert before < {cell.key for cell in sweep_of(load(problem_file)).cells()}


def test_a_cell_measures_what_it_says(problem_file: Path) -> None:
    cell = next(iter(sweep_of(load(problem_file)).cells()))
    row = measured(cell)
    assert (row["H"], row["n"], row["expert"], row["cells"]) == (3, 20, "deterministic", 255)
    assert row["low"] <= row["regret"] <= row["high"]
    assert measured(cell) == row
