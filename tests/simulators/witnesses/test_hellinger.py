"""The two numbers by their definitions."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.witnesses.hellinger import OffTarget, Unexcluded


def squared_hellinger(p, q):
    return ((np.sqrt(p) - np.sqrt(q)) ** 2).sum()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_class_without_the_expert(share):
    expert, policy, found = np.array([1.0, 0.0]), np.array([share, 1 - share]), OffTarget(share)
    assert found.exact() == pytest.approx(squared_hellinger(expert, policy))
    chi_squared = (expert**2 / policy).sum() - 1
    assert found.values()["log_misspecification"] == pytest.approx(np.log1p(chi_squared))


@pytest.mark.parametrize(("p", "n"), [(0.1, 3), (0.5, 8)])
def test_a_wrong_policy_that_is_not_excluded(p, n):
    expert, wrong = np.array([1 - p, p, 0.0]), np.array([1 - p, 0.0, p])  # (first state, label): common, right, wrong
    found = Unexcluded(p, n)
    assert found.exact() == pytest.approx(np.sqrt(squared_hellinger(expert, wrong)))
    seen = np.random.default_rng(0).random((20_000, n)) < p
    assert (~seen.any(axis=1)).mean() == pytest.approx(found.values()["delta"], abs=0.02)


def test_parameters_are_checked():
    with pytest.raises(DomainError, match="share"):
        OffTarget(1.0)
    with pytest.raises(DomainError, match="p must"):
        Unexcluded(0.0, 5)
