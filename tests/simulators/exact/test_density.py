from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.exact.density import Enclosure, NoisyChain, Pieces, enclose_distance, gaussian_probability, grid

CUTS = st.lists(st.fractions(-2, 2, max_denominator=12), max_size=6, unique=True).map(sorted)


def exact(values):
    return np.array(values, dtype=object)


def chain(cells, slope=0.5, half_width=0.5):
    """x' = slope x + w on the interval it never leaves; cells is even, so 0 is an end."""
    reach = half_width / (1 - slope)
    low, high = grid([(-reach, reach, cells)])
    return NoisyChain(low, high, np.full(cells, slope), np.zeros(cells), half_width)


def uniform_start(of):
    return (of.high - of.low) / (of.high[-1] - of.low[0])


def test_an_enclosure_has_a_middle_and_a_width():
    assert (Enclosure(1.0, 2.0).middle, Enclosure(1.0, 2.0).width) == (1.5, 1.0)


@given(st.floats(-5, 5), st.floats(0, 3), st.floats(-5, 5), st.floats(0, 1))
def test_distances_are_enclosed_tightly(low, width, target, share):
    least, most = enclose_distance(low, low + width, target)
    value = abs(low + share * width - target)
    assert least - 1e-12 <= value <= most + 1e-12
    assert most == max(abs(low - target), abs(low + width - target))


@given(CUTS, CUTS)
def test_splitting_keeps_the_first_states_and_leaves_no_cut_inside(first, second):
    pieces = Pieces.between(exact([Fraction(-3), Fraction(3)])).split(exact(first))
    moved = pieces.move(exact([Fraction(1, 2)] * len(pieces)), exact([Fraction(1, 4)] * len(pieces))).split(
        exact(second)
    )
    assert moved.start_low[0] == -3
    assert moved.start_high[-1] == 3
    assert list(moved.start_low[1:]) == list(moved.start_high[:-1])
    assert all(not low < cut < high for low, high in zip(moved.low, moved.high, strict=True) for cut in second)
    assert all(moved.low == moved.start_low / 2 + Fraction(1, 4))
    assert all(moved.high == moved.start_high / 2 + Fraction(1, 4))
    assert list(moved.cells(exact(second))) == [
        sum(cut < (a + b) / 2 for cut in second) for a, b in zip(moved.low, moved.high, strict=True)
    ]


def test_floats_split_where_fractions_do():
    cuts = [Fraction(-1, 3), Fraction(1, 7)]
    fractions = Pieces.between(exact([Fraction(-1), Fraction(1)])).split(exact(cuts))
    floats = Pieces.between([-1.0, 1.0]).split([float(cut) for cut in cuts])
    assert np.allclose(floats.start_high, fractions.start_high.astype(float), rtol=1e-15)


def test_a_map_with_slope_zero_leaves_points_that_are_not_split():
    point = Pieces.between([-1.0, 1.0]).move([0.0], [0.5])
    assert len(point.split([0.5, 0.7])) == 1
    assert len(point.select(np.array([False])).split([0.5])) == 0


def test_bad_pieces_are_refused():
    with pytest.raises(DomainError, match="low at most high"):
        Pieces([1.0], [0.0], [0.0], [1.0])
    with pytest.raises(ShapeError, match="equal lengths"):
        Pieces([0.0], [1.0], [0.0], [1.0, 2.0])
    with pytest.raises(DomainError, match="slope must be nonnegative"):
        Pieces.between([0.0, 1.0]).move([-1.0], [0.0])


@pytest.mark.parametrize(("low", "high"), [(-38.0, -37.0), (-1.0, 2.0), (5.0, 5.5), (10.0, 38.0), (0.0, 1e-9)])
def test_gaussian_probabilities_keep_their_digits_in_the_tails(low, high):
    with mpmath.workdps(60):
        reference = float((mpmath.erfc(low / mpmath.sqrt(2)) - mpmath.erfc(high / mpmath.sqrt(2))) / 2)
        if low < 0:
            reference = float((mpmath.erfc(-high / mpmath.sqrt(2)) - mpmath.erfc(-low / mpmath.sqrt(2))) / 2)
    assert float(gaussian_probability(low, high)) == pytest.approx(reference, rel=1e-7 if high < 1e-8 else 1e-12)


