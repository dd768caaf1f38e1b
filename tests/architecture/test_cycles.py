"""No circle of imports: what a module imports when it is loaded was loaded before it."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.tree import PACKAGES, ROOT, sources


def name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name(path): ROOT / path for path in sources() if path.suffix == ".py" and path.parts[0] in PACKAGES}


def at_load(nodes: list[ast.stmt]) -> list[ast.Import | ast.ImportFrom]:
    """Imports that run when the module is loaded: none inside functions, none for type checkers alone."""
    found: list[ast.Import | ast.ImportFrom] = []
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found += at_load(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            found += at_load([child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)])
    return found


def imported(source: str, known: set[str]) -> set[str]:
    """Modules among the known ones; `from a import b` means a.b where that is a module, else a."""
    names: set[str] = set()
    for node in at_load(ast.parse(source).body):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif node.module is not None:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (inner & known) | ({node.module} if inner - known else set())
    return names & known


def in_order(modules: dict[str, str]) -> list[str]:
    """Modules so that each comes after all it imports.

    Raises:
        CycleError: there is no such order; its arguments name a circle.
    """
    known = set(modules)
    return list(TopologicalSorter({key: imported(text, known) - {key} for key, text in modules.items()}).static_order())


def test_modules_can_be_loaded_in_order() -> None:
    texts = {key: path.read_text(encoding="utf-8") for key, path in MODULES.items()}
    order = in_order(texts)
    assert sorted(order) == sorted(MODULES)
    assert order.index("bounds.symbols") < order.index("bounds.catalog") < order.index("quantbc.commands.bound")


@pytest.mark.parametrize("back", ["import a", "from a import f", "if True:\n    import a"])
def test_a_circle_is_seen(back: str) -> None:
    with pytest.raises(CycleError):
        in_order({"a": "from b import c", "b": "", "b.c": back})


@pytest.mark.parametrize("back", ["def f():\n    import a", "if TYPE_CHECKING:\n    import a"])
def test_an_import_that_does_not_run_at_load_closes_no_circle(back: str) -> None:
    assert in_order({"a": "from b import c", "b": "", "b.c": back})[-1] == "a"
