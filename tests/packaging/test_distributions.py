"""The distributions: whole, well described, and nothing in them that is not the product."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from tests.packaging.conftest import Built
from tests.tree import PACKAGES, ROOT, sources

SHIPPED = [path.as_posix() for path in sources() if path.parts[0] in PACKAGES]


def in_wheel(wheel: Path) -> list[str]:
    """Files of the wheel beside its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name for name in archive.namelist() if not PurePosixPath(name).parts[0].endswith(".dist-info"))


def checked(*distributions: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twine", "check", "--strict", *distributions]
    return subprocess.run(command, capture_output=True, text=True)


def test_twine_finds_no_fault(built: Built) -> None:
    done = checked(*built)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_twine_sees_a_description_that_does_not_render(built: Built, tmp_path: Path) -> None:
    broken = tmp_path / built.wheel.name
    with zipfile.ZipFile(built.wheel) as given, zipfile.ZipFile(broken, "w") as archive:
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(".dist-info/METADATA"):
                content = content.split(b"\n\n", 1)[0] + b"\n\n"
            archive.writestr(name, content)
    assert checked(broken).returncode == 1


def test_the_wheel_is_the_five_packages_to_the_file(built: Built) -> None:
    assert in_wheel(built.wheel) == sorted(SHIPPED)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str) -> None:
    assert f"{package}/py.typed" in SHIPPED


def test_the_sdist_builds_and_says_where_it_comes_from(built: Built) -> None:
    """The wheel was built from it, so code and data are there; a packager also wants licence, citation and changes."""
    with tarfile.open(built.sdist) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "setup.cfg", *SHIPPED}
    assert wanted - names == set()
    assert {name for name in names if name.split("/")[0] in {"benchmarks", "out", ".venv"}} == set()


def test_the_licence_and_the_command_are_declared(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "quantbc = quantbc.cli:main" in archive.read(entry).decode()
        (licence,) = [name for name in archive.namelist() if name.endswith("LICENSE")]
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
