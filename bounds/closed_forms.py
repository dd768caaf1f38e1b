"""Closed forms of the sums over exponential gains, as sympy expressions.

They are for reading, typesetting and proving: near eta = 1 they lose every digit in floats, so the numbers of this
package come from running sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bounds.symbols import symbol

if TYPE_CHECKING:
    import sympy

__all__ = ["displacement", "summed_displacement", "twice_summed_displacement"]


def _piecewise(at_one: sympy.Expr, elsewhere: sympy.Expr) -> sympy.Expr:
    import sympy

    return symbol("C") * sympy.Piecewise((at_one, sympy.Eq(symbol("eta"), 1)), (elsewhere, True))


def displacement(step: sympy.Expr) -> sympy.Expr:
    """Gamma_h = sum over j <= h - 2 of C eta^j, the gain against a constant disturbance at step h.

    Example:
        >>> import sympy
        >>> displacement(sympy.Integer(3)).subs({symbol("C"): 2, symbol("eta"): sympy.Rational(1, 2)})
        3
    """
    eta = symbol("eta")
    return _piecewise(step - 1, (1 - eta ** (step - 1)) / (1 - eta))


def summed_displacement() -> sympy.Expr:
    """Sum over h <= H of Gamma_h: drift per unit of L_x and disturbance.

    Example:
        >>> summed_displacement().subs({symbol("C"): 2, symbol("eta"): 1, symbol("H"): 5})
        20
    """
    eta, H = symbol("eta"), symbol("H")
    return _piecewise(H * (H - 1) / 2, (H - (1 - eta**H) / (1 - eta)) / (1 - eta))


def twice_summed_displacement() -> sympy.Expr:
    """Sum over t <= H of (H - t + 1) Gamma_t: simple decoupling per unit of L and disturbance, no hazard saturated.

    Example:
        >>> twice_summed_displacement().subs({symbol("C"): 2, symbol("eta"): 1, symbol("H"): 5})
        40
    """
    eta, H = symbol("eta"), symbol("H")
    long = H * (H + 1) / 2 - H / (1 - eta) + eta * (1 - eta**H) / (1 - eta) ** 2
    return _piecewise((H - 1) * H * (H + 1) / 6, long / (1 - eta))
