"""Appendix A: what ties the kernel's letters to misspecified classes and covers; the key bounds on random laws."""

import numpy as np
import pytest

from proofs_check.proofs import appendix


@pytest.mark.parametrize("key", [appendix.OFF, appendix.COVER])
def test_what_the_kernel_leaves_is_scalar_algebra(stands, checked, key):
    assert stands(key) == {"exponential", "exponential_tangent"}
    assert checked(key).verdict == "ALGEBRA CHECKED"


def test_chi_squared_of_trajectories_multiplies():
    rng = np.random.default_rng(0)
    first, second = (rng.dirichlet(np.ones(4), 2) for _ in range(2))
    joint = [np.outer(a, b).ravel() for a, b in zip(first, second, strict=True)]
    one = [np.sum(p**2 / q) for p, q in (first, second, joint)]
    assert one[2] == pytest.approx(one[0] * one[1])
    assert one[0] == pytest.approx(1 + np.sum((first[0] - first[1]) ** 2 / first[1]))


def test_a_law_below_another_times_a_constant_is_near_it():
    rng = np.random.default_rng(1)
    for _ in range(200):
        p, q = rng.dirichlet(np.ones(5), 2)
        c = np.log(np.max(p / q))  # the smallest for which q covers p
        assert 2 - 2 * np.sqrt(p * q).sum() <= 2 * (1 - np.exp(-c / 2)) + 1e-12
