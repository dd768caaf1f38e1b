"""Chunks in the estimated loop, against the exact one."""

from pathlib import Path

import numpy as np
import pytest

from bounds.chunks import linear_slopes, smallest_safe_chunk
from quantbc.audit.loops import chunk_lines, chunk_summary
from quantbc.audit.run import Settings, audit


def scalar_loop(tmp_path: Path, *, a: float, k: float) -> Path:
    """x' = a x + u + w and u = k x + noise, so that states and actions have known units."""
    rng = np.random.default_rng(0)
    states, actions = np.zeros((40, 100)), np.zeros((40, 100))
    x = rng.normal(size=40)
    for t in range(100):
        states[:, t], actions[:, t] = x, k * x + 0.3 * rng.normal(size=40)
        x = a * x + actions[:, t] + 0.01 * rng.normal(size=40)
    path = tmp_path / "loop.npz"
    np.savez(
        path, actions=actions.reshape(-1, 1), observations=states.reshape(-1, 1), episode_ends=np.arange(1, 41) * 100
    )
    return path


def test_the_smallest_safe_chunk_is_that_of_the_loop(tmp_path: Path) -> None:
    found = audit(scalar_loop(tmp_path, a=0.9, k=-0.8), Settings(tokenizers=("uniform",), bins=(16,), chunk=2))
    truth = smallest_safe_chunk(linear_slopes(0.9, 1.0, -0.8, 50), C=1.0, eta=0.9)
    assert found.chunk is not None
    assert truth is not None
    assert abs(found.chunk["smallest_safe"] - truth) <= 1  # C times the slope does not depend on the units
    assert found.chunk["growth"] == pytest.approx(1.61, rel=0.05)
    assert any("chunks of 2 steps: an error may grow by" in text for text in found.verdict.breaks)


def test_bounds_are_those_of_chunks_alone(tmp_path: Path) -> None:
    path = scalar_loop(tmp_path, a=0.9, k=-0.8)
    document = audit(path, Settings(tokenizers=("uniform", "fast_openpi"), bins=(64,), chunk=10)).to_dict()
    assert {(row["tokenizer"], row["per"]) for row in document["bounds"]} == {
        ("uniform", "chunk of 10"),
        ("fast_openpi", "chunk of 10"),
    }
    assert all(row["values"]["chunk"] == 10 for row in document["bounds"])
    assert document["ranking"] == []


def test_a_system_that_only_its_expert_holds_gets_the_closed_loops_statement(tmp_path: Path) -> None:
    found = audit(scalar_loop(tmp_path, a=1.1, k=-0.8), Settings(tokenizers=("uniform",), bins=(64,)))
    assert found.stability is not None
    assert found.stability.eta > 1 > found.stability.loop_eta == pytest.approx(0.3, abs=0.05)
    plain = [row for row in found.bounds if row["plain"]]
    least = min(plain, key=lambda row: float(row["total"]))
    assert "loop_eta" in least["values"]
    assert any("only the expert's feedback contains them" in text for text in found.verdict.breaks)


def test_nothing_is_said_of_an_unknown_loop() -> None:
    assert chunk_summary(None, 4) is None
    assert chunk_lines(None) == []
