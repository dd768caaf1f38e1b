"""Closed forms equal the sums, at eta = 1 too, and lose their digits near it in floats."""

import pytest
import sympy

from bounds import catalog, evaluate, symbol
from bounds.closed_forms import displacement, summed_displacement, twice_summed_displacement

C, ETA, H = symbol("C"), symbol("eta"), symbol("H")
DECAYS = [sympy.Integer(0), sympy.Rational(1, 2), sympy.Rational(9, 10), sympy.Integer(1), sympy.Rational(3, 2)]


def gamma(step, eta):
    return sum((3 * eta**j for j in range(step - 1)), sympy.Integer(0))


@pytest.mark.parametrize("eta", DECAYS)
@pytest.mark.parametrize("horizon", [1, 2, 3, 10])
def test_closed_forms_are_the_sums(eta, horizon):
    values = {C: 3, ETA: eta, H: horizon}
    steps = range(1, horizon + 1)
    assert displacement(sympy.Integer(horizon)).subs(values) == gamma(horizon, eta)
    assert sympy.simplify(summed_displacement().subs(values)) == sum(gamma(h, eta) for h in steps)
    weighted = sum((horizon - t + 1) * gamma(t, eta) for t in steps)
    assert sympy.simplify(twice_summed_displacement().subs(values)) == weighted


def test_closed_forms_satisfy_their_recursions_for_every_horizon():
    for late, early, step in (
        (summed_displacement().subs(H, H + 1), summed_displacement(), displacement(H + 1)),
        (twice_summed_displacement().subs(H, H + 1), twice_summed_displacement(), summed_displacement().subs(H, H + 1)),
    ):
        for branch in (lambda e: e.args[1].args[0].expr, lambda e: e.args[1].args[1].expr):
            assert sympy.simplify(branch(late) - branch(early) - branch(step)) == 0


def test_floats_of_the_closed_form_lose_their_digits_where_the_recursion_does_not():
    eta = 1 - 1e-9
    exact = summed_displacement().subs({C: 1, ETA: sympy.Rational(eta), H: 1000}).evalf(30)
    formula = (1000 - (1 - eta**1000) / (1 - eta)) / (1 - eta)
    values = {"H": 1000, "n": 1, "class_size": 1, "model_class_size": 1, "C": 1.0, "eta": eta, "eps_q": 1.0, "L_u": 0.0}
    recursion = float(evaluate(catalog["theorem_7"], **values).terms["drift"])
    assert abs(formula / exact - 1) > 1e-6
    assert abs(recursion / exact - 1) < 1e-13
