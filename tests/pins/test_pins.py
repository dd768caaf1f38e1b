"""Numbers that stood before experiments were described in one place: each is still the same.

They are committed beside this file, written by ``python -m tests.pins.test_pins``. A change of one is wanted or a
mistake: whoever writes them again says in the commit which and why.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from figures.catalog import FIGURES
from figures.plot import silent
from figures.tables import flat, read_csv, write_csv
from quantbc.audit.run import Settings, audit
from quantbc.problem.file import load
from quantbc.sweeps.study import measured, sweep_of
from tests.figures.test_catalog import BASELINE
from tests.tree import ROOT

HERE = Path(__file__).parent
TOLERANCE = 1e-9  # relative: another order of the same sums
DROPPED = {"bound_simple", "lower_bound"}  # no longer told: the one is larger, the other of another statement
KEPT = ("expert", "quantizer", "bins", "cells", "H", "n", "seed", "delta", "constants", "regret", "low", "high")
GROWING = {"proof_graph"}  # counts proof steps, of which there are ever more
NOTES = ("examples/reach_7dof.toml on a smaller grid, each cell's generator keyed by its seed alone",)


def reduced(folder: Path) -> Path:
    """The example with few roll-outs."""
    text = (ROOT / "examples/reach_7dof.toml").read_text(encoding="utf-8")
    small = {"horizons": "[10, 20]", "demonstrations": "[10, 100]", "seeds": "[0]", "episodes": "400"}
    for key, value in small.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count == 1
    (folder / "reach.toml").write_text(text, encoding="utf-8")
    return folder / "reach.toml"


def reach(folder: Path) -> Iterator[dict[str, Any]]:
    """Its cells, row by row, with the bound of the statement that was the only one then: at C and eta of the envelope.

    Since then every applicable statement is a row, and the smallest bound stands in front: exact gains make it smaller.
    """
    for cell in sweep_of(load(reduced(folder))).cells():
        row = measured(replace(cell, digest="00" * 32))
        key = "binning_lipschitz" if row["expert"] == "deterministic" else "theorem_2"
        (then,) = (mine for mine in row["statements"] if (mine["statement"], mine["rung"]) == (key, "catalog"))
        assert row["bound"] <= then["bound"]
        kept = {name: row[name] for name in KEPT} | {"theorem": key, "chosen": row["learnt"]["chosen"]}
        yield flat(kept | {name: then[name] for name in ("bound", "terms", "vacuous", "holds")})


def audited(folder: Path) -> dict[str, Any]:
    """The audit of the demonstrations of docs/audit.md."""
    page = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert block is not None
    exec(block[1].replace('"arm.npz"', repr(str(folder / "arm.npz"))), {})  # noqa: S102 (the page's own block)
    names = ("uniform", "openvla_q99", "rt1_bounds", "octo_normal", "kmeans")
    document = audit(folder / "arm.npz", Settings(tokenizers=names, bins=(32,))).to_dict()
    plain: dict[str, Any] = json.loads(json.dumps(document | {"data": "arm.npz"}))
    return plain


def differences(found: Any, expected: Any, path: str = "") -> list[str]:
    """Where two documents differ, by more than rounding."""
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [*expected, *(key for key in found if key not in expected)]
        return [line for key in keys for line in differences(found.get(key), expected.get(key), f"{path}.{key}")]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for i, (mine, theirs) in pairs for line in differences(mine, theirs, f"{path}[{i}]")]
    if isinstance(found, int | float) and isinstance(expected, int | float):
        same = found == pytest.approx(expected, rel=TOLERANCE, abs=1e-12, nan_ok=True)
    else:
        same = found == expected
    return [] if same else [f"{path}: {found!r}, was {expected!r}"]


def test_the_reach_study_row_by_row(tmp_path: Path) -> None:
    expected = read_csv(HERE / "reach.csv")
    found = list(reach(tmp_path))
    assert len(found) == 32
    expected = [{key: value for key, value in row.items() if key not in DROPPED} for row in expected]
    for row, was in zip(found, expected, strict=True):
        known = {name: value for name, value in row.items() if name in was or not name.startswith("constants.")}
        assert differences(known, was) == []  # constants that are computed besides may come


def test_the_audit_of_the_page(tmp_path: Path) -> None:
    expected = json.loads((HERE / "audit.json").read_text(encoding="utf-8"))
    assert differences(audited(tmp_path), expected) == []


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in GROWING])
def test_the_tables_of_the_figures(name: str, tmp_path: Path) -> None:
    plot = FIGURES[name]
    write_csv(plot.compute(plot.quick, silent), tmp_path / "found.csv")
    assert differences(read_csv(tmp_path / "found.csv"), read_csv(BASELINE / f"{name}.csv")) == []


def test_a_number_that_moved_is_seen() -> None:
    document = {"a": [{"b": 1.0, "c": "x"}]}
    assert differences({"a": [{"b": 1.0 + 1e-8, "c": "x"}]}, document) == [".a[0].b: 1.00000001, was 1.0"]
    assert differences({"a": [{"b": 1.0 + 1e-12, "c": "x"}]}, document) == []
    assert differences({"a": [{"b": 1.0}]}, document) == [".a[0].c: None, was 'x'"]
    assert differences({"a": []}, document) == [".a: [], was [{'b': 1.0, 'c': 'x'}]"]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        write_csv(reach(Path(name)), HERE / "reach.csv", notes=NOTES)
        text = json.dumps(audited(Path(name)), indent=1, ensure_ascii=False)
        (HERE / "audit.json").write_text(text + "\n", encoding="utf-8")
