"""Errors say in one line what is wrong and what would help."""

import subprocess
import sys
from pathlib import Path

import pytest

from quantbc.errors import ProblemError, missing_extra, require_own_packages

ROOT = Path(__file__).parents[2]


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.append({str(ROOT)!r}); {code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)


def test_a_problem_error_is_a_value_error() -> None:
    assert issubclass(ProblemError, ValueError)


@pytest.mark.parametrize(("module", "extra"), [("z3", "proofs"), ("sklearn.cluster", "learned"), ("h5py", "data")])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(module: str, extra: str) -> None:
    assert f"pip install 'quantbc[{extra}]'" in str(missing_extra(module))


def test_other_missing_modules_are_no_extra() -> None:
    assert missing_extra("bound") is None
    assert missing_extra(None) is None


def test_a_command_without_its_extra_ends_in_one_line(tmp_path: Path) -> None:
    code = (
        "sys.modules['z3'] = None; sys.argv = ['quantbc', 'verify', 'gain_sums']; from quantbc.cli import main; main()"
    )
    done = run(code, tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"quantbc: {missing_extra('z3')}\n"


def test_our_own_packages_are_found() -> None:
    require_own_packages()


@pytest.mark.parametrize("use", ["import quantbc; quantbc.catalog", "from quantbc.cli import main; main()"])
def test_a_folder_is_no_package_where_ours_are_found_later(use: str, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    done = subprocess.run([sys.executable, "-c", use], capture_output=True, text=True, cwd=tmp_path)
    assert f"{tmp_path / 'figures'} hides" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("use", ["import quantbc; quantbc.catalog", "from quantbc.cli import main; main()"])
def test_a_file_that_hides_a_package_is_named(use: str, tmp_path: Path) -> None:
    (tmp_path / "bounds.py").write_text("catalog = 1", encoding="utf-8")
    done = run(use, tmp_path)
    assert done.returncode
    assert f"{tmp_path / 'bounds.py'} hides quantbc's package 'bounds'" in done.stderr.splitlines()[-1]
