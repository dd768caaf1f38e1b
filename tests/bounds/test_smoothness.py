"""Proposition 5 and the small-gain relaxation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.moduli import ThresholdModulus
from bounds.smoothness import small_gain_relaxation

properties = settings(deadline=None, max_examples=60)


@properties
@given(bins=st.integers(1, 20), lipschitz=st.floats(0, 5), x=st.floats(-3, 3), y=st.floats(-3, 3))
def test_a_binned_lipschitz_map_jumps_by_at_most_the_bound(bins, lipschitz, x, y):
    def played(state):
        raw = np.clip(lipschitz * math.sin(state), -1.0, 1.0)  # lipschitz-Lipschitz into [-1, 1]
        return -1 + (2 * min(math.floor((raw + 1) / 2 * bins), bins - 1) + 1) / bins

    bound = evaluate(catalog["proposition_5"], lipschitz=lipschitz, distance=abs(x - y), eps_q=1 / bins)
    assert abs(played(x) - played(y)) <= float(bound.total) + 1e-12


def test_the_jump_is_attained_in_the_limit():
    bins = 4
    eps_q = 1 / bins
    just_above, just_below = 0.5 + 1e-9, 0.5 - 1e-9  # raw actions on either side of a cell's edge
    jump = 2 * eps_q  # the codes are one cell apart
    bound = evaluate(catalog["proposition_5"], lipschitz=1.0, distance=just_above - just_below, eps_q=eps_q)
    assert jump == pytest.approx(float(bound.total), rel=1e-8)
    assert np.isposinf(bound.ceiling)


def test_a_total_variation_beyond_one_says_nothing():
    distance = np.array([0.0, 0.01, 1.0, 100.0])
    simple = evaluate(catalog["proposition_5_gaussian"], "simple", lipschitz=0.7, distance=distance, sigma=0.2)
    assert simple.vacuous.tolist() == [False, False, True, True]
    assert (simple.capped <= 1).all()


@properties
@given(eta=st.floats(0, 0.99), C=st.floats(0.001, 2), lipschitz=st.floats(0, 3))
def test_the_small_gain_relaxation_is_where_hazards_vanish(eta, C, lipschitz):
    margin = 1 - eta - C * lipschitz
    if margin < 1e-3:
        return
    k = float(small_gain_relaxation(C=C, eta=eta, lipschitz=lipschitz))
    limit = C / (1 - eta)
    eps_q = np.array(0.01)
    for factor, hazard in ((1 + 1e-9, 0.0), (1 - 1e-9, 1.0)):
        relaxed = np.array(k * factor)
        far = np.array([limit]) * (relaxed + 1) * eps_q  # the displacement's limit for long horizons
        if lipschitz > 1e-6 or hazard == 0.0:
            assert ThresholdModulus(lipschitz)(far, eps_q, relaxed)[0] == hazard


@settings(deadline=None, max_examples=40)
@given(
    eta=st.one_of(st.floats(0, 1), st.floats(-16, -1).map(lambda e: 1 - 10.0**e)),
    share=st.one_of(st.floats(0, 1), st.floats(-16, -1).map(lambda e: 1 - 10.0**e)),
    C=st.floats(-6, 3).map(lambda e: 10.0**e),
    H=st.sampled_from([2, 50, 3000]),
    eps_q=st.floats(-12, 0).map(lambda e: 10.0**e),
)
def test_the_relaxation_keeps_its_promise_in_floats(eta, share, C, H, eps_q):
    """A third of random parameters once had hazards there, and the bound a term of order H."""
    lipschitz = share * (1 - eta) / C
    try:
        k = float(small_gain_relaxation(C=C, eta=eta, lipschitz=lipschitz))
    except AssumptionError:
        return
    values = {"H": H, "n": 10, "class_size": 2, "eps_q": eps_q, "C": C, "eta": eta, "lipschitz": lipschitz}
    assert evaluate(catalog["theorem_3"], **values, k=k).terms["decoupling"] == 0


@pytest.mark.slow
def test_the_relaxation_keeps_its_promise_at_long_horizons():
    rng = np.random.default_rng(0)
    eta = 1 - 10.0 ** -rng.uniform(0, 6, 30)
    C = 10.0 ** rng.uniform(-3, 1, 30)
    lipschitz = (1 - eta) / C * (1 - 10.0 ** -rng.uniform(0, 9, 30))
    k = small_gain_relaxation(C=C, eta=eta, lipschitz=lipschitz)
    values = {"H": 10**6, "n": 10, "class_size": 2, "eps_q": 0.01, "C": C, "eta": eta, "lipschitz": lipschitz}
    assert (evaluate(catalog["theorem_3"], **values, k=k).terms["decoupling"] == 0).all()
    less = evaluate(catalog["theorem_3"], **(values | {"H": 10**5, "k": k * 0.99})).terms["decoupling"]
    assert (less[eta < 0.999] > 0).all()


def test_the_small_gain_statement_uses_this_relaxation():
    values = {"H": 50, "n": 1000, "class_size": 256, "eps_q": 0.001, "C": 0.5, "eta": 0.5, "lipschitz": 0.4}
    k = float(small_gain_relaxation(C=0.5, eta=0.5, lipschitz=0.4)) * (1 + 1e-12)
    small = evaluate(catalog["small_gain"], **values)
    relaxed = evaluate(catalog["theorem_3_deterministic_class"], **values, k=k)
    corollary = evaluate(catalog["proposition_5_corollary"], **values, k=k)
    assert float(corollary.total) == pytest.approx(float(relaxed.total), rel=1e-14)
    assert relaxed.terms["decoupling"] == 0
    assert small.total == pytest.approx(float(relaxed.total), rel=1e-11)
    assert evaluate(catalog["binning_lipschitz"], **values).total <= small.total


def test_relaxations_broadcast_and_need_a_contraction():
    assert small_gain_relaxation(C=0.5, eta=[0.0, 0.25], lipschitz=[[0.0], [1.0]]) == pytest.approx(
        np.array([[2.0, 2.0], [5.0, 8.0]])
    )
    with pytest.raises(AssumptionError, match=r"small_gain requires eta \+ C \* lipschitz < 1, got 1.0"):
        small_gain_relaxation(C=0.5, eta=0.5, lipschitz=1.0)
    with pytest.raises(AssumptionError, match=r"got 2.25"):
        small_gain_relaxation(C=0.5, eta=0.25, lipschitz=[0.5, 4.0])
    with pytest.raises(ParameterError, match=r"C must be a number >= 0, got -1\.0"):
        small_gain_relaxation(C=-1.0, eta=0.5, lipschitz=1.0)
