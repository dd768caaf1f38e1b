import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, StabilityError
from simulators.systems.arctan import ArctanSystem

COEFFICIENTS = st.tuples(st.floats(0.01, 0.98), st.floats(0.01, 0.98)).filter(lambda pair: sum(pair) < 0.995)


@settings(deadline=None)
@given(COEFFICIENTS, st.floats(-1e6, 1e6))
def test_the_inverse_is_right_to_a_few_units_in_the_last_place(pair, y):
    A, B = pair
    x = float(ArctanSystem(A, B).closed_loop_inverse(y))
    with mpmath.workdps(50):
        slope = A + B / (1 + mpmath.mpf(x) ** 2)
        residual = mpmath.mpf(A) * x + mpmath.mpf(B) * mpmath.atan(x) - mpmath.mpf(y)
        assert abs(residual) <= max(4e-15 * abs(x), 1e-307) * slope  # subnormal numbers have fewer digits


@given(COEFFICIENTS, st.floats(-50, 50), st.floats(-50, 50))
def test_the_closed_loop_contracts_by_a_plus_b_and_no_faster_than_a(pair, x, y):
    system = ArctanSystem(*pair)
    gap = abs(float(system.closed_loop(x) - system.closed_loop(y)))
    assert system.A * abs(x - y) - 1e-12 <= gap <= system.contraction * abs(x - y) + 1e-12


def test_the_open_loop_with_the_expert_is_the_closed_loop():
    system = ArctanSystem(0.2, 0.3)
    x = system.linear.sample_initial(5, np.random.default_rng(0))
    following = system.linear.step(x, system.expert.act(x), system.linear.sample_noise(5, np.random.default_rng(0)))
    assert np.allclose(following, system.closed_loop(x), rtol=1e-15)
    assert (system.linear.dx, system.linear.du) == (1, 1)


def test_the_first_state_is_standard_normal():
    x = ArctanSystem(0.2, 0.3).linear.sample_initial(200_000, np.random.default_rng(1))
    assert abs(x.mean()) < 5 / np.sqrt(200_000)
    assert abs(x.var() - 1) < 5 * np.sqrt(2 / 200_000)


def test_unstable_or_degenerate_coefficients_are_refused():
    with pytest.raises(StabilityError, match="A \\+ B must be below 1"):
        ArctanSystem(0.5, 0.5)
    with pytest.raises(DomainError, match="A must lie in"):
        ArctanSystem(0.0, 0.5)
    with pytest.raises(DomainError, match="y must be finite"):
        ArctanSystem(0.2, 0.3).closed_loop_inverse(float("nan"))
