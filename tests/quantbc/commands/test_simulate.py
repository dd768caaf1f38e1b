"""The report of a study: exit status, failures and violations."""

from pathlib import Path

import pytest

from quantbc import sweep
from quantbc.commands.simulate import simulate


def run(problem_file: Path, tmp_path: Path) -> int:
    return simulate(problem_file, store=None, out=tmp_path / "out", workers=1, cluster=None, json=True)


def test_a_violated_bound_is_status_one(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = sweep.compute

    def violating(cell: sweep.Cell) -> sweep.Computed:
        result, error = honest(cell)
        assert result is not None
        return result | {"holds": cell.seed != 0}, error

    monkeypatch.setattr(sweep, "compute", violating)
    assert run(problem_file, tmp_path) == 1
    assert '"violations": 8' in capsys.readouterr().out


def test_failed_cells_are_named_and_status_one(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep, "compute", lambda cell: (None, "Traceback\nArithmeticError: boom"))
    assert run(problem_file, tmp_path) == 1
    assert "ArithmeticError: boom" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "compute", interrupted)
    assert run(problem_file, tmp_path) == 1
    assert "run the same command to go on" in capsys.readouterr().err
