"""Tokenizers of a problem file: any name of the registry; a specification that cannot be built cannot exist."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.problem.quantizers import QuantizerSpec, read
from quantbc.problem.reading import Table
from quantbc.sweeps.study import measured, sweep_of
from simulators.quantizers import registry
from simulators.quantizers.base import PerChunk
from simulators.quantizers.entry import Entry
from tests.leaving import Leaving, Whole
from tests.problems import DETERMINISTIC, GAUSSIAN, SWEEP, SYSTEM
from tests.quantbc.conftest import Run


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("banana", (), "type must be one of uniform, .*got 'banana'"),
        ("uniform", (("bins", -3),), "uniform: bins must be .*-3"),
        ("uniform", (("bins", 4), ("low", 1.0), ("high", -1.0)), "uniform: .*"),
        ("uniform", (("pins", 4),), "uniform: uniform takes bins, high, low, got 'pins'"),
        ("uniform", (("bins", "four"),), "uniform: "),
    ],
)
def test_a_specification_that_cannot_be_built_cannot_exist(kind: str, arguments: Any, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        QuantizerSpec(kind, arguments)


@pytest.mark.parametrize("kind", [name for name in registry.names() if not registry.entry(name).learned])
def test_every_tokenizer_that_needs_no_data_can_be_named(kind: str) -> None:
    assert read(Table({"type": kind}, "quantizers[0]")).label.split()[0] == kind


def test_the_actions_box_is_the_range_unless_another_is_given() -> None:
    spec = read(Table({"type": "uniform", "bins": 2}, "quantizers[0]"))
    assert spec.build((0.0, 4.0)).quantize(np.array([[0.5], [3.5]])).ravel().tolist() == [1.0, 3.0]
    other = read(Table({"type": "uniform", "bins": 2, "low": 0.0, "high": 2.0}, "quantizers[0]"))
    assert other.build((0.0, 4.0)).quantize(np.array([[0.25]])).item() == 0.5
    assert (spec.label, spec.bins, other.label) == ("uniform 2", 2, "uniform 2 high=2.0 low=0.0")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "uniform", "bins": 0}, r"quantizers\[1\]\.bins must be a whole number in \[1, 1e\+06\], got 0"),
        ({"type": "uniform", "bin": 4}, r"quantizers\[1\]\.bin must be a known key"),
        ({"type": "octo"}, r"quantizers\[1\]\.type must be one of"),
        ({"type": "uniform", "low": 1.0, "high": -1.0}, r"quantizers\[1\]: uniform: "),
        ({"type": "uniform", "low": [[1.0]], "high": 2.0}, r"quantizers\[1\]\.low\[0\] must be a finite number"),
    ],
)
def test_bad_input_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(Table(given, "quantizers[1]"))


class Hold(PerChunk):
    """The first action of a chunk for all of it."""

    name, steps = "hold", 5

    def encode(self, u):
        return np.rint(2 * self.chunks("u", u)[..., 0, :]).astype(int)

    def decode(self, token):
        return np.repeat(np.asarray(token)[..., None, :] / 2, 5, axis=-2)


CHUNKED = '[deployment]\ntype = "chunked"\nsteps = 5\n'
TABULAR = """
[system]
type = "tabular"
P = [[[0.5, 0.5], [0.0, 1.0]], [[1.0, 0.0], [0.5, 0.5]]]
R = [[0.0, 0.5], [1.0, 0.5]]
initial = [1.0, 0.0]
actions = [-0.4, 0.6]
[[experts]]
name = "best"
"""
SERVO = SYSTEM + DETERMINISTIC


@pytest.mark.parametrize(
    ("kind", "system", "more", "needed"),
    [
        (Whole, SYSTEM + GAUSSIAN, "", "quantizer must act dimension by dimension for Gaussian policies"),
        (Hold, SERVO.replace("noise = 0.02", ""), "", "deployment must be chunked for "),
        (Hold, SERVO, CHUNKED, "deployment must be plain or greedy unless policies are deterministic"),
        (Leaving, SERVO, "", "quantizer 'leaving' must execute codes only, got [-0.5]"),
        (Leaving, TABULAR, "", "quantizer 'leaving' must execute codes only, got [-0.5]"),
        (Hold, TABULAR, "", "deployment.steps must be 5 for the quantizer 'hold' of chunks"),
    ],
)
def test_one_that_the_study_cannot_use_is_one_line_and_status_two(
    tmp_path: Path, quantbc: Run, monkeypatch: pytest.MonkeyPatch, kind: Any, system: str, more: str, needed: str
) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {kind.name: Entry(kind.name, kind, "one's own")})
    text = f'name = "own"\n{system}\n[[quantizers]]\ntype = "{kind.name}"\n{more}{SWEEP}'
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    status, out, err = quantbc("simulate", str(tmp_path / "own.toml"), "--out", str(tmp_path / "out"))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"quantizers[0] with experts[0]: {needed}" in err


LINE = """
[system]
type = "tabular"
positions = [0.0, 0.5, 1.0]
actions = [-0.5, 0.0, 0.5]
noise = [1.0]
next_state = [[[0], [0], [1]], [[0], [1], [2]], [[1], [2], [2]]]
R = [[0.5, 0.5, 0.5], [1.0, 1.0, 1.0], [0.5, 0.5, 0.5]]
initial = [0.5, 0.0, 0.5]
policy = [2, 1, 0]
maps = [[[1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]], [[2, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 1, 1]]]
[[experts]]
name = "home"
type = "table"
policy = "policy"
class = { type = "chunks", maps = "maps" }
"""


def test_one_of_chunks_works_on_a_finite_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {"hold": Entry("hold", Hold, "one's own")})
    sweep = "[sweep]\nhorizons = [5, 10]\ndemonstrations = [100]\nseeds = [0]\n"
    text = f'name = "own"\n{LINE}\n[[quantizers]]\ntype = "hold"\n{CHUNKED}{sweep}'
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    rows = [cell.row(measured(cell)) for cell in sweep_of(load(tmp_path / "own.toml")).cells()]
    # half an action for all five steps leads past home to the other end: from step 3 on all but one, .5 a step
    assert [(row["H"], row["regret"], row["exact"]) for row in rows] == [(5, 1.5, True), (10, 3.5, True)]
    assert all((row["statement"], row["holds"]) == ("chunked", True) for row in rows)
