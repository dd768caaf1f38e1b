"""Linear MDPs in feature space agree with their dense tables, which they do not build."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.exact.dp import expected_return, expected_returns, occupancy
from simulators.policies.tabular import TabularPolicy
from simulators.systems import linear_mdp
from simulators.systems.linear_mdp import LinearMDP
from simulators.systems.tabular import TabularMDP
from simulators.tables import table
from tests.simulators.finite_cases import laws, policies

GOOD = {
    "phi": [[[1.0, 0.0], [0.5, 0.5]]] * 2,
    "mu": [[1.0, 0.0], [0.0, 1.0]],
    "theta": [[1.0, 0.0]] * 3,
    "initial": [1.0, 0.0],
}


@st.composite
def mixtures(draw):
    """Features that are mixture weights, over measures that are laws; sometimes varying with the step."""
    S, K, d, H = (draw(st.integers(1, 3)) for _ in range(4))
    phi = [[draw(laws(d)) for _ in range(K)] for _ in range(S)]
    mu = [[draw(laws(S)) for _ in range(d)] for _ in range(H)]
    theta = [[Fraction(draw(st.integers(0, 4)), 4) for _ in range(d)] for _ in range(H)]
    return LinearMDP(phi, mu[0] if draw(st.booleans()) else mu, theta, draw(laws(S)))


def dense(mdp):
    return TabularMDP(np.stack([mdp.kernel(h) for h in range(mdp.horizon)]), mdp.reward, mdp.initial)


@given(mixtures(), st.data())
@settings(deadline=None)
def test_feature_space_agrees_with_the_dense_process(mdp, data):
    policy = data.draw(policies(mdp))
    assert expected_return(mdp, policy) == expected_return(dense(mdp), policy)
    assert np.array_equal(occupancy(mdp, policy), occupancy(dense(mdp), policy))
    floats = expected_returns(mdp.to_float(), [policy.to_float()] * 2)
    assert floats == pytest.approx(float(expected_return(mdp, policy)), rel=1e-13)


@given(mixtures())
@settings(deadline=None)
def test_rewards_are_linear_in_the_features(mdp):
    for h in range(mdp.horizon):
        assert np.array_equal(mdp.reward[h], mdp.phi @ mdp.theta[h])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"mu": [[0.9, 0.0], [0.0, 1.0]]}, ProbabilityError, "that sum to 1, got a sum of 0.9"),
        ({"mu": [[1.5, -0.5], [0.0, 1.0]]}, ProbabilityError, "must give nonnegative probabilities, got -0.5"),
        ({"mu": [[[1.0, 0.0], [0.0, 1.0]]] * 2}, ShapeError, "mu must have shape"),
        ({"theta": [[2.0, 0.0]] * 3}, DomainError, "reward must lie in"),
        ({"theta": np.ones((0, 2))}, ShapeError, "at least one step"),
        ({"phi": np.zeros((2, 0, 2))}, ShapeError, "at least one action"),
        ({"phi": [[[np.inf, 0.0], [0.5, 0.5]]] * 2}, DomainError, "phi must be finite"),
        ({"initial": [0.5, 0.4]}, ProbabilityError, "initial must sum to 1"),
    ],
)
def test_bad_input_is_refused_on_construction(change, error, message):
    LinearMDP(**GOOD)
    with pytest.raises(error, match=message):
        LinearMDP(**{**GOOD, **change})


def test_signed_features_are_checked_block_by_block(monkeypatch):
    """Features with signs can be fine: an orthogonal change of basis leaves the probabilities alone."""
    monkeypatch.setattr(linear_mdp, "BLOCK_ENTRIES", 2)
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    phi, mu, theta = (np.array(GOOD[name]) for name in ("phi", "mu", "theta"))
    turned = LinearMDP(phi @ turn, turn.T @ mu, theta @ turn, GOOD["initial"])
    assert np.allclose(turned.kernel(0), LinearMDP(**GOOD).kernel(0))
    bad = turn.T @ np.array([[1.1, -0.1], [0.0, 1.0]])
    with pytest.raises(ProbabilityError, match="nonnegative"):
        LinearMDP(phi @ turn, bad, theta @ turn, GOOD["initial"])


def test_no_dense_table_is_built(monkeypatch):
    def refuse(_self, _h):
        raise MemoryError

    monkeypatch.setattr(LinearMDP, "kernel", refuse)
    mdp = LinearMDP(**GOOD)
    one = TabularPolicy([[0.5, 0.5]] * 2)
    varying = TabularPolicy([[[0.5, 0.5]] * 2] * 3)
    assert expected_returns(mdp, [one, varying]) == pytest.approx(expected_return(mdp, one))
    assert occupancy(mdp, one).sum() == pytest.approx(3)


def test_one_fraction_makes_it_exact():
    assert LinearMDP(
        **{**GOOD, "theta": [[Fraction(1), 0]] * 3, "phi": table("phi", [[[1, 0], [0, 1]]] * 2, exact=True)}
    ).exact
