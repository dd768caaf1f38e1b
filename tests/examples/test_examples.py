"""The shipped examples: each is valid and obeys every applicable bound, and its arrays are those of its script."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from quantbc.problem.file import load
from quantbc.sweeps.study import measured, sweep_of
from tests.tree import ROOT

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.toml"))
SMALL = [name for name in EXAMPLES if not name.startswith(("reach", "pendulum"))]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_and_has_its_own_name(name: str) -> None:
    assert load(ROOT / "examples" / f"{name}.toml").name == name


@pytest.mark.parametrize("name", SMALL)
def test_no_applicable_statement_is_violated(name: str, tmp_path: Path) -> None:
    text = (ROOT / "examples" / f"{name}.toml").read_text(encoding="utf-8")
    for key, value in {"horizons": "[4]", "demonstrations": "[20]", "seeds": "[0]"}.items():
        text = re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
    text = re.sub(r"^episodes = .*$", "episodes = 100", text, flags=re.MULTILINE)
    (tmp_path / "example.toml").write_text(text, encoding="utf-8")
    for arrays in (ROOT / "examples").glob(f"{name}.npz"):
        (tmp_path / arrays.name).write_bytes(arrays.read_bytes())
    rows = [measured(cell) for cell in sweep_of(load(tmp_path / "example.toml")).cells()]
    assert rows
    assert all(row["holds"] for row in rows)
    assert any(row["bound"] is not None for row in rows)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "examples").glob("*.npz")))
def test_arrays_are_those_of_the_script(name: str) -> None:
    made = script(name).arrays()
    with np.load(ROOT / "examples" / f"{name}.npz", allow_pickle=False) as kept:
        assert set(kept.files) == set(made)
        for key, array in made.items():
            np.testing.assert_allclose(kept[key], array, rtol=1e-12, atol=1e-15)
