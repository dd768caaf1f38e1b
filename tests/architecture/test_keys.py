"""Nobody chooses among statements by key: a key stands as a literal where a statement is made, proved or illustrated.

Those places are `bounds`, the proofs and the kernel, and the settings of a figure that illustrates one statement.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

import bounds
from simulators.experiments.base import DEPLOYMENTS
from tests.tree import ROOT, sources

ASSUMED = {assumed.name for theorem in bounds.catalog.values() for assumed in theorem.assumptions}
KEYS = set(bounds.catalog) - set(bounds.SYMBOLS) - ASSUMED - set(DEPLOYMENTS)  # some are named like what they are about
PLACES = ("simulators", "proofs_check", "figures", "quantbc")
OWN = {"proofs_check/proofs", "proofs_check/kernel"}


def literals(source: str) -> list[str]:
    """Keys that stand as whole strings, but for those in the settings of a figure."""
    tree = ast.parse(source)
    settings = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.ClassDef) and node.name == "Settings")
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "Settings")
        for inner in ast.walk(node)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in settings)
    return [node.value for node in constants if isinstance(node.value, str) and node.value in KEYS]


MODULES = [
    path
    for path in sources()
    if path.suffix == ".py" and path.parts[0] in PLACES and "/".join(path.parts[:2]) not in OWN
]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_key_is_chosen_by_nobody(path: Path) -> None:
    found = literals((ROOT / path).read_text(encoding="utf-8"))
    assert not found, Counter(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('bounds.catalog["theorem_2"]', 1),
        ('def f(row):\n    return row["theorem"] == "theorem_7"', 1),
        ('class Settings:\n    theorem: str = "theorem_2"', 0),
        ('SETTINGS = Settings(theorem="theorem_2")', 0),
        ('"""About theorem_2 and others."""', 0),
        ('symbols["average_error"]', 0),
    ],
)
def test_a_literal_is_seen_wherever_it_stands(source: str, count: int) -> None:
    assert len(literals(source)) == count
