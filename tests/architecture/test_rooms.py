"""The rooms of `quantbc/`: what each may import of the others, and that nothing below imports a command."""

import ast
from pathlib import Path

import pytest

from tests.tree import ROOT, sources

ALONE = {"__init__", "errors", "words"}  # what every room may use: version, error of bad input, how numbers are said
ALLOWED: dict[str, set[str]] = {
    "__init__": set(),
    "errors": set(),
    "words": set(),
    "output": set(),
    "interrupts": set(),
    "advice": set(),
    "problem": set(),
    "audit": {"output", "tables"},  # an audit shows itself in a notebook
    "sweeps": {"interrupts", "output", "problem"},
    "tables": set(),
    "report": {"advice", "problem", "sweeps", "tables"},
    "commands": {"advice", "audit", "output", "problem", "report", "sweeps", "tables"},
    "api": {"audit", "commands", "problem", "sweeps"},
    "cli": {"audit", "commands", "interrupts", "output"},
    "__main__": {"cli"},
}
MODULES = [path for path in sources() if path.suffix == ".py" and path.parts[0] == "quantbc"]


def room(path: Path) -> str:
    """The folder below quantbc/, or the name of a module that stands by itself."""
    return path.parts[1].removesuffix(".py")


def rooms(source: str) -> set[str]:
    """Rooms that a module imports from, wherever in the module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("quantbc.")}
    return {"__init__" if name.startswith("__v") else name for name in found}


def forbidden(path: Path, source: str) -> set[str]:
    here = room(path)
    return rooms(source) - ALLOWED[here] - ALONE - {here}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_rooms_open_one_way(path: Path) -> None:
    assert forbidden(path, (ROOT / path).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("source", ["from quantbc.commands.audit import run", "def f():\n    from quantbc import cli"])
def test_a_backward_import_is_seen(source: str) -> None:
    assert forbidden(Path("quantbc/report/page.py"), source)
    assert not forbidden(Path("quantbc/__main__.py"), "from quantbc.cli import main")


def test_no_two_rooms_need_each_other() -> None:
    from graphlib import TopologicalSorter

    order = list(TopologicalSorter(ALLOWED).static_order())
    below = order[: order.index("commands")]
    assert {"problem", "sweeps", "audit", "report", "tables"} <= set(below)
