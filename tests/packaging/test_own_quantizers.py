"""Tokenizers of another distribution work without a change of ours: audit, figure and problem file know them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.problems import DETERMINISTIC, SWEEP, SYSTEM
from tests.tree import ROOT

MODULE = '''
import numpy as np
from simulators.quantizers.base import PerChunk, PerStep


class Halves(PerStep):
    """Rounds every entry to halves."""

    name = "halves"
    sup_error = 0.25

    def encode(self, u):
        return np.rint(2 * np.asarray(u)).astype(int)

    def decode(self, token):
        return np.asarray(token) / 2


class Pairs(PerStep):
    """Rounds the sum and the difference of two entries."""

    name = "pairs"
    sup_error = 0.25

    def encode(self, u):
        u = np.asarray(u)
        if u.shape[-1] != 2:
            raise ValueError(f"u must have two entries, got {u.shape}")
        return np.rint(4 * np.stack([u.sum(axis=-1), u[..., 0] - u[..., 1]], axis=-1)).astype(int)

    def decode(self, token):
        total, difference = np.moveaxis(np.asarray(token) / 4, -1, 0)
        return np.stack([total + difference, total - difference], axis=-1) / 2


class Hold(PerChunk):
    """The first action of a chunk for all of it, rounded to halves."""

    name = "hold"

    def __init__(self, steps: int = 5) -> None:
        self.steps = steps

    def encode(self, u):
        return np.rint(2 * self.chunks("u", u)[..., 0, :]).astype(int)

    def decode(self, token):
        return np.repeat(np.asarray(token)[..., None, :] / 2, self.steps, axis=-2)
'''
POINTS = "[quantbc.quantizers]\nhalves = theirs:Halves\npairs = theirs:Pairs\nheld = theirs:Hold\n"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder with what an installed distribution leaves behind."""
    (tmp_path / "theirs.py").write_text(MODULE, encoding="utf-8")
    metadata = tmp_path / "theirs-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(POINTS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.mark.slow
def test_an_audit_measures_them(theirs: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0, 0.3, size=(200, 2)).cumsum(axis=0)
    np.savez(theirs / "a.npz", actions=-0.5 * x, observations=x, episode_ends=[100, 200])
    chosen = ("--tokenizer", "halves", "--tokenizer", "held", "--tokenizer", "uniform", "--bins", "8", "--json")
    found = json.loads(run(theirs, "-m", "quantbc", "audit", "a.npz", *chosen))
    rows = {row["name"]: row for row in found["tokenizers"]}
    assert (rows["halves"]["unit"], rows["halves"]["bins"], rows["halves"]["sup_bin_error_raw"]) == (
        "step",
        None,
        [0.25] * 2,
    )
    assert 0 < max(rows["halves"]["sup_error_raw"]) <= 0.25
    assert (rows["held"]["unit"], rows["held"]["chunk"], rows["held"]["bins"]) == ("chunk", 5, 5)
    table = run(theirs, "-m", "quantbc", "audit", "a.npz", "--full", *chosen[:-1])
    assert "halves " in table
    assert "None" not in table
    assert {row["tokenizer"] for row in found["bounds"]} == {"halves", "uniform"}  # horizon and gains are of steps


@pytest.mark.slow
def test_the_figure_of_tokenizers_deploys_them(theirs: Path) -> None:
    code = """
from figures.tokenizers import Settings, compute, draw
rows = compute(Settings(tokenizers=("halves", "held"), horizon=20, demonstrations=20, episodes=200, pairs=200))
draw(rows)
for row in rows: print(row["tokenizer"], row["unit"], row["low"] <= row["regret"] <= row["high"])
"""
    assert run(theirs, "-c", code).splitlines() == ["halves step True", "held chunk True"]


@pytest.mark.slow
def test_a_problem_file_deploys_them_and_its_figures_show_them(theirs: Path) -> None:
    """Chunks of five: what acts on single steps has five of them."""
    quantizers = "".join(f'[[quantizers]]\ntype = "{name}"\n' for name in ("halves", "pairs", "held"))
    quiet = SYSTEM.replace("noise = 0.02\n", "")
    deployment = '[deployment]\ntype = "chunked"\nsteps = 5\n'
    text = f'name = "own"\n{quiet}{DETERMINISTIC}{quantizers}{deployment}{SWEEP}'
    (theirs / "own.toml").write_text(text, encoding="utf-8")
    cells = json.loads(run(theirs, "-m", "quantbc", "simulate", "own.toml", "--out", "drawn", "--json"))["cells"]
    assert {(cell["quantizer"], cell["statement"] is not None) for cell in cells} == {
        ("halves", True),
        ("pairs", True),
        ("held 5", False),  # it promises no error
    }
    assert all(cell["holds"] for cell in cells)
    assert {"regret_bins.png", "regret_horizon.png"} <= {path.name for path in (theirs / "drawn").iterdir()}
