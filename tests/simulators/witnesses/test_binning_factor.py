from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from proofs_check.tightness import spelled
from simulators.errors import DomainError
from simulators.witnesses.binning_factor import BinningFactor


def drift(witness):
    theorem = catalog["binning_lipschitz"]
    values = spelled(theorem, {"n": 1, "log_class_size": 0.0, **witness.values()})
    return float(evaluate(theorem, **values).terms["drift"])


def witness(H, slope):
    return BinningFactor(H, Fraction(1, 100), Fraction(1, 2), Fraction(1, 2), slope)


@given(st.integers(1, 30), st.fractions(Fraction(1, 10**6), Fraction(1, 2), max_denominator=10**6))
def test_the_bound_holds(H, slope):
    assert witness(H, slope).exact() <= drift(witness(H, slope))


def test_the_bound_is_attained_as_the_slope_falls_and_the_horizon_grows():
    ratios = [
        drift(witness(H, slope)) / float(witness(H, slope).exact())
        for H, slope in ((10, 0.1), (100, 0.01), (3000, 1e-5))
    ]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] < 1.001


def test_no_factor_below_three_will_do():
    case = witness(10_000, 1e-6)
    assert 0.999 * drift(case) < case.exact()


def test_the_learner_is_binned_and_matches_the_expert_on_its_own_state():
    case = witness(6, Fraction(1, 10))
    eps, slope = case.eps, case.lipschitz

    def code(u):
        """(left, right] cells of width 2 eps, the first one closed."""
        cell = max(0, -(-u // (2 * eps)) - 1)
        return (2 * cell + 1) * eps

    x = Fraction(0)
    assert code(2 * eps + slope * x) == code(Fraction(0))
    for action in case.actions():
        assert action == code(2 * eps + slope * x)
        x = case.eta * x + case.C * action


@pytest.mark.parametrize(("slope", "message"), [(Fraction(9, 10), "leaves the cell"), (0, "above 0")])
def test_slopes_out_of_range_are_refused(slope, message):
    with pytest.raises(DomainError, match=message):
        BinningFactor(30, Fraction(1, 100), 2, Fraction(1, 2), slope)


def test_a_saturated_reward_is_refused():
    with pytest.raises(DomainError, match="smaller eps"):
        BinningFactor(3, Fraction(1, 3), 1, Fraction(1, 2), Fraction(1, 100))
