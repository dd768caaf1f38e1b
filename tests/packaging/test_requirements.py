"""What setup.cfg claims: every dependency has wheels for each Python version it lists."""

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import PACKAGES, ROOT, sources

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg")
PYTHONS = re.findall(r"Python :: (3\.\d+)", SETUP["metadata"]["classifiers"])
FROM_SOURCE = "pymdptoolbox"  # published without a wheel; benchmarks alone use it
OURS = [path for path in sources() if path.suffix == ".py" and path.parts[0] in PACKAGES]


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def requirements() -> list[str]:
    """Everything a developer installs, extras written out, in the form that pip reads."""
    extras = [line for extra in SETUP["options.extras_require"].values() for line in lines(extra)]
    found = [*lines(SETUP["options"]["install_requires"]), *extras]
    return [line for line in found if not line.startswith(("quantbc[", FROM_SOURCE))]


def resolved(wanted: list[str], python: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask the registry for releases that go together and have wheels for this machine and that Python."""
    listed = folder / "requirements.in"
    listed.write_text("\n".join(wanted), encoding="utf-8")
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--system-certs", "--only-binary", ":all:"]
    # the certificates of the machine, as pip uses them
    command += ["--python-version", python, "--output-file", str(folder / "resolved.txt"), str(listed)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_versions_listed_begin_with_the_one_required() -> None:
    assert SETUP["options"]["python_requires"] == f">={PYTHONS[0]}"
    assert len(PYTHONS) > 1
    assert [int(python.split(".")[1]) for python in PYTHONS] == list(range(11, 11 + len(PYTHONS)))


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_wheels(python: str, tmp_path: Path) -> None:
    done = resolved(requirements(), python, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_dependency_without_a_wheel_is_seen(tmp_path: Path) -> None:
    done = resolved([FROM_SOURCE], PYTHONS[-1], tmp_path)
    assert done.returncode != 0
    assert "no usable wheels" in done.stderr


def test_every_requirement_has_a_lower_bound() -> None:
    assert [line for line in requirements() if ">=" not in line] == []


def read_by_the_oldest(source: str) -> None:
    """Newer versions read what older ones do; what they deprecate shows when the tests run there."""
    ast.parse(source, feature_version=(3, int(PYTHONS[0].split(".")[1])))


def test_the_oldest_python_reads_our_sources() -> None:
    for path in OURS:
        read_by_the_oldest((ROOT / path).read_text(encoding="utf-8"))


def test_newer_syntax_would_be_seen() -> None:
    with pytest.raises(SyntaxError):
        read_by_the_oldest("type Number = int")
