"""Gains of linear systems are exact, and envelopes hold for every power."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.assumptions.linear import gain_sequence, spectral_radius
from simulators.errors import DomainError
from simulators.norms import norm_along
from simulators.systems.linear import LinearSystem

seeds = st.integers(0, 2**32 - 1)
norms = st.sampled_from(["linf", "l2"])


def random_pair(seed: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    dx, du = rng.integers(1, 5, size=2)
    A = rng.normal(size=(dx, dx))
    return A * radius / spectral_radius(A), rng.normal(size=(dx, du))


@settings(deadline=None)
@given(seed=seeds, norm=norms, radius=st.floats(0.1, 1.5))
def test_gains_bound_every_pair_of_trajectories_under_shared_noise(seed: int, norm: str, radius: float) -> None:
    A, B = random_pair(seed, radius)
    system, rng, H = LinearSystem(A, B), np.random.default_rng(seed), 8
    g = gain_sequence(A, B, horizon=H, norm=norm)
    x = system.sample_initial(20, rng)
    y = x.copy()
    gaps: list[np.ndarray] = []
    for h in range(H):
        allowed = sum((g[h - 1 - t] * gaps[t] for t in range(h)), np.zeros(20))
        assert np.all(norm_along(x - y, norm, axis=0) <= allowed * (1 + 1e-9) + 1e-12)
        u, v, w = rng.normal(size=(system.du, 20)), rng.normal(size=(system.du, 20)), rng.normal(size=x.shape)
        gaps.append(norm_along(u - v, norm, axis=0))
        x, y = system.step(x, u, w), system.step(y, v, w)


@settings(deadline=None)
@given(seed=seeds, norm=norms)
def test_every_single_gain_is_attained(seed: int, norm: str) -> None:
    A, B = random_pair(seed, 0.9)
    for j, g in enumerate(gain_sequence(A, B, horizon=6, norm=norm)):
        image = np.linalg.matrix_power(A, j) @ B
        heaviest_row = np.abs(image).sum(axis=1).argmax()
        kick = np.linalg.svd(image)[2][0] if norm == "l2" else np.sign(image[heaviest_row])
        moved = norm_along(image @ kick, norm) / norm_along(kick, norm)
        assert moved == pytest.approx(g, rel=1e-9)


def test_horizon_one_has_no_gains_and_unstable_gains_overflow_to_infinity() -> None:
    assert gain_sequence([[0.5]], [[1.0]], horizon=1, norm="l2").shape == (0,)
    g = gain_sequence([[1e200]], [[1.0]], horizon=5, norm="l2")
    assert g.tolist() == [1.0, 1e200, np.inf, np.inf]


def test_a_norm_or_a_horizon_out_of_range_is_refused() -> None:
    with pytest.raises(DomainError, match="norm must be one of"):
        gain_sequence([[0.5]], [[1.0]], horizon=1, norm="l1")
    with pytest.raises(DomainError, match="horizon must be"):
        gain_sequence([[0.5]], [[1.0]], horizon=0, norm="l2")
