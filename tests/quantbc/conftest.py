"""The command line, toy computations, and a small problem that tests break in one place at a time."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from quantbc.cli import main
from tests.problems import PROBLEM

sys.path.append(str(Path(__file__).parent / "support"))  # worker processes import the toys under the same name

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """Computations of toy sweeps."""
    return importlib.import_module("toy_cells")


@pytest.fixture
def quantbc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: exit status, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["quantbc", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return int(exit_.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots are written as SVG only: three formats take most of the time of a small study."""
    monkeypatch.setattr("figures.style.FORMATS", ("svg",))


@pytest.fixture
def problem_text() -> str:
    return PROBLEM


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.toml"
    path.write_text(PROBLEM, encoding="utf-8")
    return path
