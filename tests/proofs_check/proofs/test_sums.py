from fractions import Fraction

import pytest
import sympy

from proofs_check.proofs import sums


def test_the_closed_forms_need_no_axiom(stands):
    assert stands("gain_sums") == set()


@pytest.mark.parametrize("eta", [Fraction(1, 3), Fraction(7, 5)])
@pytest.mark.parametrize("H", [1, 2, 7])
def test_closed_forms_agree_with_brute_force(eta, H):
    C = Fraction(3, 2)
    gamma = [C * sum(eta**j for j in range(h - 1)) for h in range(1, H + 1)]
    values = {sums.C: sympy.Rational(C), sums.ETA: sympy.Rational(eta)}
    assert sums.gain(sympy.Integer(H)).subs(values) == sympy.Rational(gamma[-1])
    assert sums.total(sympy.Integer(H)).subs(values) == sympy.Rational(sum(gamma))
    weighted = sum((H - t) * g for t, g in enumerate(gamma))
    assert sums.weighted(sympy.Integer(H)).subs(values) == sympy.Rational(weighted)
