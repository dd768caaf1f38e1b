"""A certificate: what held-out demonstrations promise about a policy, on a linear plant where everything is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.certify import Settings, certify
from quantbc.audit.policy_loop import Given
from quantbc.errors import ProblemError

A, B, K = 0.5, 0.5, -0.4


def roll(rng: Any, episodes: int, steps: int, play: Any, noise: float = 0.1) -> tuple[Any, Any]:
    """States and actions of x' = A x + B u + w, [episode, step, 1]."""
    x, states, actions = rng.normal(size=(episodes, 1)), [], []
    for _ in range(steps):
        u = play(x)
        states.append(x)
        actions.append(u)
        x = A * x + B * u + noise * rng.normal(size=x.shape)
    return np.stack(states, axis=1), np.stack(actions, axis=1)


@pytest.fixture
def held(tmp_path: Path) -> Any:
    rng = np.random.default_rng(0)
    states, actions = roll(rng, 200, 10, lambda x: K * x + 0.05 * rng.normal(size=x.shape))
    path = tmp_path / "held.npz"
    ends = np.arange(1, 201) * 10
    np.savez(path, actions=actions.reshape(-1, 1), observations=states.reshape(-1, 1), episode_ends=ends)
    return path, states, actions


def played(path: Path, predictions: Any) -> Path:
    np.savez(path, predictions=predictions.reshape(-1, 1))
    return path


def test_the_error_is_that_of_the_policy_and_its_interval_contains_it(held: Any, tmp_path: Path) -> None:
    path, states, actions = held
    found = certify(path, played(tmp_path / "p.npz", (K + 0.1) * states), Settings())
    half = (actions.max() - actions.min()) / 2
    mean = float(np.abs((K + 0.1) * states - actions).mean() / half)
    assert (found.trajectories, found.horizon) == (200, 10)
    assert found.error.mean == pytest.approx(mean)
    assert found.error.low <= mean <= found.error.high
    worse = certify(path, played(tmp_path / "q.npz", (K + 0.4) * states), Settings())
    assert worse.error.mean > found.error.mean
    assert worse.rows[0]["expected"] > found.rows[0]["expected"]


def test_the_deviation_at_the_mean_error_bounds_the_deployed_one(held: Any, tmp_path: Path) -> None:
    path, states, _ = held
    gain = K + 0.2
    found = certify(path, played(tmp_path / "p.npz", gain * states), Settings())
    rng = np.random.default_rng(1)
    x = y = rng.normal(size=(20_000, 1))
    apart = []
    for _ in range(10):
        apart.append(float(np.abs(x - y).mean() / found.state_units[0]))
        w = 0.1 * rng.normal(size=x.shape)
        x, y = A * x + B * (K * x + 0.05 * rng.normal(size=x.shape)) + w, A * y + B * gain * y + w
    for row in found.rows:
        assert all(step["value"] >= 0.98 * gap for step, gap in zip(row["deviation"], apart, strict=True))
        assert row["deviation_sense"] == "mean"


def test_the_systematic_part_ignores_the_experts_noise(held: Any, tmp_path: Path) -> None:
    path, states, _ = held
    same = certify(path, played(tmp_path / "p.npz", K * states), Settings())
    biased = certify(path, played(tmp_path / "q.npz", K * states + 0.1), Settings())
    assert same.systematic is not None
    assert biased.systematic is not None
    assert biased.systematic[-1] > 2 * same.systematic[-1]
    assert same.systematic[0] == 0.0


