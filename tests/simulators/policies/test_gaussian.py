"""Gaussian policies: sampling, clipping and total-variation continuity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from simulators.errors import DomainError
from simulators.norms import norm_along
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.mixture import Mixture


def test_actions_are_clipped_mean_plus_scaled_normals() -> None:
    policy = ClippedGaussian(LinearFeedback(0.0, 0.0, -1.0), [0.1, 0.2], -0.3, 0.3)
    x, z = np.array([[0.1, 0.2], [0.0, 0.0]]), np.array([[1.0, 2.0], [-1.0, 9.0], [5.0, 5.0]])
    assert policy.act(x, z) == pytest.approx(np.array([[0.2, 0.3], [-0.2, 0.3]]))
    assert not policy.deterministic
    assert policy.normals(2) == 2


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), norm=st.sampled_from(["linf", "l2"]), d=st.integers(1, 5))
def test_total_variation_is_lipschitz(seed: int, norm: str, d: int) -> None:
    rng = np.random.default_rng(seed)
    policy = ClippedGaussian(Linear(rng.normal(size=(d, 3))), rng.uniform(0.1, 1, size=d))
    x, y = rng.normal(size=(2, 3, 40)) * rng.choice([0.01, 0.1, 1])
    standard = (policy.mean.act(x) - policy.mean.act(y)) / np.asarray(policy.std)[:, None]
    exact = 2 * ndtr(norm_along(standard, "l2", axis=0) / 2) - 1
    assert np.all(exact <= policy.tv_lipschitz(norm, d) * norm_along(x - y, norm, axis=0) + 1e-12)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_the_constant_is_attained_in_the_limit(norm: str) -> None:
    d = 4
    policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 0.7), 0.2)
    gap = np.full((d, 1), 1e-4)
    exact = 2 * ndtr(0.7 * norm_along(gap, "l2", axis=0) / 0.4) - 1
    assert exact == pytest.approx(policy.tv_lipschitz(norm, d) * norm_along(gap, norm, axis=0), rel=1e-6)


def test_bad_parameters_are_refused() -> None:
    mean = LinearFeedback(0.0, 0.0, 1.0)
    for std in (0.0, -1.0, np.inf, [0.1, 0.0]):
        with pytest.raises(DomainError, match="std must be"):
            ClippedGaussian(mean, std)
    with pytest.raises(DomainError, match="high must exceed low"):
        ClippedGaussian(mean, 0.1, 1.0, -1.0)
    with pytest.raises(DomainError, match="mean must be a deterministic policy"):
        ClippedGaussian(Mixture((mean,), np.ones(1)), 0.1)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="z must hold standard normals"):
        ClippedGaussian(mean, 0.1).act(np.zeros((1, 1)))
    with pytest.raises(DomainError, match="dimension must be"):
        ClippedGaussian(mean, 0.1).tv_lipschitz("l2", 0)
