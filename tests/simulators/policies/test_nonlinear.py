"""Arctan and clipped policies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.norms import norm_along
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear
from simulators.policies.nonlinear import Arctan, Clipped


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), norm=st.sampled_from(["linf", "l2"]), scale=st.floats(-3, 3))
def test_lipschitz_constants_hold(seed: int, norm: str, scale: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 3, 50))
    for policy in (Arctan(scale), Clipped(Linear(rng.normal(size=(2, 3))), -0.3, 1.0)):
        stretch = norm_along(policy.act(x) - policy.act(y), norm, axis=0)
        assert np.all(stretch <= policy.lipschitz(norm) * norm_along(x - y, norm, axis=0) * (1 + 1e-9) + 1e-12)


def test_arctan_is_steepest_at_zero() -> None:
    policy = Arctan(-2.0)
    tiny = np.array([[1e-6, 0.0]])
    assert np.abs(np.diff(policy.act(tiny))).item() == pytest.approx(policy.lipschitz("l2") * 1e-6)
    assert policy.act(np.array([[1e9]])).item() == pytest.approx(-np.pi)


def test_clipping_bounds_any_mean_and_leaves_the_state_alone() -> None:
    x = np.array([[-9.0, 0.1, 9.0]])
    assert Clipped(Arctan(), -1.0, 1.0).act(x) == pytest.approx(np.array([[-1.0, np.arctan(0.1), 1.0]]))
    assert x.tolist() == [[-9.0, 0.1, 9.0]]
    for policy in (Arctan(), Clipped(Arctan(), -1.0, 1.0)):
        assert (policy.deterministic, policy.normals(3)) == (True, 0)


def test_gaussians_take_any_mean_function() -> None:
    policy = ClippedGaussian(Clipped(Arctan(), -0.5, 0.5), 0.1)
    assert policy.act(np.array([[9.0]]), np.array([[1.0]])).item() == pytest.approx(0.6)


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(DomainError, match="scale must be"):
        Arctan(np.inf)
    with pytest.raises(DomainError, match="norm must be one of"):
        Arctan().lipschitz("l1")
    with pytest.raises(DomainError, match="high must exceed low"):
        Clipped(Arctan(), 1.0, 0.0)
    with pytest.raises(DomainError, match="mean must be a deterministic policy"):
        Clipped(ClippedGaussian(Arctan(), 0.1), 0.0, 1.0)  # type: ignore[arg-type]
