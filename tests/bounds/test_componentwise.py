"""The vector form: sound for every disturbance, attained by one, never above the norms, and gains like any others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.componentwise import ComponentwiseGain
from bounds.deviation import deviation
from bounds.gains import ExponentialGain, Gain, LinearSystemGain

A, B = [[0.6, 0.3], [-0.2, 0.5]], [[1.0, 0.0], [0.2, 0.05]]
K = [[-0.3, 0.1], [0.0, -0.4]]
LOOP = ComponentwiseGain(A, B, errors=[0.01, 0.2], feedback_matrix=np.abs(K))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), norm=st.sampled_from(["linf", "l2"]))
def test_no_policy_with_these_slopes_moves_a_component_further(seed, norm):
    rng = np.random.default_rng(seed)
    system, control = rng.uniform(-1, 1, (3, 3)), rng.uniform(-1, 1, (3, 2))
    slopes, errors = rng.uniform(0, 0.5, (2, 3)), rng.uniform(0, 1, 2)
    gain = ComponentwiseGain(system, control, errors=errors, feedback_matrix=slopes, norm=norm)
    bound, moved = gain.components(8), np.zeros(3)
    for h in range(8):
        assert (np.abs(moved) <= bound[h] + 1e-12).all()
        answer = rng.uniform(-1, 1, (2, 3)) * slopes @ moved + rng.uniform(-1, 1, 2) * errors
        moved = system @ moved + control @ answer
    norms = gain.feedback(np.asarray(gain.size), np.asarray(gain.lipschitz), 8)
    assert norms == pytest.approx(np.linalg.norm(bound, ord={"linf": np.inf, "l2": 2}[norm], axis=1), rel=1e-12)


def test_positive_systems_attain_it_and_a_thousandth_less_is_broken():
    gain = ComponentwiseGain([[0.5, 0.2], [0.1, 0.5]], [[1.0], [0.3]], errors=[0.1], feedback_matrix=[[0.1, 0.2]])
    bound, moved = gain.components(6), np.zeros(2)
    for h in range(6):
        assert moved == pytest.approx(bound[h], rel=1e-12)
        assert h == 0 or (moved > 0.999 * bound[h]).all()
        moved = np.array([[0.5, 0.2], [0.1, 0.5]]) @ moved + np.array([1.0, 0.3]) * ([0.1, 0.2] @ moved + 0.1)


def test_it_is_a_gain_and_sharper_than_the_norms():
    assert isinstance(LOOP, Gain)
    values = {"H": 30, "n": 10**4, "class_size": 9, "eps_q": LOOP.size, "lipschitz": LOOP.lipschitz}
    norms = LinearSystemGain(A, B)
    vector, scalar = (deviation(catalog["common_noise"], **values, gains=gains) for gains in (LOOP, norms))
    assert (vector.values <= scalar.values * (1 + 1e-12)).all()
    assert vector.largest < 0.5 * scalar.largest
    assert vector.values == pytest.approx(LOOP.components(30, scale=3.0).max(axis=1), rel=1e-12)
    assert (
        evaluate(catalog["common_noise"], **values, gains=LOOP).total
        < evaluate(catalog["common_noise"], **values, gains=norms).total
    )


def test_one_dimension_is_the_scalar_recursion():
    one = ComponentwiseGain([[0.9]], [[0.5]], errors=[0.2], feedback_matrix=[[0.3]])
    scalar = ExponentialGain(0.5, 0.9)
    r, ell, slopes = np.array([0.1, 0.2]), np.asarray(0.3), np.array([0.3, 0.2, 0.1])
    assert one.feedback(r, ell, 9) == pytest.approx(scalar.feedback(r, ell, 9), rel=1e-12)
    assert one.displacement(r, 9) == pytest.approx(scalar.displacement(r, 9), rel=1e-12)
    assert one.response(np.arange(9.0), ell) == pytest.approx(scalar.response(np.arange(9.0), ell), rel=1e-12)
    assert one.held(r[0], slopes, 9) == pytest.approx(scalar.held(r[0], slopes, 9), rel=1e-12)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match=r"errors must be nonnegative numbers of shape \(2,\), got \[0.1\]"):
        ComponentwiseGain(A, B, errors=[0.1])
    with pytest.raises(ParameterError, match=r"feedback_matrix must be nonnegative numbers of shape \(2, 2\)"):
        ComponentwiseGain(A, B, errors=[0.1, 0.1], feedback_matrix=K)
    with pytest.raises(AssumptionError, match="a closed loop needs feedback_matrix"):
        ComponentwiseGain(A, B, errors=[0.1, 0.1]).feedback(np.asarray(1.0), np.asarray(0.2), 4)
