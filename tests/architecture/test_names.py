"""Constants that other packages use say what they are; of modules, classes and functions ruff asks the same."""

import ast
import importlib
from collections.abc import Mapping

import pytest

from tests.architecture.test_cycles import MODULES
from tests.tree import PACKAGES


def assignments(source: str) -> dict[str, str]:
    """Constants of a module with the text that stands with them: a comment above or behind, or a string below."""
    lines, body = source.splitlines(), ast.parse(source).body
    found = {}
    for node, below in zip(body, [*body, None][1:], strict=True):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        above, last = lines[node.lineno - 2].strip(), lines[(node.end_lineno or node.lineno) - 1]
        text = above if above.startswith("#") else last.partition("  # ")[2]
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            text = str(below.value.value)
        found.update({target.id: text for target in targets if isinstance(target, ast.Name)})
    return found


def imported(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    """What modules of one package take from another: (module, name)."""
    return {
        (node.module, alias.name)
        for name, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] != name.split(".")[0]
        for alias in node.names
    }


SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
IMPORTED = imported(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_constants_that_other_packages_use_say_what_they_are(name: str) -> None:
    module, silent = importlib.import_module(name), []
    for constant, text in assignments(SOURCES[name]).items():
        ours = type(getattr(module, constant)).__module__.split(".")[0] in PACKAGES  # described by their class
        silent += [constant] if (name, constant) in IMPORTED and not ours and not text.strip() else []
    assert silent == []


def test_a_text_above_behind_or_below_is_seen() -> None:
    assert assignments("'''M.'''\nlimit = 3\ntold = 3  # steps") == {"limit": "", "told": "steps"}
    assert assignments("'''M.'''\n# steps\nlimit = 3\ntold = 3\n'''Steps.'''") == {"limit": "# steps", "told": "Steps."}


def test_only_what_crosses_a_border_counts() -> None:
    sources = {"bounds.a": "from bounds.b import X", "figures.c": "def f():\n    from bounds.b import Y"}
    assert imported(sources) == {("bounds.b", "Y")}


def classes(sources: Mapping[str, str]) -> list[ast.ClassDef]:
    return [node for source in sources.values() for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def silent_methods(sources: Mapping[str, str]) -> set[str]:
    """Public methods without a docstring that implement none of a protocol or base class with one."""
    found = classes(sources)
    bases = {ast.unparse(base).rpartition(".")[2].partition("[")[0] for cls in found for base in cls.bases}
    described, silent = set(), set()
    for cls in found:
        abstract = cls.name in bases or any("Protocol" in ast.unparse(base) for base in cls.bases)
        for method in cls.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                described |= {method.name} if abstract and ast.get_docstring(method) else set()
                silent |= set() if cls.name.startswith("_") or ast.get_docstring(method) else {(cls.name, method.name)}
    return {f"{cls}.{name}" for cls, name in silent if name not in described}


def test_methods_say_what_they_do_or_implement_what_does() -> None:
    assert silent_methods(SOURCES) == set()


def test_a_method_that_nothing_describes_is_seen() -> None:
    protocol = "class P(Protocol):\n    def f(self): 'What it is.'\n    def g(self): ...\n"
    made = "class C:\n    def f(self): return 1\n    def g(self): return 2\n    def _h(self): return 3\n"
    assert silent_methods({"a": protocol + made}) == {"P.g", "C.g"}
