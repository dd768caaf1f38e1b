"""Partial matching: three algorithms and one answer."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.assumptions.transport import unmatched_mass
from simulators.systems.finite import distances
from simulators.tables import table
from tests.simulators.finite_cases import laws


@st.composite
def matchings(draw):
    size = draw(st.integers(1, 5))
    points = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size, unique=True))
    line = table("points", [[Fraction(x, 10)] for x in points], exact=True)
    p, q = (np.array(draw(laws(size)), dtype=object) for _ in range(2))
    return p, q, line, Fraction(draw(st.integers(0, 9)), 10)


def solve(p, q, points, radius, norm="linf"):
    return unmatched_mass(p, q, positions=points, distances=distances(points, norm=norm), radius=radius)


@given(matchings())
@settings(deadline=None)
def test_greedy_flow_and_linear_programming_agree(case):
    """A second coordinate that is constant sends the same problem through the other two algorithms."""
    p, q, line, radius = case
    plane = np.hstack([line, 0 * line])
    greedy = solve(p, q, line, radius)
    assert solve(p, q, plane, radius) == greedy
    floats = [np.asarray(x, dtype=float) for x in (p, q, plane)]
    assert solve(*floats, float(radius)) == pytest.approx(float(greedy), abs=1e-12)
    assert solve(*floats[:2], floats[2][:, :1], float(radius)) == pytest.approx(float(greedy), abs=1e-12)


@given(matchings())
@settings(deadline=None)
def test_the_cost_is_halls_worst_set(case):
    """Strassen: the cost is max over sets B of p(B) − q(points within the radius of B)."""
    p, q, line, radius = case
    close = distances(line, norm="linf") <= radius
    worst = Fraction(0)
    for chosen in range(2 ** len(p)):
        members = [i for i in range(len(p)) if chosen >> i & 1]
        near = close[members].any(axis=0) if members else np.zeros(len(p), dtype=bool)
        worst = max(worst, sum(p[members], Fraction(0)) - sum(q[near], Fraction(0)))
    assert solve(p, q, line, radius) == worst


@given(matchings())
@settings(deadline=None)
def test_radius_zero_is_total_variation_and_the_cost_falls_with_the_radius(case):
    p, q, line, radius = case
    assert solve(p, q, line, Fraction(0)) == abs(p - q).sum() / 2
    assert solve(p, q, line, radius) >= solve(p, q, line, radius + Fraction(1, 10))
    assert solve(p, q, line, radius) == solve(q, p, line, radius)


def test_total_variation_is_not_the_answer_at_a_positive_radius():
    """Mutant: a radius that matches neighbours lowers the cost from 1 to 0."""
    p, q, line = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([[0.0], [1.0]])
    assert solve(p, q, line, 0.5) == 1
    assert solve(p, q, line, 1.0) == 0


def test_huge_denominators_are_refused_off_the_line():
    tiny = Fraction(1, 2**31)
    p = np.array([tiny, 1 - tiny], dtype=object)
    plane = table("points", [[0, 0], [1, Fraction(1)]], exact=True)
    with pytest.raises(OverflowError, match="common denominator"):
        solve(p, p, plane, Fraction(0))
    assert solve(p, p, plane[:, :1], Fraction(0)) == 0