def test_labels_within_bins_are_counted_by_trajectory(held: Any, tmp_path: Path) -> None:
    path, states, actions = held
    low, high = actions.min(), actions.max()
    width = (high - low) / 16
    codes = low + (np.clip(np.floor((K * states - low) / width), 0, 15) + 0.5) * width
    found = certify(path, played(tmp_path / "p.npz", codes), Settings(tokenizer="uniform", bins=16))
    own = [certify(path, tmp_path / "p.npz", Settings(tokenizer="uniform", bins=bins)).to_dict() for bins in (None, 64)]
    assert own[0] == own[1]  # without a size, the tokenizer's own
    shares = [found.mismatch[j].mean for j in (0, 1, 2, 4, 8)]
    assert shares == sorted(shares, reverse=True)
    bins = [np.clip(np.floor((u - low) / width), 0, 15) for u in (K * states, actions)]
    apart = np.abs(bins[0] - bins[1]).max(axis=(1, 2))
    assert shares == [float((apart > j).mean()) for j in (0, 1, 2, 4, 8)]
    assert shares[0] > 0.9 > 0.0 == shares[-1]
    assert all(one.low <= one.mean <= one.high for one in found.mismatch.values())
    assert {row["statement"] for row in found.rows} == {
        "validated_error",
        "validated_closed_loop",
        "validated_mismatch",
    }
    assert [row["regret"] for row in found.rows] == sorted(row["regret"] for row in found.rows)


def test_constants_that_are_given_are_not_estimated(held: Any, tmp_path: Path) -> None:
    path, states, _ = held
    given = Given(C=0.5, eta=0.5, lipschitz=0.4)
    found = certify(path, played(tmp_path / "p.npz", K * states), Settings(given=given))
    assert set(found.estimated) == {"loop_C", "loop_eta"}
    assert found.rows[0]["values"]["C"] == 0.5


@pytest.mark.parametrize(
    ("arrays", "settings", "message"),
    [
        ({"predictions": np.zeros((3, 1))}, Settings(), r"must have shape \(2000, 1\).* got \(3, 1\)"),
        ({"predictions": np.full((2000, 1), np.nan)}, Settings(), "must be finite"),
        ({"weights": np.zeros((2000, 1))}, Settings(), "an array called predictions, got weights"),
        ({"predictions": np.zeros((2000, 1))}, Settings(horizon=11), "at most the longest episode, 10, got 11"),
        ({"predictions": np.zeros((2000, 1))}, Settings(tokenizer="magic"), "must be one of"),
    ],
)
def test_files_that_do_not_fit_are_one_clear_error(
    held: Any, tmp_path: Path, arrays: dict[str, Any], settings: Settings, message: str
) -> None:
    np.savez(tmp_path / "p.npz", **arrays)
    with pytest.raises(ProblemError, match=message):
        certify(held[0], tmp_path / "p.npz", settings)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ProblemError, match="--gain and --decay go together"):
        Settings(given=Given(C=1.0))
    with pytest.raises(ProblemError, match="--horizon must be at least 1, got 0"):
        Settings(horizon=0)


def test_a_tolerance_is_judged_in_the_states_own_unit(held: Any, tmp_path: Path) -> None:
    path, states, _ = held
    np.savez(tmp_path / "wide.npz", **{k: v * (1000 if k == "observations" else 1) for k, v in np.load(path).items()})
    predictions = played(tmp_path / "p.npz", (K + 0.05) * states)
    for data, unit in ((path, 1.0), (tmp_path / "wide.npz", 1000.0)):
        document = certify(data, predictions, Settings(tolerance=0.01 * unit)).to_dict()
        found, least = (
            document["tolerance"],
            min(max(step["value"] for step in row["deviation"]) for row in document["statements"]),
        )
        assert found["deviation_raw"] == pytest.approx(least * document["units"]["state"][0])
        assert found["met"] is (found["deviation_raw"] <= 0.01 * unit) is False
        assert certify(data, predictions, Settings(tolerance=found["deviation_raw"])).to_dict()["tolerance"]["met"]
    assert certify(path, predictions, Settings()).to_dict()["tolerance"] is None


@pytest.mark.parametrize("tolerance", [0.0, float("nan")])
def test_a_tolerance_must_be_positive(tolerance: float) -> None:
    with pytest.raises(ProblemError, match="--tolerance must be a finite number > 0"):
        Settings(tolerance=tolerance)
