"""Flags of the commands that read demonstrations."""

from pathlib import Path

import numpy as np

from tests.quantbc.conftest import Run


def test_flags_about_dimensions_and_chunks_reach_the_audit(quantbc: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(200, 2))
    path = tmp_path / "demo.npz"
    np.savez(path, actions=states + 0.1 * rng.normal(size=(200, 2)), observations=states, episode_ends=[100, 200])
    asked = ("--tokenizer", "fast_openpi", "--tokenizer", "openvla_q99", "--chunk", "8", "--scale", "5", "--mask", "0")
    status, out, err = quantbc(
        "audit", str(path), *asked, "--relative-to", "observations", "--periodic", "1:9", "--json"
    )
    assert status == 0
    assert '"bins": 8' in out
    assert "actions are relative to observations at the first step of every 8" in err


def test_flags_that_fit_no_dimension_are_one_line(quantbc: Run, tmp_path: Path) -> None:
    path = tmp_path / "demo.npz"
    np.savez(path, actions=np.zeros((4, 2)))
    for flags in (("--mask", "2"), ("--periodic", "x"), ("--range", "1"), ("--chunk", "0"), ("--relative-to", "q")):
        status, out, err = quantbc("audit", str(path), *flags)
        assert (status, out, err.count("\n")) == (2, "", 1), err
