"""Appendix A: misspecified classes and covers, down to the catalog's expressions; the key bounds on random laws."""

import numpy as np
import pytest

from proofs_check.proofs import appendix


def test_every_step_is_checked_down_to_the_catalogs_expression(stands, checked):
    assert stands(appendix.COVER) == {"exponential", "exponential_tangent", "finite_partitions"}
    assert {"final", "final_simple"} <= {step.step.id for step in checked(appendix.COVER).steps}


def test_what_the_kernel_leaves_of_misspecification_is_scalar_algebra(stands, checked):
    assert stands(appendix.OFF) == {"exponential", "exponential_tangent"}
    assert checked(appendix.OFF).verdict == "ALGEBRA CHECKED"


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
