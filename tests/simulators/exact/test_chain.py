"""The observed chain is the law of the expert's states and labels."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.exact.chain import TrajectoryLaw, learner_law, observed_law, raw_actions_given_labels
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, chain_paths, label_paths, policies, problems, quantizers, systems


@given(problems())
@settings(deadline=None)
def test_states_and_labels_form_the_chain_of_the_push_forward(problem):
    """Raw actions given labels, averaged into a kernel, reproduce the law of (state, label) paths exactly."""
    system, expert, quantizer, _ = problem
    assert chain_paths(observed_law(system, expert, quantizer)) == label_paths(system, expert, quantizer)


def test_the_kernel_of_the_codes_would_be_wrong():
    """Mutant: executing the code instead of averaging over raw actions gives another law."""
    mdp = TabularMDP([[[1.0, 0.0], [0.0, 1.0]]] * 2, np.ones((2, 2, 2)), [1.0, 0.0])
    law = observed_law(mdp, TabularPolicy([[0.5, 0.5]] * 2), LabelMap([0, 0], [0]))
    codes = learner_law(law, TabularPolicy([[1.0, 0.0]] * 2), LabelMap([0, 0], [0]))
    assert codes.kernel[0, 0].tolist() == [0.5, 0.5] != mdp.kernel(0)[0, 0].tolist()


@given(systems(), st.data())
@settings(deadline=None)
def test_raw_actions_given_labels_are_conditional_laws(system, data):
    policy = data.draw(policies(system)).at(0)
    quantizer = data.draw(quantizers(system.n_actions))
    given_label = raw_actions_given_labels(policy, quantizer)
    assert np.all(given_label.sum(axis=-1) == 1)
    for s in range(system.n_states):
        for c, code in enumerate(quantizer.codebook):
            carried = np.where(quantizer.labels == code, policy[s], Fraction(0))
            if carried.sum():
                assert np.array_equal(given_label[s, c] * carried.sum(), carried)
            else:
                assert given_label[s, c, code] == 1


@given(problems())
@settings(deadline=None)
def test_floats_agree_with_fractions_and_dense_with_sparse(problem):
    system, expert, quantizer, learner = problem
    exact = learner_law(observed_law(system, expert, quantizer), learner, quantizer)
    dense = observed_law(as_mdp(system), expert, quantizer)
    floats = observed_law(system.to_float(), expert.to_float(), quantizer)
    for h in range(system.horizon):
        assert np.array_equal(dense.kernel_at(h), exact.kernel_at(h))
        assert np.allclose(floats.kernel_at(h), exact.kernel_at(h).astype(float), rtol=1e-14)
        assert np.allclose(exact.to_float().policy_at(h), learner.to_float().at(h)[:, quantizer.codebook])


def test_bad_laws_are_refused():
    with pytest.raises(ProbabilityError, match="kernel must sum to 1"):
        TrajectoryLaw([1.0], [[1.0]], [[[0.5]]], 2)
    with pytest.raises(ShapeError, match="policy must have shape"):
        TrajectoryLaw([1.0], [[[1.0]]], [[[1.0]]], 2)
    with pytest.raises(ShapeError, match="policy must be indexed"):
        TrajectoryLaw([1.0], [1.0], [[[1.0]]], 2)
    law = TrajectoryLaw([1.0], [[1.0]], [[[1.0]]], 2)
    with pytest.raises(DomainError, match="codes only"):
        learner_law(law, TabularPolicy([[0.5, 0.5]]), LabelMap([0, 0], [0]))
