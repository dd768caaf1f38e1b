from fractions import Fraction

import pytest
import sympy

from proofs_check.engines.symbolic import Identity, peel, residual_of
from proofs_check.ledger import Verdict

x = sympy.Symbol("x", positive=True)
n, t, H = sympy.symbols("n t H", integer=True, positive=True)


def test_an_identity_leaves_no_residual():
    outcome = Identity(sympy.exp(-2 * x), sympy.exp(-x) ** 2, {x: (0, 3)}).discharge()
    assert outcome.verdict is Verdict.CHECKED
    assert outcome.certificate["residual"] == "0"


def test_a_false_identity_is_refuted_at_a_rational_point():
    outcome = Identity(sympy.sqrt(1 + x), 1 + x / 2, {x: (1, 3)}).discharge()
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.certificate["counterexample"].startswith("x = ")


def test_a_true_identity_that_rewriting_misses_is_unknown():
    y = sympy.Symbol("y", real=True)
    claim = Identity(
        sympy.Max(x, y, x * y), sympy.Max(sympy.Max(x, y) + 0 * x, -sympy.Min(-x * y, -y)), {x: (0, 9), y: (-9, 9)}
    )
    assert claim.discharge().verdict is Verdict.UNKNOWN


def test_every_symbol_needs_a_domain():
    with pytest.raises(ValueError, match="missing"):
        Identity(x + n, x, {x: (0, 1)})


def test_whole_number_symbols_get_whole_number_points():
    for point in Identity(n, n, {n: (2, 9)}).points():
        assert point[n] in range(2, 10)


def test_peeling_takes_off_the_last_term_at_every_level():
    inner = sympy.Product(1 - x * t, (t, 2, H))
    outer = sympy.Sum(t**2, (t, 1, H)) * inner
    later = peel(outer.subs(H, H + 1), H)
    assert sympy.expand(later - (sympy.Sum(t**2, (t, 1, H)) + (H + 1) ** 2) * inner * (1 - x * (H + 1))) == 0
    assert residual_of(x - x) == 0


def test_sides_and_ranges_are_written_out():
    x, y = sympy.symbols("x y")
    both = Identity((x + y) ** 2, x**2 + 2 * x * y + y**2, {y: (0, 1), x: (-2, Fraction(1, 2))})
    assert both.written() == ("show (x + y)**2 = x**2 + 2*x*y + y**2", "tried with x from -2 to 1/2, y from 0 to 1")
    assert Identity(sympy.Integer(1), sympy.Integer(1)).written() == ("show 1 = 1",)
