from fractions import Fraction

import pytest

from bounds import catalog, evaluate


def test_what_the_kernel_leaves_is_scalar_algebra(stands, checked):
    assert stands("theorem_8") == {"exponential", "exponential_tangent"}
    assert checked("theorem_8").verdict == "ALGEBRA CHECKED"


@pytest.mark.parametrize("n", [1, 3])
def test_enumerated_bayes_risk_is_the_catalogs(n):
    eps, share = Fraction(1, 10), Fraction(1, n + 1)
    unseen = (1 - share) ** n
    points = (Fraction(0), 2 * eps, 1 - 2 * eps, Fraction(1))
    grid = [Fraction(i, 100) for i in range(101)]
    blind = min(sum(abs(m - y) for y in points) / 4 for m in grid)
    risk = (1 - share) * eps + share * ((1 - unseen) * eps + unseen * blind)
    found = evaluate(catalog["theorem_8"], H=1, n=n, eps_q=0.1).total
    assert float(found) == pytest.approx(float(risk), rel=1e-12)
