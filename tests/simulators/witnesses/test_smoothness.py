from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.smoothness import BinEdge, TwoGaussians


@given(st.integers(0, 5), st.fractions(Fraction(1, 50), 1), st.fractions(Fraction(1, 50), 1), st.fractions("1/9", 3))
def test_the_jump_misses_the_bound_by_the_gap(cells, eps, share, lipschitz):
    gap = share * eps
    witness = BinEdge(cells, eps, gap, lipschitz)
    near, far = witness.states
    assert witness.exact() == lipschitz * (far - near) + 2 * eps - gap
    assert abs(witness.play(near) - lipschitz * near) <= eps >= abs(witness.play(far) - lipschitz * far)


@pytest.mark.parametrize("bins", [11, 101, 1001])
def test_binning_only_lowers_the_total_variation(bins):
    coarse, fine = (TwoGaussians(1.0, 0.7, 0.3, n) for n in (bins, 3 * bins))
    bound = float(evaluate(catalog["proposition_5_gaussian"], **coarse.values()).total)
    assert coarse.exact() <= fine.exact() <= bound


def test_bad_parameters_are_refused():
    with pytest.raises(DomainError, match="gap must be"):
        BinEdge(1, Fraction(1, 4), Fraction(1, 2))
    with pytest.raises(DomainError, match="sigma must be"):
        TwoGaussians(1.0, 1.0, 0.0, 11)
