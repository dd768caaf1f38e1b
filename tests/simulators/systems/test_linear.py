"""Linear systems step many trajectories at once, exactly as one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.systems.linear import LinearSystem, linear_pair
from simulators.systems.noise import GaussianNoise, UniformBox


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dx=st.integers(1, 5), du=st.integers(1, 4))
def test_a_step_is_ax_plus_bu_plus_w_in_every_column(seed: int, dx: int, du: int) -> None:
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(dx, dx)), rng.normal(size=(dx, du))
    system = LinearSystem(A, B, GaussianNoise(0.1))
    x, u, w = rng.normal(size=(dx, 6)), rng.normal(size=(du, 6)), system.sample_noise(6, rng)
    before = x.copy()
    following = system.step(x, u, w)
    for i in range(6):
        assert following[:, i] == pytest.approx(A @ x[:, i] + B @ u[:, i] + w[:, i], rel=1e-12, abs=1e-12)
    assert np.array_equal(x, before)
    assert (system.dx, system.du) == (dx, du)


def test_first_states_and_noise_come_from_the_laws() -> None:
    system = LinearSystem([[0.5, 0.0], [0.0, 0.5]], [[1.0], [0.0]], initial=UniformBox([1.0, 2.0], [1.0, 2.0]))
    rng = np.random.default_rng(0)
    assert np.array_equal(system.sample_initial(3, rng), [[1.0] * 3, [2.0] * 3])
    assert np.array_equal(system.sample_noise(3, rng), np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("A", "B", "reason"),
    [
        ([[1.0, 0.0]], [[1.0]], "A must be square"),
        ([[1.0]], [[1.0], [1.0]], r"B must have shape \(1, du\)"),
        ([[1.0]], np.zeros((1, 0)), r"B must have shape \(1, du\)"),
        ([1.0], [[1.0]], "A must have 2 dimension"),
    ],
)
def test_matrices_must_fit(A: object, B: object, reason: str) -> None:
    for make in (linear_pair, LinearSystem):
        with pytest.raises(ShapeError, match=reason):
            make(A, B)  # type: ignore[operator]


def test_matrices_must_be_finite_and_laws_must_fit() -> None:
    with pytest.raises(DomainError, match="A must be finite"):
        LinearSystem([[np.nan]], [[1.0]])
    with pytest.raises(ShapeError, match="low must be a number or have length 1"):
        LinearSystem([[0.5]], [[1.0]], initial=UniformBox([1.0, 2.0], [1.0, 2.0]))


def test_the_system_keeps_its_own_copy() -> None:
    A = np.array([[0.5]])
    system = LinearSystem(A, [[1.0]])
    A[0, 0] = 9
    assert system.A[0, 0] == 0.5


@pytest.mark.parametrize(("alpha", "total"), [(0.5, 49 / 8192), (2.0, 13 / 512)])
def test_a_constant_action_error_moves_the_state_by_a_geometric_sum(alpha: float, total: float) -> None:
    """Four steps of x' = alpha x + u, actions off by 1/1024; the numbers are dyadic, so exact."""
    system, x, moved = LinearSystem([[alpha]], [[1.0]]), np.zeros((1, 2)), 0.0
    for _ in range(4):
        x = system.step(x, np.array([[0.0, 1 / 1024]]), np.zeros((1, 2)))
        moved += abs(float(x[0, 1] - x[0, 0]))
    assert moved == total


@pytest.mark.parametrize(("slope", "bias", "total"), [(0.6, 0.0, 132.99999), (-0.4, 0.005, 0.1135802469)])
def test_a_slope_compounds_and_a_bias_does_not(slope: float, bias: float, total: float) -> None:
    """x' = x/2 + u from 1/2, expert -0.4 x: total action gap over 40 steps."""
    system, x, gap = LinearSystem([[0.5]], [[1.0]]), np.full((1, 2), 0.5), 0.0
    for _ in range(40):
        u = np.stack([-0.4 * x[:, 0], slope * x[:, 1] + bias], axis=1)
        gap += abs(float(u[0, 1] - u[0, 0]))
        x = system.step(x, u, np.zeros((1, 2)))
    assert gap == pytest.approx(total, rel=1e-7 if bias == 0 else 1e-9)
