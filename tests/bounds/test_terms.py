"""Parts of a bound: their two readings, and what they depend on."""

import math

import numpy as np
import pytest

from bounds.amplitudes import BIN_ERROR
from bounds.gains import MaxTypeGain
from bounds.terms import Decoupling, Deviation, Drift, Hazard, Radius, Zero
from bounds.values import collect

GAINS = {"C": 0.5, "eta": 0.5}
DEVIATION = Deviation(BIN_ERROR)


def values_of(term, **given):
    return collect("a term", term.needs, given)


def test_zero_is_zero():
    assert Zero().numeric(values_of(Zero()), "sharp") == 0
    assert Zero().symbolic("sharp") == 0


@pytest.mark.parametrize(("multiplier", "root"), [(2, True), (2, False), (1, False)])
def test_the_radius_never_exceeds_one_and_vanishes_for_one_policy(multiplier, root):
    radius = Radius(multiplier, root)
    values = values_of(radius, n=[1, 10, 1e12], log_class_size=[[0.0], [1e6]], delta=1e-300)
    found = radius.numeric(values, "sharp")
    assert found[0].tolist() == [0, 0, 0]
    assert (found <= 1).all()
    assert (found <= radius.numeric(values, "simple")).all()


def test_the_sharp_radius_of_two_policies_by_hand():
    """N = 2: x = log(1/delta)/n, and the stochastic radius is sqrt(1 - delta^(2/n))."""
    radius = Radius(2, root=True)
    found = radius.numeric(values_of(radius, n=5, log_class_size=math.log(2), delta=0.1), "sharp")
    assert found == pytest.approx(math.sqrt(1 - 0.1 ** (2 / 5)), rel=1e-14)


def test_sharp_decoupling_is_a_survival_probability():
    term = Decoupling(DEVIATION, Hazard())
    values = values_of(term, H=4, eps_q=0.1, L=4.0, **GAINS)
    hazards = [0.0, 0.2, 0.3, 0.35]
    survival = np.cumprod(1 - np.array(hazards))
    assert term.numeric(values, "sharp") == pytest.approx(np.sum(1 - survival), rel=1e-14)
    assert term.numeric(values, "simple") == pytest.approx(3 * 0.2 + 2 * 0.3 + 0.35, rel=1e-14)


def test_hazards_are_cut_at_one():
    term = Decoupling(DEVIATION, Hazard())
    values = values_of(term, H=6, eps_q=10.0, L=10.0, **GAINS)
    assert term.numeric(values, "sharp") == 5.0
    assert term.numeric(values, "simple") == 15.0


def test_drift_needs_no_curve_where_states_stay_equal():
    term = Drift(Deviation(BIN_ERROR, loop="none"))
    assert "L_x" not in str(term.needs)
    assert term.numeric(values_of(term, H=10**12, eps_q=0.5, L_u=2.0), "sharp") == 10**12


def test_drift_of_a_max_type_gain_is_not_scaled():
    term = Drift(DEVIATION)
    values = values_of(term, H=3, eps_q=[0.04, 0.25], L_x=1.0, L_u=0.0, gains=MaxTypeGain(np.sqrt))
    assert term.numeric(values, "sharp").tolist() == pytest.approx([0.4, 1.0])
