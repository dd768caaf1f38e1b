"""The verdict: fewest bits within the target, nothing that erases an event, and what would break."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.run import Settings, audit
from quantbc.audit.verdict import Verdict
from quantbc.errors import ProblemError


def judged(folder: Path, actions: Any, *tokenizers: str, bins: tuple[int, ...] = (), **more: Any) -> Verdict:
    path = folder / "a.npz"
    np.savez(path, actions=actions, episode_ends=[len(actions)])
    return audit(path, Settings(tokenizers=tokenizers, bins=bins, **more)).verdict


@pytest.fixture
def spread() -> Any:
    return np.random.default_rng(0).uniform(-1, 1, (2000, 2))


def test_the_fewest_bits_within_the_tolerance_are_used(tmp_path: Path, spread: Any) -> None:
    for tolerance, bins in ((0.2, 8), (0.1, 16), (0.03, 64)):
        found = judged(tmp_path, spread, "uniform", bins=(8, 16, 32, 64), tolerance=tolerance)
        assert (found.tokenizer, found.bins) == ("uniform", bins)
        assert found.largest_error_raw <= tolerance < 2 * found.largest_error_raw
        assert max(n for n in found.uniform_bins if n) == math.ceil(np.ptp(spread, axis=0).max() / (2 * tolerance))


def test_metres_radians_and_a_gripper_have_a_tolerance_each(tmp_path: Path, spread: Any) -> None:
    mixed = spread * [0.02, 1.0]
    found = judged(tmp_path, mixed, "uniform", bins=(8, 16, 32), tolerance=(0.002, 0.05))
    assert (found.bins, found.dimension, found.target_raw) == (32, "dimension 1", 0.05)
    assert found.uniform_bins == tuple(
        math.ceil(w / (2 * t)) for w, t in zip(np.ptp(mixed, axis=0), (0.002, 0.05), strict=True)
    )
    with pytest.raises(ProblemError, match="one for each of 2 action entries, got 3"):
        judged(tmp_path, mixed, "uniform", tolerance=(0.1, 0.1, 0.1))


def test_an_entry_without_noise_is_named_where_it_sets_the_target(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(400, 2)).cumsum(axis=0) / 20
    path = tmp_path / "b.npz"
    actions = states + rng.normal(size=(400, 2)) * [0.1, 0.0]
    np.savez(path, actions=actions, observations=states, episode_ends=[200, 400])
    found = audit(path, Settings(tokenizers=("uniform",)))
    assert found.verdict.basis == "1 % of each dimension's range, as dimension 1 shows no noise"
    assert "no TV-Lipschitz constant (action dimensions 1 show no noise)" in " ".join(found.warnings)
    assert any("the states explain all of the deviation of action dimension 1" in text for text in found.warnings)
    assert any("hardly identify the dynamics" in text for text in found.verdict.breaks)


def test_where_nothing_is_good_enough_the_closest_is_named(tmp_path: Path, spread: Any) -> None:
    found = judged(tmp_path, spread, "uniform", bins=(8, 16), tolerance=0.001)
    assert (found.tokenizer, found.closest) == (None, "uniform 16")


def test_without_observations_or_a_tolerance_one_percent_of_the_range_is_the_target(
    tmp_path: Path, spread: Any
) -> None:
    found = judged(tmp_path, spread, "uniform", bins=(32, 64))
    assert (found.bins, found.estimated) == (64, ())
    assert found.target_raw == pytest.approx(0.02, rel=1e-2)


def test_a_tokenizer_that_erases_an_event_is_not_used_and_is_said(tmp_path: Path, spread: Any) -> None:
    actions = spread.copy()
    actions[:, 1] = np.arange(2000) % 250 == 0
    found = judged(tmp_path, actions, "openvla_q99", "uniform", bins=(256,), tolerance=0.02)
    assert found.tokenizer == "uniform"
    assert found.breaks == ("erases dimension 1: openvla_q99 256",)


def test_an_angle_that_wraps_is_said(tmp_path: Path) -> None:
    turning = np.mod(0.3 * np.arange(2000), 2 * np.pi)[:, None]
    found = judged(tmp_path, turning, "uniform", bins=(64,))
    assert any("jumps by about 2π" in text for text in found.breaks)
    assert judged(tmp_path, np.sin(turning), "uniform", bins=(64,)).breaks == ()


def test_a_constant_dimension_needs_no_bins(tmp_path: Path, spread: Any) -> None:
    spread[:, 1] = 0.5
    assert judged(tmp_path, spread, "uniform", bins=(64,)).uniform_bins[1] is None
