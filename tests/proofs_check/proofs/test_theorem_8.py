import math
from fractions import Fraction

import pytest


def test_what_the_kernel_leaves_is_scalar_algebra(stands, checked):
    assert stands("theorem_8") == {"exponential", "exponential_tangent"}
    assert checked("theorem_8").verdict == "ALGEBRA CHECKED"


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_the_maximiser_and_the_floor_in_numbers(n):
    best = Fraction(1, n + 1) * Fraction(n, n + 1) ** n
    assert all(Fraction(i, 97) * Fraction(97 - i, 97) ** n <= best for i in range(98))
    assert best >= Fraction(1 / math.e) / (n + 1)


@pytest.mark.parametrize("n", [1, 3])
def test_enumerated_bayes_risk_is_the_formula(n):
    eps, share = Fraction(1, 10), Fraction(1, n + 1)
    unseen = (1 - share) ** n
    points = (Fraction(0), 2 * eps, 1 - 2 * eps, Fraction(1))
    grid = [Fraction(i, 100) for i in range(101)]
    blind = min(sum(abs(m - y) for y in points) / 4 for m in grid)
    risk = (1 - share) * eps + share * ((1 - unseen) * eps + unseen * blind)
    assert risk == eps + (1 - 4 * eps) / 2 * share * unseen
