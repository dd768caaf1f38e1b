"""The report of a study: exit status, failures and violations."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quantbc.commands import simulate as command
from quantbc.sweeps import study
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Cell, Computation

pytestmark = pytest.mark.usefixtures("sketched")

Compute = Callable[[Cell], dict[str, Any]]


@pytest.fixture
def computing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Compute], None]:
    """Puts another computation in the place of the study's."""

    def use(function: Compute) -> None:
        computation = Computation(function, study.COMPUTATION.modules)
        for module in (study, command):
            monkeypatch.setattr(module, "COMPUTATION", computation)

    return use


def simulate(problem_file: Path, tmp_path: Path, *, as_json: bool = True, resume: bool = True) -> int:
    out = tmp_path / "out"
    return command.simulate(problem_file, store=None, out=out, workers=1, cluster=None, resume=resume, json=as_json)


def test_the_document_has_every_cell_in_the_order_of_the_file(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(problem_file, tmp_path) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(cell["expert"], cell["H"], cell["seed"]) for cell in document["cells"][:3]] == [
        ("deterministic", 3, 0),
        ("deterministic", 3, 1),
        ("deterministic", 6, 0),
    ]
    assert {"violations": 0, "failures": 0, "missing": 0, "errors": []}.items() <= document.items()
    assert sum(row["cells"] for row in document["coverage"]) == len(document["cells"]) == 16


def test_a_violated_bound_is_status_one(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], computing: Callable[[Compute], None]
) -> None:
    computing(lambda cell: study.measured(cell) | {"holds": cell.seed != 0})
    assert simulate(problem_file, tmp_path) == 1
    assert json.loads(capsys.readouterr().out)["violations"] == 8


@pytest.mark.slow
def test_failed_cells_are_named_and_status_one(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], computing: Callable[[Compute], None]
) -> None:
    def half(cell: Cell) -> dict[str, Any]:
        if cell.seed and not (tmp_path / "repaired").exists():
            raise OSError("no more luck")
        return study.measured(cell)

    computing(half)
    assert simulate(problem_file, tmp_path, as_json=False) == 1
    captured = capsys.readouterr()
    assert captured.err.count("OSError: no more luck") == 8
    assert "cell failed, will be retried on the next run: gaussian, uniform 32, H = 6, n = 20, seed 1: " in captured.err
    assert "8 cells, 0 violations" in captured.out
    (tmp_path / "repaired").touch()
    assert simulate(problem_file, tmp_path, as_json=False) == 0
    assert "16 cells, 0 violations" in capsys.readouterr().out


def test_nothing_but_failures_leaves_no_tables(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], computing: Callable[[Compute], None]
) -> None:
    def hopeless(cell: Cell) -> dict[str, Any]:
        raise OSError("no luck")

    computing(hopeless)
    assert simulate(problem_file, tmp_path) == 1
    assert json.loads(capsys.readouterr().out)["cells"] == []
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["results.sqlite"]


def test_an_interruption_says_what_is_stored_and_how_to_go_on(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], computing: Callable[[Compute], None]
) -> None:
    def interrupted(cell: Cell) -> dict[str, Any]:
        if cell.labels["H"] == 6:
            raise KeyboardInterrupt
        return study.measured(cell)

    computing(interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(problem_file, tmp_path)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "interrupted: 2 cells are stored in " in captured.err
    assert "run the same command (without --no-resume) to resume" in captured.err


@pytest.mark.slow
def test_starting_anew_computes_everything_and_loses_nothing(
    problem_file: Path, tmp_path: Path, computing: Callable[[Compute], None]
) -> None:
    seen: list[int] = []

    def watched(cell: Cell) -> dict[str, Any]:
        seen.append(cell.seed)
        if len(seen) > 20:
            raise KeyboardInterrupt
        return study.measured(cell)

    computing(watched)
    assert simulate(problem_file, tmp_path) == 0
    assert simulate(problem_file, tmp_path) == 0
    assert len(seen) == 16
    with pytest.raises(KeyboardInterrupt):
        simulate(problem_file, tmp_path, resume=False)
    assert len(seen) == 21
    with Store(tmp_path / "out" / "results.sqlite") as store:
        assert len(store) == 16
