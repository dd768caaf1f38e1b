"""Distances between trajectory laws against their definitions, and the inequalities between them."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.exact.chain import TrajectoryLaw, learner_law, observed_law
from simulators.exact.divergences import (
    EnumerationError,
    affinity,
    exact_total_variation,
    log_affinity,
    mismatch,
)
from simulators.policies.tabular import TabularPolicy
from tests.simulators.finite_cases import chain_paths, policies, problems, quantizers, systems


@st.composite
def law_pairs(draw):
    """The observed law and a learner's, on the same kernel or (another expert's) on different ones."""
    system, expert, quantizer, learner = draw(problems())
    observed = observed_law(system, expert, quantizer)
    if draw(st.booleans()):
        return observed, learner_law(observed, learner, quantizer)
    return observed, observed_law(system, draw(policies(system)), quantizer)


@given(law_pairs())
@settings(deadline=None)
def test_total_variation_is_half_the_sum_over_all_paths(pair):
    p, q = map(chain_paths, pair)
    expected = sum(abs(p.get(path, 0) - q.get(path, 0)) for path in p.keys() | q.keys()) / 2
    assert exact_total_variation(*pair) == expected
    assert exact_total_variation(*(law.to_float() for law in pair)) == pytest.approx(float(expected), abs=1e-12)


@given(law_pairs())
@settings(deadline=None)
def test_the_affinity_sums_over_all_paths(pair):
    p, q = map(chain_paths, pair)
    overlap = math.fsum(math.sqrt(float(p[path]) * float(q[path])) for path in p.keys() & q.keys())
    assert affinity(*pair) == pytest.approx(overlap, abs=1e-13)
    assert (log_affinity(*pair) == -math.inf) == (overlap == 0)


@given(systems(min_actions=2), st.data())
@settings(deadline=None)
def test_mismatch_is_the_total_variation_for_deterministic_labels(system, data):
    quantizer = data.draw(quantizers(system.n_actions))
    played = data.draw(
        st.lists(st.integers(0, system.n_actions - 1), min_size=system.n_states, max_size=system.n_states)
    )
    expert = TabularPolicy.of_actions(played, system.n_actions, exact=True)
    observed = observed_law(system, expert, quantizer)
    learned = learner_law(observed, data.draw(policies(system, quantizer.codebook)), quantizer)
    m = mismatch(observed, learned)
    overlap = affinity(observed, learned)
    assert m == exact_total_variation(observed, learned)
    assert m <= 1 - overlap**2 + 1e-12
    assert mismatch(observed.to_float(), learned.to_float()) == pytest.approx(float(m), abs=1e-14)


def test_mismatch_is_not_the_hellinger_distance():
    """Mutant: without the square, m ≤ 1 − affinity would be false."""
    expert, learner = coin(Fraction(1), 3), coin(Fraction(1, 2), 3)
    assert mismatch(expert, learner) == Fraction(7, 8) > 1 - affinity(expert, learner)


def coin(heads, horizon):
    return TrajectoryLaw([1.0] if isinstance(heads, float) else [1], [[heads, 1 - heads]], [[[1], [1]]], horizon)


def test_long_horizons_neither_underflow_nor_explode():
    fair, loaded = coin(0.5, 10_000), coin(0.9, 10_000)
    assert log_affinity(fair, loaded) == pytest.approx(10_000 * math.log(math.sqrt(0.45) + math.sqrt(0.05)))
    assert affinity(fair, loaded) < 1e-300


@pytest.mark.parametrize("horizon", [1, 12, 60])
def test_state_independent_laws_merge_to_a_binomial(horizon):
    p, q = Fraction(1, 2), Fraction(5, 8)
    expected = (
        sum(math.comb(horizon, k) * abs(p**horizon - q**k * (1 - q) ** (horizon - k)) for k in range(horizon + 1)) / 2
    )
    assert exact_total_variation(coin(p, horizon), coin(q, horizon), max_atoms=horizon + 1) == expected
    assert exact_total_variation(coin(0.5, horizon), coin(0.625, horizon), max_atoms=200) == pytest.approx(
        float(expected), abs=1e-11
    )


def test_large_enumerations_are_refused():
    with pytest.raises(EnumerationError, match="max_atoms=5"):
        exact_total_variation(coin(Fraction(1, 2), 60), coin(Fraction(5, 8), 60), max_atoms=5)


@given(law_pairs())
@settings(deadline=None)
def test_distances_are_symmetric_and_vanish_on_the_diagonal(pair):
    first, second = pair
    assert exact_total_variation(first, second) == exact_total_variation(second, first)
    assert exact_total_variation(first, first) == 0
    assert affinity(first, second) < 1 or exact_total_variation(first, second) == 0


def test_misfits_are_refused():
    with pytest.raises(ShapeError, match="laws must agree"):
        affinity(coin(0.5, 2), coin(0.5, 3))
    with pytest.raises(DomainError, match="mixture"):
        exact_total_variation(coin(0.5, 2), coin(Fraction(1, 2), 2))
    with pytest.raises(DomainError, match="deterministic labels"):
        mismatch(coin(0.5, 2), coin(0.5, 2))


def test_float_laws_of_one_label_count_as_deterministic():
    """Ten raw actions of probability 0.1 under one label sum to 0.9999999999999999."""
    law = TrajectoryLaw(np.array([1.0]), [[sum([0.1] * 10), 0.0]], [[[1.0], [1.0]]], 2)
    assert mismatch(law, coin(0.5, 2)) == pytest.approx(0.75)
