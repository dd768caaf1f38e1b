"""Every public name exists and says what it is."""

import ast
import importlib
import inspect

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


def undocumented(module: object, source: str) -> list[str]:
    """Public names without a docstring; constants of our own classes are described by these."""
    constants, silent = assignments(source), []
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        described = inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value)
        ours = type(value).__module__.split(".")[0] in PACKAGES
        text = inspect.getdoc(value if described else type(value)) if described or ours else constants.get(name, "...")
        if not (text or "").strip():
            silent.append(name)
    return silent


@pytest.mark.parametrize("name", MODULES)
def test_public_names_say_what_they_are(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert undocumented(module, MODULES[name].read_text(encoding="utf-8")) == []


class Silent:
    """A module with three kinds of public name."""

    __all__ = ("f", "limit", "told")
    limit = told = 3

    @staticmethod
    def f() -> None: ...


def test_a_silent_name_is_seen() -> None:
    assert undocumented(Silent, "'''M.'''\nlimit = 3\ntold = 3  # steps") == ["f", "limit"]
    assert undocumented(Silent, "'''M.'''\n# steps\nlimit = 3\ntold = 3\n'''Steps.'''") == ["f"]


def test_a_name_that_does_not_exist_is_seen() -> None:
    class Promising(Silent):
        __all__ = ("g",)

    with pytest.raises(AttributeError):
        undocumented(Promising, "")