def test_one_step_from_a_constant_density_is_exact():
    """x' = x/2 + w from Unif[-1, 1] with w ~ Unif[-1/2, 1/2]: the density is the triangle 1 - |y|."""
    case = chain(40)
    step = case.laws(uniform_start(case), 2)[1]
    triangle = lambda y: np.where(y < 0, (1 + y) ** 2 / 2, 1 - (1 - y) ** 2 / 2)  # noqa: E731
    assert np.allclose(step, triangle(case.high) - triangle(case.low), rtol=0, atol=1e-14)
    assert case.error(1) == 0


def test_two_steps_are_within_the_stated_error_of_the_closed_form():
    """x_3 = y/2 + w with triangular y: P(x_3 <= t) is the mean of P(y <= 2(t - w)) over w, a cubic spline."""

    def area(t):  # integral of the triangle's distribution function
        t = np.clip(t, -1, None)
        inner = np.where(t < 0, (1 + t) ** 3 / 6, 1 / 6 + t + (np.minimum(1 - t, 1.0)) ** 3 / 6 - 1 / 6)
        return np.where(t > 1, 1 / 6 + 1 - 1 / 6 + (t - 1), inner)

    def below(t):
        return (area(2 * (t + 0.5)) - area(2 * (t - 0.5))) / 2

    for cells in (4, 16, 64):
        case = chain(cells)
        miss = np.abs(case.laws(uniform_start(case), 3)[2] - (below(case.high) - below(case.low))).sum()
        assert 0 < miss <= case.error(2)
        assert miss > case.error(2) / 100  # the bound is of the right size


def test_the_error_is_of_second_order_and_bounds_the_distance_to_a_finer_grid():
    fine = chain(640)
    reference = fine.laws(uniform_start(fine), 12)[-1]
    misses = []
    for cells in (20, 40, 80):
        case = chain(cells)
        coarse = case.laws(uniform_start(case), 12)[-1]
        miss = np.abs(coarse - reference.reshape(cells, -1).sum(axis=1)).sum()
        assert miss <= case.error(11) + fine.error(11)
        misses.append(miss)
    assert 3 < misses[0] / misses[1] < 5
    assert 3 < misses[1] / misses[2] < 5


def test_laws_agree_with_monte_carlo():
    rng, M = np.random.default_rng(5), 200_000
    x = rng.uniform(-1, 1, M)
    for _ in range(6):
        x = 0.5 * x + rng.uniform(-0.5, 0.5, M)
    case = chain(64)
    law = case.laws(uniform_start(case), 7)[-1].reshape(8, -1).sum(axis=1)
    counts = np.histogram(x, bins=8, range=(-1, 1))[0] / M
    assert np.all(np.abs(law - counts) <= 5 * np.sqrt(law * (1 - law) / M) + case.error(6))


def test_expectations_from_cell_averages_are_within_the_stated_error():
    fine, case = chain(800), chain(40)
    values = {c: c.laws(uniform_start(c), 9)[-1] @ np.abs((c.low + c.high) / 2) for c in (fine, case)}
    slack = case.expectation_error(8, 0.05) + fine.expectation_error(8, 0.0025)
    assert abs(values[fine] - values[case]) <= slack
    assert case.expectation_error(0, 0.05) == 0


def test_constant_pieces_become_the_noise():
    low, high = grid([(-1.0, 1.0, 8)])
    held = NoisyChain(low, high, np.zeros(8), np.full(8, 0.5), 0.25)
    assert np.allclose(held.matrix, np.where(low >= 0.25, np.where(high <= 0.75, 0.5, 0.0), 0.0))


@pytest.mark.parametrize("slope", [1e-5, 1e-10, 1e-15, 1e-300])
def test_pieces_that_are_almost_constant_lose_no_digits(slope):
    low, high = grid([(-1.0, 1.0, 8)])
    steep = NoisyChain(low, high, np.full(8, slope), np.zeros(8), 0.3)
    held = NoisyChain(low, high, np.zeros(8), np.zeros(8), 0.3)
    assert np.allclose(steep.matrix, held.matrix, rtol=0, atol=1e-14 + 2 * slope)


def test_cells_that_lose_the_state_are_refused():
    with pytest.raises(ProbabilityError, match="cells must hold the next state"):
        _ = NoisyChain([0.0], [1.0], [1.0], [0.0], 0.5).matrix


@pytest.mark.parametrize(
    ("low", "high", "half_width"),
    [([0.0, 0.5], [1.0, 2.0], 0.5), ([0.0], [0.0], 0.5), ([], [], 0.5), ([0.0], [1.0], 0.0)],
)
def test_bad_cells_are_refused(low, high, half_width):
    with pytest.raises(DomainError):
        NoisyChain(low, high, np.zeros(len(low)), np.zeros(len(low)), half_width)
