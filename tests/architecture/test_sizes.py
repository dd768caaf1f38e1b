"""No module over 400 lines, no function over 40 without a reason beside its name.

A function's lines are those from its ``def`` to its end without its docstring. The reason is a comment on the line of
its ``def`` or on the one above: ``# long: one proof, read in order``.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.tree import PACKAGES, ROOT, sources

MODULE, FUNCTION = 400, 40
REASON = re.compile(r"# long: \w+(\W+\w+)+")
MODULES = [path for path in sources() if path.suffix == ".py" and path.parts[0] in (*PACKAGES, "benchmarks")]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    docstring = 0 if ast.get_docstring(function) is None else (first.end_lineno or 0) - first.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def too_long(source: str) -> list[str]:
    """Names of functions that are long for no stated reason."""
    text = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION:
            above, own = text[node.lineno - 2], text[node.lineno - 1]
            if not (REASON.search(own) or (above.strip().startswith("#") and REASON.search(above))):
                found.append(node.name)
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_modules_and_functions_are_short(path: Path) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MODULE
    assert too_long(source) == []


@pytest.mark.parametrize("reason", ["", "  # long:", "  # long: proof", "  # one proof, read in order"])
def test_a_long_function_without_a_reason_is_seen(reason: str) -> None:
    body = "".join(f"    x = {i}\n" for i in range(FUNCTION))
    assert too_long(f"\ndef f() -> None:{reason}\n{body}") == ["f"]
    assert too_long(f"\ndef f() -> None:  # long: one proof, read in order\n{body}") == []
    assert too_long(f'\ndef f() -> None:\n    """Text\n{body}    """\n') == []
