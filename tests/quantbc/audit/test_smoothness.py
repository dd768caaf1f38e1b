"""A tokenizer that takes neighbours apart is seen; one that preserves them is not blamed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantbc.audit.smoothness import NEIGHBOURS, Smoothness, neighbours, smoothness, unmatched_shares
from simulators.assumptions.transport import unmatched_mass
from simulators.errors import ShapeError
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.scalar import openvla, rt1, uniform


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), dimension=st.integers(1, 2), radius=st.floats(0, 1.5))
def test_the_matching_is_the_transport_problem(seed: int, dimension: int, radius: float) -> None:
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, 4, (2, 3, 5, dimension)) / 2
    for pair, share in enumerate(unmatched_shares(left, right, radius)):
        points = np.concatenate([left[pair], right[pair]])
        gaps = np.abs(points[:, None] - points[None]).max(axis=-1)
        p, q = np.repeat([[0.2, 0.0], [0.0, 0.2]], 5, axis=1)
        expected = unmatched_mass(p, q, positions=points, distances=gaps, radius=radius)
        assert share == pytest.approx(expected, abs=1e-9)


def demonstrations(noise: float = 0.0, seed: int = 0) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    states = rng.uniform(-1.7, 1.7, (6000, 1))
    actions = np.tanh(states) + noise * rng.normal(size=states.shape)
    return states, actions, np.repeat(np.arange(60), 100)


def verdict(labels: Any, *, noise: float = 0.0) -> Smoothness:
    states, actions, episodes = demonstrations(noise)
    chosen = neighbours(states, episodes, rng=np.random.default_rng(1))
    assert chosen is not None
    executed = labels(actions)
    radius = 6 * float(np.abs(executed - actions).mean())
    return smoothness(chosen, actions, executed, radius=radius, rng=np.random.default_rng(2))


@pytest.mark.parametrize("make", [uniform(8), uniform(64), openvla(32), rt1(32)], ids=lambda q: f"{q.name}{q.cells}")
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_bins_keep_neighbours_together(make: Any, noise: float) -> None:
    assert verdict(make.quantize, noise=noise).verdict == "preserved"


def test_a_codebook_that_sends_slivers_far_away_is_seen() -> None:
    def trap(actions: Any) -> Any:
        sliver = np.abs(np.sin(6 * actions)) < 0.1
        return np.where(sliver, actions + 1.5, actions)

    found = verdict(trap)
    assert found.verdict == "worse"
    # far enough from each other, one of two labels is in a sliver (6 % of the actions) and the other is not
    assert 0.02 < found.excess < 0.2
    assert "separates the labels of neighbouring states" in found.sentence
    assert "not a certificate" in found.sentence


def test_tails_that_wrap_around_are_seen() -> None:
    """z-scores up to 5.5: from 4.753 on, Octo's normal tokenizer executes its most negative action."""
    rng = np.random.default_rng(0)
    states = np.concatenate([rng.normal(0, 0.5, (5000, 1)), rng.uniform(1.6, 2.1, (1000, 1))])
    actions, episodes = 2.6 * states, rng.permutation(np.arange(6000) % 60)
    chosen = neighbours(states, episodes, rng=rng)
    assert chosen is not None
    verdicts = []
    for limit in (np.inf, 4.75):
        labels = octo_normal(256).quantize(np.minimum(actions, limit))
        radius = 6 * float(np.abs(labels - actions).mean())
        verdicts.append(smoothness(chosen, actions, labels, radius=radius, rng=rng).verdict)
    assert verdicts == ["worse", "preserved"]


def test_labels_that_have_nothing_to_do_with_states_are_unclear() -> None:
    states, actions, episodes = demonstrations()
    chosen = neighbours(states, episodes, rng=np.random.default_rng(1))
    assert chosen is not None
    shuffled = np.random.default_rng(3).permutation(actions)
    found = smoothness(chosen, shuffled, shuffled, radius=0.1, rng=np.random.default_rng(2))
    assert found.verdict == "unclear"
    assert found.band[0] <= found.labels[0] <= found.band[1] + 0.1


def test_the_modulus_is_a_nondecreasing_probability() -> None:
    found = verdict(uniform(16).quantize)
    assert np.all(np.diff(found.distances) >= 0)
    values = found.modulus(np.concatenate([[0.0], found.distances, [1e9]]))
    assert np.all(np.diff(values) >= 0)
    assert values[-1] == 1.0
    assert ((values >= 0) & (values <= 1)).all()
    assert set(found.to_dict()) >= {"radius", "labels", "permutation_band", "verdict", "kind"}


def test_halves_are_different_episodes_or_different_times() -> None:
    states, _, episodes = demonstrations()
    chosen = neighbours(states, episodes, rng=np.random.default_rng(0))
    assert chosen is not None
    assert set(episodes[chosen.here].ravel() % 2) == {0}
    assert set(episodes[chosen.there].ravel() % 2) == {1}
    assert np.all(np.diff(chosen.distances, axis=0) >= 0)
    one = neighbours(states, np.zeros(len(states), dtype=np.int64), rng=np.random.default_rng(0))
    assert one is not None
    assert one.folds == "time"
    assert one.here.max() < len(states) / 2 <= one.there.min()


def test_too_few_rows_give_nothing_and_wrong_lengths_an_error() -> None:
    few = NEIGHBOURS * 2 - 2
    assert neighbours(np.zeros((few, 1)), np.arange(few) % 2, rng=np.random.default_rng(0)) is None
    with pytest.raises(ShapeError):
        neighbours(np.zeros((3, 1)), np.zeros(2, dtype=np.int64), rng=np.random.default_rng(0))


@pytest.mark.slow
def test_the_permutation_band_holds_what_chance_gives_as_often_as_it_says() -> None:
    """Labels without any relation to states: the measured share is one more permutation."""
    from scipy.stats import binom

    states, actions, episodes = demonstrations()
    chosen = neighbours(states, episodes, rng=np.random.default_rng(1))
    assert chosen is not None
    rng = np.random.default_rng(5)
    inside = trials = 0
    for _ in range(40):
        shuffled = rng.permutation(actions)
        found = smoothness(chosen, shuffled, shuffled, radius=0.3, rng=rng)
        inside += found.band[0] <= found.labels[0] <= found.band[1]
        trials += 1
    assert binom.cdf(inside, trials, 0.95) > 1e-4
    real = smoothness(chosen, actions, actions, radius=0.3, rng=rng)
    assert real.labels[0] < real.band[0]
