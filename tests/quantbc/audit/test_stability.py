"""The linear model is recovered, its doubts are stated, and blocks do not matter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.rows import Block, Piece
from quantbc.audit.stability import Stability, TransitionSums, estimate_stability, transitions
from quantbc.audit.survey import Survey, blocks_of, survey
from simulators.assumptions.linear import gain_sequence


def summed(path: Path, memory: int = 10**8) -> tuple[Survey, TransitionSums]:
    source = open_source(path)
    found = survey(source, memory=memory, rng=np.random.default_rng(0))
    assert found.observations is not None
    sums = TransitionSums(found.actions, found.observations)
    for block in transitions(blocks_of(source, memory)):
        sums.add(*block)
    return found, sums


def estimated(path: Path, horizon: int = 30) -> Stability:
    result = estimate_stability(summed(path)[1], horizon=horizon, rng=np.random.default_rng(1))
    assert result is not None
    return result


def save(path: Path, step: Callable[[Any, Any, Any], Any], expert: Callable[[Any, Any], Any], rows: int = 60) -> Path:
    rng = np.random.default_rng(0)
    actions, states, ends = [], [], []
    for _ in range(30):
        x = rng.normal(size=2)
        for _ in range(rows):
            u = expert(x, rng)
            actions.append(u)
            states.append(x)
            x = step(x, u, rng)
        ends.append(len(actions))
    np.savez(path, actions=actions, observations=states, episode_ends=ends)
    return path


A, B = np.array([[0.8, 0.1], [0.0, 0.5]]), np.array([[0.3], [0.2]])


def linear(x: Any, u: Any, rng: Any) -> Any:
    return A @ x + B @ u + 0.01 * rng.normal(size=2)


def exploring(x: Any, rng: Any) -> Any:
    return np.array([-0.5 * x[0]]) + 0.3 * rng.normal(size=1)


def test_a_linear_system_is_recovered_with_its_gains(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", linear, exploring)
    found, _ = summed(path)
    assert found.observations is not None
    scale, unit = found.observations.unit, found.actions.half_range
    model = estimated(path)
    np.testing.assert_allclose(model.A, A * scale[None] / scale[:, None], atol=0.02)
    np.testing.assert_allclose(model.B, B * unit / scale[:, None], atol=0.03)
    exact = gain_sequence(A * scale[None] / scale[:, None], B * unit / scale[:, None], horizon=30, norm="linf")
    np.testing.assert_allclose(model.gains, exact, atol=0.05)
    assert np.all(model.gains <= model.C * model.eta ** np.arange(29) * (1 + 1e-9))
    assert model.low["eta"] <= model.eta <= model.high["eta"]
    assert model.low["total_gain"] <= exact.sum() <= model.high["total_gain"]
    assert model.prediction_error < 0.2
    assert model.warnings() == []


def test_actions_that_only_repeat_the_state_are_not_trusted(tmp_path: Path) -> None:
    model = estimated(save(tmp_path / "a.npz", linear, lambda x, rng: np.array([-0.5 * x[0]])))
    assert model.explored[0] < 1e-6
    assert any("the gains are not reliable" in text for text in model.warnings())
    assert model.tv_lipschitz is None


def test_unstable_and_nonlinear_dynamics_are_reported(tmp_path: Path) -> None:
    growing = estimated(save(tmp_path / "a.npz", lambda x, u, rng: 1.02 * x + B @ u, exploring))
    assert growing.eta > 1
    assert any("grow" in text for text in growing.warnings())
    folded = save(tmp_path / "b.npz", lambda x, u, rng: np.abs(3 * x) % 1 + 0.1 * u, exploring)
    assert any("not linear" in text for text in estimated(folded).warnings())


def test_the_expert_is_fitted_too(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", linear, exploring)
    found, _ = summed(path)
    assert found.observations is not None
    model = estimated(path)
    unit = found.actions.half_range[0]
    assert model.lipschitz == pytest.approx(0.5 * found.observations.unit[0] / unit, rel=0.1)
    assert model.noise[0] == pytest.approx(0.3 / unit, rel=0.05)
    assert model.tv_lipschitz == pytest.approx(model.lipschitz / model.noise[0] / np.sqrt(2 * np.pi))


def test_blocks_do_not_matter(npz_file: Path) -> None:
    _, whole = summed(npz_file)
    _, parts = summed(npz_file, memory=1)
    np.testing.assert_allclose(whole.inputs, parts.inputs, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(whole.cross, parts.cross, rtol=1e-9, atol=1e-9)
    assert whole.counts.tolist() == parts.counts.tolist()


def test_layouts_with_a_last_observation_have_one_transition_more(
    writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    rows = sum(len(u) for u in data.actions)
    counts = {
        name: int(summed(write(data, tmp_path / name))[1].counts.sum())
        for name, write in writers.items()
        if (tmp_path / name).mkdir() is None
    }
    full = {"minari", "robomimic", "maniskill", "npz_episodes", "huggingface_episodes"}
    assert counts == {name: rows if name in full else rows - len(data.actions) for name in counts}


def test_no_transition_crosses_a_gap_or_an_episode() -> None:
    pieces = [
        Piece(0, 0, np.zeros((2, 1)), np.array([[0.0], [1.0]])),
        Piece(0, 5, np.zeros((1, 1)), np.array([[5.0]])),
        Piece(1, 6, np.zeros((2, 1)), np.array([[6.0], [7.0]])),
    ]
    for blocks in ([Block(tuple(pieces))], [Block((piece,)) for piece in pieces]):
        found = [np.stack([e, t, x[:, 0]], axis=1) for e, t, x, _, _ in transitions(blocks)]
        assert np.concatenate(found).tolist() == [[0, 0, 0.0], [1, 6, 6.0]]


def test_constant_dimensions_do_no_harm(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    actions = np.stack([rng.normal(size=300), np.full(300, 2.0)], axis=1)
    states = np.stack([np.cumsum(0.1 * actions[:, 0]) - 0.1 * actions[:, 0], np.full(300, -1.0)], axis=1)
    np.savez(tmp_path / "a.npz", actions=actions, observations=states, episode_ends=[150, 300])
    model = estimated(tmp_path / "a.npz")
    assert np.isfinite([model.C, model.eta, model.prediction_error]).all()
    assert np.isinf(model.noise[1])
    assert model.explored[1] == 1.0


def test_too_few_transitions_give_nothing(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", actions=np.zeros((4, 1)), observations=np.zeros((4, 2)), episode_ends=[4])
    assert estimate_stability(summed(tmp_path / "a.npz")[1], horizon=5, rng=np.random.default_rng(0)) is None


@pytest.mark.slow
def test_the_bootstrap_interval_covers_the_true_gains_about_as_often_as_it_says(tmp_path: Path) -> None:
    from scipy.stats import binom

    covered = trials = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        actions, states, ends = [], [], []
        for _ in range(20):
            x = rng.normal(size=2)
            for _ in range(30):
                u = exploring(x, rng)
                actions.append(u)
                states.append(x)
                x = A @ x + B @ u + 0.1 * rng.normal(size=2)
            ends.append(len(actions))
        path = tmp_path / f"{seed}.npz"
        np.savez(path, actions=actions, observations=states, episode_ends=ends)
        found, _ = summed(path)
        assert found.observations is not None
        scale, unit = found.observations.unit, found.actions.half_range
        exact = gain_sequence(
            A * scale[None] / scale[:, None], B * unit / scale[:, None], horizon=30, norm="linf"
        ).sum()
        model = estimated(path)
        covered += model.low["total_gain"] <= exact <= model.high["total_gain"]
        trials += 1
    assert binom.cdf(covered, trials, 0.95) > 1e-4
    assert model.high["total_gain"] - model.low["total_gain"] < exact


def test_an_interval_contains_its_estimate(tmp_path: Path) -> None:
    for rows in (3, 60):
        model = estimated(save(tmp_path / f"{rows}.npz", linear, exploring, rows))
        found = model.to_dict()
        for name, low in model.low.items():
            assert low <= found[name] <= model.high[name]
