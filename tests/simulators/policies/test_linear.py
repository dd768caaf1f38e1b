"""Linear policies: the action, the clip and the Lipschitz constant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.norms import norm_along
from simulators.policies.linear import Linear, LinearFeedback

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(seed=seeds, gain=st.floats(-3, 3))
def test_feedback_steers_every_joint_to_its_target(seed: int, gain: float) -> None:
    rng = np.random.default_rng(seed)
    action, state, x = rng.normal(size=3), rng.normal(size=3), rng.normal(size=(4, 3, 6))
    u = LinearFeedback(action, state, gain, -0.5, 0.5).act(x)
    for j in range(3):
        expected = np.clip(action[j] + gain * (state[j] - x[:, j]), -0.5, 0.5)
        assert u[:, j] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(seed=seeds, norm=st.sampled_from(["linf", "l2"]), gain=st.floats(-3, 3))
def test_lipschitz_constants_hold_and_are_attained(seed: int, norm: str, gain: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 3, 50))
    for policy in (Linear(rng.normal(size=(2, 3)), rng.normal(size=2)), LinearFeedback(0.0, 0.0, gain, -1, 1)):
        stretch = norm_along(policy.act(x) - policy.act(y), norm, axis=0)
        assert np.all(stretch <= policy.lipschitz(norm) * norm_along(x - y, norm, axis=0) * (1 + 1e-9) + 1e-12)
    near = LinearFeedback(0.0, 0.0, gain)
    assert norm_along(near.act(x), norm, axis=0) == pytest.approx(near.lipschitz(norm) * norm_along(x, norm, axis=0))


def test_linear_policy_is_a_matrix_and_an_offset() -> None:
    policy = Linear([[1.0, 2.0], [0.0, -1.0]], [0.5, 0.0])
    assert policy.act(np.array([[1.0], [2.0]])).ravel().tolist() == [5.5, -2.0]


def test_deterministic_policies_need_no_normals() -> None:
    for policy in (Linear([[1.0]]), LinearFeedback(0.0, 0.0, 1.0)):
        assert policy.deterministic
        assert policy.normals(4) == 0
        x = np.array([[1.0]])
        policy.act(x)
        assert x[0, 0] == 1.0


def test_bad_parameters_are_refused() -> None:
    for arguments in ((np.nan, 0.0, 1.0), (0.0, [[1.0]], 1.0), (0.0, 0.0, np.inf), (0.0, 0.0, 1.0, 1.0, 0.0)):
        with pytest.raises(DomainError):
            LinearFeedback(*arguments)
    with pytest.raises(ShapeError, match="offset must have length 1"):
        Linear([[1.0]], [1.0, 2.0])
    with pytest.raises(ShapeError, match="at least one row"):
        Linear(np.zeros((0, 2)))
    with pytest.raises(ShapeError, match="K must have 2 dimension"):
        Linear([1.0])
