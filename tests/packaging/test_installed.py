"""The wheel in an empty environment, outside the checkout: the commands work and answer what the sources answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from quantbc import __version__
from quantbc.cli import app, main
from tests.packaging.conftest import Built, Run
from tests.tree import ROOT

BOUND = (
    *("bound", "--theorem", "theorem_2", "--horizon", "50", "--bins", "256", "--low", "-1", "--high", "1"),
    *("--demos", "1000", "--class-size", "256", "--gain", "0.5", "--decay", "0.5", "--tv-lipschitz", "2", "--json"),
)


def test_it_is_the_wheel_that_runs(run_installed: Run) -> None:
    where = run_installed("python", "-c", "import bounds, quantbc; print(bounds.__file__, quantbc.__version__)")
    path, version = where.stdout.split()
    assert "site-packages" in path
    assert not Path(path).is_relative_to(ROOT)
    assert version == __version__


def test_what_is_required_is_installed_and_agrees(run_installed: Run) -> None:
    done = run_installed("python", "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_what_extras_bring_and_only_tests_need_is_not_installed(run_installed: Run) -> None:
    for name in ("pytest", "hypothesis", "z3", "sklearn", "tests", "benchmarks"):
        assert run_installed("python", "-c", f"import {name}").returncode == 1, name


def test_a_bound_is_the_sources_bound(
    run_installed: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run_installed("quantbc", *BOUND)
    assert done.returncode == 0, done.stderr
    monkeypatch.setattr(sys, "argv", ["quantbc", *BOUND])
    with pytest.raises(SystemExit):
        main()
    assert json.loads(done.stdout) == json.loads(capsys.readouterr().out)


def test_bad_input_is_refused_in_one_line(run_installed: Run) -> None:
    done = run_installed("quantbc", "verify", "theorem_0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_explains_itself(run_installed: Run, command: str) -> None:
    done = run_installed("quantbc", command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: quantbc" in done.stdout


def test_mypy_reads_the_installed_types(run_installed: Run, tmp_path: Path) -> None:
    python = run_installed("python", "-c", "import sys; print(sys.executable)").stdout.strip()
    program = tmp_path / "user.py"

    def checked(line: str) -> subprocess.CompletedProcess[str]:
        program.write_text(f"import bounds\n{line}\n", encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, program.name]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    right = checked('total = bounds.evaluate(bounds.catalog["ross_bagnell"], H=10, step_error=0.01).total')
    assert right.returncode == 0, right.stdout
    wrong = checked('bounds.evaluate("ross_bagnell", H=10, step_error=0.01)')
    assert wrong.returncode == 1
    assert "arg-type" in wrong.stdout


def test_a_theorem_is_proved_and_attacked_once_the_extra_is_there(run_installed: Run, built: Built) -> None:
    before = run_installed("quantbc", "verify", "theorem_2")
    assert (before.returncode, before.stderr.count("\n")) == (2, 1)
    assert "pip install 'quantbc[proofs]'" in before.stderr
    added = run_installed(
        "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:", f"{built.wheel}[proofs]"
    )
    assert added.returncode == 0, added.stderr
    done = run_installed("quantbc", "verify", "theorem_2", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["theorems"]["theorem_2"]["verdict"] == "PROVED"
    assert report["mutants"]["refuted"] == report["mutants"]["total"] > 0
