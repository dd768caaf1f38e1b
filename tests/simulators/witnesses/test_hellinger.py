"""The two numbers by their definitions."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.witnesses.hellinger import HiddenLabels, OffTarget, Unexcluded


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


@pytest.mark.parametrize(("kept", "labels", "n"), [(0.24, 400, 90), (0.75, 40, 30)])
def test_a_policy_with_hidden_labels_maximises_the_likelihood(kept, labels, n):
    rng, found = np.random.default_rng(1), HiddenLabels(kept)
    expert = np.append(np.full(labels, 1 / labels), 0.0)  # the last label is hidden
    seen = rng.integers(0, labels, n)
    others = rng.permutation(np.setdiff1d(np.arange(labels), seen))
    chosen = np.concatenate([np.unique(seen), others])[: round(kept * labels)]
    wrong = np.where(np.isin(np.arange(labels + 1), chosen), expert, 0.0)
    wrong[-1] = 1 - kept
    assert np.log(wrong[seen]).sum() == np.log(expert[seen]).sum()
    assert found.exact() == pytest.approx(np.sqrt(squared_hellinger(expert, wrong)))
    scale = np.exp(found.values()["log_cover"])
    cover = np.append(expert[:-1] / scale, 1 - 1 / scale)
    assert cover.sum() == pytest.approx(1)
    assert (np.maximum(expert, wrong) <= scale * cover * (1 + 1e-12)).all()


def test_parameters_are_checked():
    with pytest.raises(DomainError, match="share"):
        OffTarget(1.0)
    with pytest.raises(DomainError, match="p must"):
        Unexcluded(0.0, 5)
