"""Noise and initial laws: shapes, supports and moments."""

import math

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.systems.noise import (
    GaussianInitial,
    GaussianNoise,
    Law,
    NoNoise,
    UniformBox,
    UniformNoise,
)

LAWS = [
    (NoNoise(), [0, 0], [0, 0], 0),
    (UniformNoise([0.5, 1.0]), [0, 0], [0.5 / math.sqrt(3), 1 / math.sqrt(3)], 1.0),
    (GaussianNoise([0.1, 0.0]), [0, 0], [0.1, 0], math.inf),
    (GaussianNoise(0.0), [0, 0], [0, 0], 0),
    (UniformBox([-1.0, 2.0], [1.0, 2.0]), [0, 2], [1 / math.sqrt(3), 0], 2.0),
    (GaussianInitial(2.0, [1.0, -3.0]), [1, -3], [2, 2], math.inf),
    (GaussianInitial(0.0, [1.0, -3.0]), [1, -3], [0, 0], 3.0),
    (UniformBox([1.0, -4.0], [1.0, -4.0]), [1, -4], [0, 0], 4.0),
]


@pytest.mark.parametrize(("law", "mean", "std", "radius"), LAWS)
def test_samples_have_the_declared_moments_and_support(
    law: Law, mean: list[float], std: list[float], radius: float
) -> None:
    M = 200_000
    draws = law.sample(2, M, np.random.default_rng(0))
    assert draws.shape == (2, M)
    slack = 6 * np.array(std) / math.sqrt(M)
    assert np.all(np.abs(draws.mean(axis=1) - mean) <= slack + 1e-12)
    assert draws.std(axis=1) == pytest.approx(std, rel=0.02, abs=1e-12)
    assert law.radius(2) == radius
    assert np.abs(draws).max() <= radius
    if math.isfinite(radius):
        assert np.abs(draws).max() >= 0.999 * radius


def test_only_the_generator_decides() -> None:
    for law, *_ in LAWS:
        one, two = (law.sample(2, 7, np.random.default_rng(5)) for _ in range(2))
        assert np.array_equal(one, two)


@pytest.mark.parametrize("law", [law for law, *_ in LAWS if np.ndim(getattr(law, "x", 0)) == 1][:1])
def test_a_vector_law_has_its_own_dimension(law: Law) -> None:
    with pytest.raises(ShapeError, match="x must be a number or have length 3, got length 2"):
        law.sample(3, 1, np.random.default_rng(0))


def test_scales_are_nonnegative_finite_and_flat() -> None:
    for make in (UniformNoise, GaussianNoise, GaussianInitial):
        with pytest.raises(DomainError, match="must be nonnegative"):
            make([-0.1])
        with pytest.raises(DomainError, match="must be finite"):
            make(math.inf)
        with pytest.raises(ShapeError, match="number or a vector"):
            make([[1.0]])
    with pytest.raises(ShapeError, match="mean must be"):
        GaussianInitial(1.0, [[1.0]])


def test_boxes_are_not_empty() -> None:
    with pytest.raises(DomainError, match="high must be at least low"):
        UniformBox(0.0, [1.0, -1.0])
    with pytest.raises(ShapeError, match="equal lengths"):
        UniformBox([0.0], [1.0, 1.0])
    with pytest.raises(ShapeError, match="numbers or vectors"):
        UniformBox([[0.0]], 1.0)
