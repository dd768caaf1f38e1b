"""The appendices in numbers."""

import numpy as np
import pytest
from scipy import stats

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.appendix import local_radius

SYSTEM = {"H": 50, "C": 0.5, "eta": 0.5, "lipschitz": 0.4, "tube": 1.0, "state_dimension": 2, "dimension": 1}


@pytest.mark.parametrize(
    ("sigma", "form", "expected"),
    [(0.02, "simple", 4.5345e-7), (0.02, "sharp", 3.05e-11), (0.04, "simple", 3.27), (0.04, "sharp", 0.0442)],
)
def test_the_example_of_the_appendix(sigma, form, expected):
    found = evaluate(catalog["local_stability"], form, **SYSTEM, sigma=sigma, sigma_w=sigma)
    assert found.total == pytest.approx(expected, rel=2e-3)
    assert bool(found.vacuous) == (expected > 1)


def test_the_tails_are_those_of_the_chi_law():
    found = evaluate(catalog["local_stability"], **SYSTEM, sigma=0.05, sigma_w=0.03).terms
    growth = sum(0.7**j for j in range(50))
    assert found["process"] == pytest.approx(50 * stats.chi(2).sf(1 / (2 * 0.03 * growth)), rel=1e-12)
    assert found["policy"] == pytest.approx(50 * stats.chi(1).sf(1 / (2 * 0.5 * 0.05 * growth)), rel=1e-12)


def test_without_noise_nothing_fails():
    assert evaluate(catalog["local_stability"], **(SYSTEM | {"C": 0.0}), sigma=0.1, sigma_w=0.0).total == 0


def test_simulated_paths_leave_the_tube_less_often_than_the_bound():
    """x' = x/2 + u/2 + w in the plane, mu(x) = .4 x_1: the event itself, over 4000 paths."""
    rng, sigma = np.random.default_rng(1), 0.09
    x, far = np.zeros((4000, 2)), np.zeros(4000)
    for _ in range(10):
        u = 0.4 * x[:, :1] + sigma * rng.standard_normal((4000, 1))
        x = 0.5 * x + 0.5 * u * np.array([1.0, 0.0]) + sigma * rng.standard_normal((4000, 2))
        far = np.maximum(far, np.linalg.norm(x, axis=1))
    bound = evaluate(catalog["local_stability"], **(SYSTEM | {"H": 10, "tube": 0.9}), sigma=sigma, sigma_w=sigma)
    assert (far > 0.9).mean() <= bound.total


def test_the_local_radius():
    assert local_radius(C=0.5, eta=0.5, tube=1.0, H=50) == pytest.approx(1.0, rel=1e-12)
    assert local_radius(C=[1.0, 2.0], eta=1.0, tube=1.0, H=4) == pytest.approx([0.25, 0.125])
    assert np.isposinf(local_radius(C=0.0, eta=0.5, tube=1.0, H=3))
    with pytest.raises(ParameterError, match="tube must be a number >= 0"):
        local_radius(C=1, eta=1, tube=-1, H=1)


def test_a_class_with_the_expert_needs_no_misspecification():
    with pytest.raises(AssumptionError, match="misspecification requires log_misspecification > 0"):
        evaluate(catalog["misspecification"], n=10, class_size=2, log_misspecification=0)
