from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, StabilityError
from simulators.witnesses.rational_twin import RationalTwin


def inverse_power(j):
    return Fraction(1, 2**j)


@st.composite
def twins(draw):
    unit = st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50)
    A = draw(unit)
    B = (1 - A) * draw(unit)
    k = min(1 / A, Fraction(5)) * draw(unit)
    d = k / 2 + draw(st.fractions(Fraction(1, 50), 3, max_denominator=50))
    eps = min(B / (d + 1 - A * d), (1 - B) / (A * (d + 1))) * draw(unit)
    return RationalTwin(eps, A, B, k, d)


@given(twins(), st.fractions(0, 1, max_denominator=1000))
def test_the_trigger_leads_into_the_trap_and_the_trap_is_never_left(twin, share):
    order = (1, 2, 1)  # I_P to T1, T1 to T2, T2 to T1
    for (low, high), code, following in zip(twin.intervals, twin.codes, order, strict=True):
        x = twin.A * (low + share * (high - low)) + twin.B * code
        left, right = twin.intervals[following]
        assert left <= x <= right


def test_the_trap_is_left_where_its_conditions_fail():
    """With A k = 3/2 a trigger state can miss T1."""
    A, k, d, eps = Fraction(1, 2), Fraction(3), Fraction(2), Fraction(1, 100)
    assert A * (k * eps / 2) + (d + Fraction(1, 2)) * eps > (d + 1) * eps
    with pytest.raises(DomainError, match="must be below 1"):
        RationalTwin(eps, A, Fraction(1, 4), k, d)


@pytest.mark.parametrize(("j", "visits"), [(6, "0.4422"), (10, "0.44951"), (14, "0.44997"), (18, "0.449998")])
def test_visits_to_the_trap_do_not_vanish_with_eps(j, visits):
    exact = RationalTwin(inverse_power(j)).visits(40)
    assert abs(float(exact) - float(visits)) < 0.6 * 10.0 ** -(len(visits) - 2)


def test_visits_tend_to_nine_twentieths():
    gaps = [Fraction(9, 20) - RationalTwin(inverse_power(j)).visits(60) for j in (10, 20, 30)]
    assert gaps[0] == 1024 * gaps[1] == 1024**2 * gaps[2] > 0


def test_the_average_error_is_c1_eps_plus_c2_over_h():
    """Over eps it explodes at a fixed horizon, and settles once the horizon exceeds 1/eps."""
    short = [RationalTwin(inverse_power(j)).average_error(40) / inverse_power(j) for j in (6, 12, 18)]
    long = [RationalTwin(inverse_power(j)).average_error(8 * 2**j) / inverse_power(j) for j in (4, 6, 8)]
    assert short[1] / short[0] > 5
    assert short[2] / short[1] > 50
    assert max(long) < Fraction(11, 10) * min(long)


@settings(deadline=None)
@given(twins(), st.integers(1, 60))
def test_the_average_error_obeys_the_twin_of_the_bound(twin, H):
    """C_1 eps with C_1 = (d + 1/2)/B, and one visit of cost at most 1 for each factor 1/(A+B) in the trap's width."""
    counts = []
    for low, high in twin.intervals[1:]:
        count = 1
        while low <= high * twin.contraction**count:
            count += 1
        counts.append(count)
    cost = max(Fraction(1), *(abs(x - twin.codes[2]) for x in twin.intervals[2]))
    assert twin.average_error(H) <= twin.codes[0] + Fraction(sum(counts), 2 * H) * cost


@settings(deadline=None, max_examples=40)
@given(twins(), st.integers(1, 3))
def test_the_regret_is_the_mean_over_first_states(twin, H):
    """Against orbits in floats from the midpoints of a grid, on each cell of which the loss is affine or broken.

    A state has at most four predecessors, one by each of the four rules, so at most 6 (1 + 4 + 16) cells are broken.
    """
    points = 200_000
    x, total = (2 * np.arange(points) + 1) / points - 1, np.zeros(points)
    worst = 1.0
    for _ in range(H):
        u = x.copy()
        for (low, high), code in zip(twin.intervals, twin.codes, strict=True):
            u[(x >= float(low)) & (x <= float(high))] = float(code)
        total += np.abs(u - x)
        worst = max(worst, float(np.abs(u - x).max()))
        x = float(twin.A) * x + float(twin.B) * u
    assert abs(float(twin.regret(H)) - total.mean()) <= 126 * H * worst / points


def test_the_regret_grows_by_a_constant_each_step_once_trapped():
    twin = RationalTwin(inverse_power(8))
    pair = twin.regret(62) - twin.regret(60)
    top = (twin.d + 1) * twin.eps
    both = (1 - top) + (twin.B + twin.A * top - twin.codes[2])
    assert abs(pair - both) < Fraction(1, 10**9)


def test_bad_parameters_are_refused():
    with pytest.raises(DomainError, match="eps must be a Fraction"):
        RationalTwin(0.1)
    with pytest.raises(StabilityError, match="A \\+ B"):
        RationalTwin(inverse_power(6), B=Fraction(4, 5))
    with pytest.raises(DomainError, match="d must exceed k/2"):
        RationalTwin(inverse_power(6), d=Fraction(1))
    with pytest.raises(DomainError, match="halves apart"):
        RationalTwin(Fraction(1, 4))
