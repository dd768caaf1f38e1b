"""Packages import in one direction only, and every module has its test."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "bounds": set(),
    "simulators": set(),
    "proofs_check": {"bounds", "simulators"},
    "figures": {"bounds", "simulators", "proofs_check"},
    "quantbc": {"bounds", "simulators", "proofs_check", "figures"},
}
MODULES = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


def imported_packages(source: str) -> set[str]:
    """Top-level names that a module imports, wherever in the module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module.split(".")[0])
    return names


def forbidden(package: str, source: str) -> set[str]:
    return imported_packages(source) & (
        set(ALLOWED) - ALLOWED[package] - {package} | {"tests", "benchmarks", "examples"}
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    assert not forbidden(path.relative_to(ROOT).parts[0], path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source", ["import quantbc", "from figures.style import save", "def f():\n    import proofs_check"]
)
def test_a_backward_import_is_seen(source: str) -> None:
    assert forbidden("bounds", source)


def mirrored(module: Path) -> Path:
    return Path("tests", module.parent, f"test_{module.name}")


def test_every_module_has_its_test_file() -> None:
    modules = [path.relative_to(ROOT) for path in MODULES if path.name != "__init__.py"]
    assert [str(module) for module in modules if not (ROOT / mirrored(module)).is_file()] == []


def test_every_test_file_has_its_module() -> None:
    expected = {mirrored(path.relative_to(ROOT)) for path in MODULES}
    found = {path.relative_to(ROOT) for package in ALLOWED for path in (ROOT / "tests" / package).rglob("test_*.py")}
    assert sorted(str(path) for path in found - expected) == []


def test_every_package_ships() -> None:
    import configparser

    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    listed = set(parser["options"]["packages"].split())
    present = {str(path.relative_to(ROOT).parent).replace("/", ".") for path in MODULES if path.name == "__init__.py"}
    assert listed == present
