"""Amplitudes: numbers beside formulas, and contraction near its edge."""

import numpy as np
import pytest
import sympy

from bounds.amplitudes import (
    AVERAGE,
    BIN_ERROR,
    LABEL_ERROR,
    RELAXED,
    SMALL_GAIN_RADIUS,
    TRIPLED,
    closed_loop_contracts,
    contraction,
)
from bounds.symbols import symbol
from bounds.values import collect

GIVEN = {"eps_q": 0.125, "k": 2.5, "average_error": 0.25, "C": 0.5, "eta": 0.25, "lipschitz": 0.75}
EXPECTED = [
    (BIN_ERROR, 0.125),
    (LABEL_ERROR, 0.125),
    (RELAXED, 3.5 * 0.125),
    (TRIPLED, 0.375),
    (AVERAGE, 0.25),
    (SMALL_GAIN_RADIUS, 3 * 0.125 * 0.75 / (0.75 - 0.375)),
]


@pytest.mark.parametrize(("amplitude", "expected"), EXPECTED)
def test_number_and_formula_agree(amplitude, expected):
    names = {names[0] for wanted in amplitude.needs for names in wanted.alternatives[:1]}
    values = collect("an amplitude", amplitude.needs, {name: GIVEN[name] for name in names})
    assert float(amplitude.number(values)) == expected
    exact = amplitude.formula().subs({symbol(name): sympy.Rational(GIVEN[name]) for name in names})
    assert exact == sympy.Rational(expected)


def test_a_label_error_may_be_an_average():
    values = collect("an amplitude", LABEL_ERROR.needs, {"average_error": 0.25})
    assert LABEL_ERROR.number(values) == 0.25


@pytest.mark.parametrize(("lipschitz", "contracts"), [(0.5, True), (1.0, False), (np.nextafter(1.0, 0), True)])
def test_the_closed_loop_contracts_strictly_below_one(lipschitz, contracts):
    values = collect("a loop", SMALL_GAIN_RADIUS.needs, {"eps_q": 0, "C": 0.5, "eta": 0.5, "lipschitz": lipschitz})
    assert closed_loop_contracts(values) == contracts


def test_contraction_keeps_its_digits_where_the_loop_hardly_contracts():
    C, eta, lipschitz = np.array(0.1), np.array(0.7), np.array(3.0)
    margin = contraction(C, eta, lipschitz)[1]
    exact = 1 - sympy.Rational(0.7) - sympy.Rational(0.1) * 3
    assert float(margin) == pytest.approx(float(exact), rel=1e-15)
    assert float(margin) != float(1 - eta - C * lipschitz)
