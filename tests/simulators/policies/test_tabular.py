"""Tabular policies, label maps and push-forwards."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward, require_codes
from tests.simulators.finite_cases import policies, quantizers, systems


def test_policies_must_be_probabilities():
    with pytest.raises(ProbabilityError, match="policy must sum to 1"):
        TabularPolicy([[0.5, 0.4]])
    with pytest.raises(ShapeError, match="policy must be indexed"):
        TabularPolicy([0.5, 0.5])
    with pytest.raises(DomainError, match="policy must be finite"):
        TabularPolicy([[np.nan, 0.5]])


def test_deterministic_policies():
    assert TabularPolicy.of_actions([[0, 1], [1, 1]], 3).deterministic
    assert TabularPolicy.of_actions([2], 3, exact=True).probabilities.tolist() == [[0, 0, Fraction(1)]]
    assert not TabularPolicy([[0.5, 0.5]]).deterministic
    assert TabularPolicy([[1 - 1e-13, 0.0]]).deterministic
    with pytest.raises(DomainError, match="actions must lie in"):
        TabularPolicy.of_actions([2], 2)


def test_fit_is_checked():
    varying = TabularPolicy(np.ones((3, 2, 1)))
    varying.require_fit(3, 2, 1)
    with pytest.raises(ShapeError, match=r"policy must have shape \(4, 2, 1\)"):
        varying.require_fit(4, 2, 1)


@pytest.mark.parametrize(
    ("labels", "codebook", "error", "message"),
    [
        ([0, 1], [0], DomainError, "labels must stay in the codebook"),
        ([0, 2], [0, 2], DomainError, "labels must lie in 0..1, got 2"),
        ([0, 1], [0, 1, 2], DomainError, "codebook must lie in 0..1, got 2"),
        ([], [], DomainError, "integers"),
    ],
)
def test_label_maps_stay_in_their_codebook(labels, codebook, error, message):
    with pytest.raises(error, match=message):
        LabelMap(labels, codebook)


@given(systems(), st.data())
@settings(deadline=None)
def test_push_forward_is_the_law_of_the_label(system, data):
    policy = data.draw(policies(system))
    quantizer = data.draw(quantizers(system.n_actions))
    pushed = push_forward(policy, quantizer)
    assert pushed.stationary == policy.stationary
    require_codes(pushed, quantizer)
    for code in range(system.n_actions):
        carried = [a for a in range(system.n_actions) if quantizer.labels[a] == code]
        expected = sum((policy.probabilities[..., a] for a in carried), start=0 * pushed.probabilities[..., 0])
        assert np.array_equal(pushed.probabilities[..., code], expected)
    assert np.array_equal(quantizer.codebook[quantizer.column], quantizer.labels)
    assert np.allclose(push_forward(policy.to_float(), quantizer).probabilities, pushed.to_float().probabilities)


def test_the_identity_changes_nothing():
    policy = TabularPolicy([[0.2, 0.3, 0.5]])
    assert np.array_equal(push_forward(policy, LabelMap.identity(3)).probabilities, policy.probabilities)


def test_learners_that_leave_the_codebook_are_refused():
    with pytest.raises(DomainError, match="plays action 1"):
        require_codes(TabularPolicy([[[0.9, 0.1]]]), LabelMap([0, 0], [0]))
    with pytest.raises(ShapeError, match="share an action set"):
        push_forward(TabularPolicy([[1.0]]), LabelMap([0, 0], [0]))
