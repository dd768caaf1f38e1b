"""The mutants of a package: mutmut's, in its functions and in everything a module says outside them."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import libcst as cst
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace

ROOT = Path(__file__).resolve().parents[2]
OF_PROOFS = "proof mutant"
_PROSE = re.compile(r"\s|\\")


@dataclass(frozen=True)
class Mutant:
    """One change of one module.

    Attributes:
        name: module and number in the module; stable as long as the module is.
        module: dotted name.
        path: its file.
        source: the changed source.
        line: where it changes.
        kind: what it changes: code, or a `OF_PROOFS` that a proof must refute.
        change: the changed lines as a diff.
    """

    name: str
    module: str
    path: Path
    source: str
    line: int
    kind: str
    change: str


def names_of(package: str) -> list[str]:
    """Names of all mutants of a package or of one module's file, changed wording (`is_wording`) left out."""
    place = ROOT / package
    return [
        f"{_module(path)}:{number}"
        for path in ([place] if place.is_file() else sorted(place.rglob("*.py")))
        for number, mutation in enumerate(_mutations(path)[1])
        if not is_wording(mutation)
    ]


def is_wording(mutation: Mutation) -> bool:
    """Whether only the text of a sentence or of a LaTeX formula for people to read has changed.

    Names, keys and single words stay in: code may depend on them.
    """
    node = mutation.original_node
    return isinstance(node, cst.SimpleString) and bool(_PROSE.search(node.value))


def build(name: str) -> Mutant | None:
    """The mutant of a name; None where the change does not compile, changes nothing, or only what is exported."""
    module, _, number = name.partition(":")
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    path = path if path.exists() else path.with_suffix("") / "__init__.py"
    tree, mutations = _mutations(path)
    mutation = mutations[int(number)]
    changed = deep_replace(tree, mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, cst.Module)
    lines = list(_difference(tree.code, changed.code))
    if not lines or not _compiles(changed.code):
        return None
    line = int(lines[0].split()[1].lstrip("-").split(",")[0])
    if line in _lines(path, _is_export):
        return None
    kind = OF_PROOFS if line in _lines(path, _is_false_neighbour) else "code"
    return Mutant(name, module, path, changed.code, line, kind, "\n".join(lines[1:]))


@cache
def _mutations(path: Path) -> tuple[cst.Module, list[Mutation]]:
    tree, mutations, _, _ = create_mutations(str(path), path.read_text(encoding="utf-8"))
    return tree, mutations


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _difference(before: str, after: str) -> Iterator[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return (line for line in diff if not line.startswith(("---", "+++")))


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _is_export(node: ast.AST) -> bool:
    """``__all__`` only says what other modules may import."""
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def _is_false_neighbour(node: ast.AST) -> bool:
    """A changed mutant of a proof step is false, too, more often than not."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mutant"


@cache
def _lines(path: Path, chosen: Callable[[ast.AST], bool]) -> frozenset[int]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if chosen(node)]
    spans = [(node.lineno, node.end_lineno) for node in nodes if isinstance(node, ast.expr | ast.stmt)]
    return frozenset(line for first, last in spans for line in range(first, (last or first) + 1))
