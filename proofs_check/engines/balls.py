"""Sympy expressions enclosed in real balls: midpoint and radius, every rounding outward (python-flint's Arb).

A ball contains the true value. So a comparison has three answers: certainly true, certainly false, or not decided at
this precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from operator import add, mul

import sympy
from flint import arb, ctx, fmpq

Number = int | Fraction | arb
PRECISION_BITS = 160


def ball(value: Number) -> arb:
    """A number as a ball; fractions are enclosed, integers are exact.

    Example:
        >>> ball(Fraction(1, 3)).contains(fmpq(1, 3))
        True
    """
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    return arb(value)


def compare(left: Number, relation: str, right: Number) -> bool | None:
    """Whether `left relation right`, or None when the balls overlap too much to say.

    Args:
        left: fraction, integer or ball.
        relation: one of <=, <, >=, >, ==.
        right: fraction, integer or ball.

    Example:
        >>> compare(Fraction(1, 3), "<", Fraction(1, 2)), compare(ball(2).sqrt() ** 2, "==", 2)
        (True, None)
    """
    if not isinstance(left, arb) and not isinstance(right, arb):
        return _exactly(relation)(Fraction(left), Fraction(right))
    a, b = ball(left), ball(right)
    if relation == "==":
        return None if a.overlaps(b) else False
    if relation in (">=", ">"):
        a, b, relation = b, a, {">=": "<=", ">": "<"}[relation]
    yes, no = (a <= b, a > b) if relation == "<=" else (a < b, a >= b)
    return True if yes else (False if no else None)


def _exactly(relation: str) -> Callable[[Fraction, Fraction], bool]:
    rules: dict[str, Callable[[Fraction, Fraction], bool]] = {
        "<=": lambda a, b: a <= b,
        "<": lambda a, b: a < b,
        ">=": lambda a, b: a >= b,
        ">": lambda a, b: a > b,
        "==": lambda a, b: a == b,
    }
    return rules[relation]


def enclose(expression: sympy.Expr, values: Mapping[sympy.Symbol, Number] | None = None) -> arb:
    """A ball around the value of an expression at a point.

    Args:
        expression: sums, products, powers, exp, log, Abs, Max, Min, erf, gamma, uppergamma, atan, ceiling, Mod,
            Piecewise, and Sum or Product with integer bounds.
        values: a number for each free symbol.

    Raises:
        ValueError: on a symbol without a value, or a function without a rule.

    Example:
        >>> t, H = sympy.symbols("t H")
        >>> enclose(sympy.Sum(t**2, (t, 1, H)), {H: 3})
        14.0000000000000
    """
    before = ctx.prec
    ctx.prec = PRECISION_BITS
    try:
        return _enclose(sympy.sympify(expression), dict(values or {}))
    finally:
        ctx.prec = before


def _enclose(node: sympy.Basic, env: dict[sympy.Symbol, Number]) -> arb:
    if node.is_Symbol:
        if node not in env:
            raise ValueError(f"no value for the symbol {node}")
        return ball(env[node])
    if node.is_Rational:
        return ball(Fraction(int(node.p), int(node.q)))
    if isinstance(node, sympy.Pow):
        return _power(node, env)
    if isinstance(node, sympy.Sum | sympy.Product):
        return _repeat(node, env)
    if isinstance(node, sympy.Piecewise):
        return _piecewise(node, env)
    if node.func not in _RULES:
        raise ValueError(f"no rule for {node.func.__name__} in {node}")
    return _RULES[node.func]([_enclose(child, env) for child in node.args])


def _maximum(values: list[arb]) -> arb:
    return reduce(lambda a, b: a.max(b), values)


def _minimum(values: list[arb]) -> arb:
    return reduce(lambda a, b: a.min(b), values)


def _remainder(values: list[arb]) -> arb:
    """Of whole numbers only."""
    whole = [value.unique_fmpz() for value in values]
    if whole[0] is None or whole[1] is None:
        raise ValueError(f"Mod must be of whole numbers here, got {values}")
    return arb(int(whole[0]) % int(whole[1]))


_RULES: Mapping[object, Callable[[list[arb]], arb]] = {
    sympy.Add: lambda v: reduce(add, v),
    sympy.Mul: lambda v: reduce(mul, v),
    sympy.exp: lambda v: v[0].exp(),
    sympy.log: lambda v: v[0].log(),
    sympy.Abs: lambda v: abs(v[0]),
    sympy.erf: lambda v: v[0].erf(),
    sympy.gamma: lambda v: v[0].gamma(),
    sympy.uppergamma: lambda v: v[1].gamma_upper(v[0]),
    sympy.atan: lambda v: v[0].atan(),
    sympy.ceiling: lambda v: v[0].ceil(),
    sympy.Mod: _remainder,
    sympy.Max: _maximum,
    sympy.Min: _minimum,
    type(sympy.pi): lambda _: arb.pi(),
    type(sympy.E): lambda _: arb(1).exp(),
}


def _power(node: sympy.Pow, env: dict[sympy.Symbol, Number]) -> arb:
    base, exponent = _enclose(node.base, env), _enclose(node.exp, env)
    if node.exp == sympy.Rational(1, 2):
        return base.sqrt()
    if exponent.is_integer():
        whole = exponent.unique_fmpz()
        return base ** int(whole) if whole is not None else base**exponent
    return base**exponent


def _whole(node: sympy.Basic, env: dict[sympy.Symbol, Number]) -> int:
    value = _enclose(node, env).unique_fmpz()
    if value is None:
        raise ValueError(f"{node} must be a whole number here")
    return int(value)


def _repeat(node: sympy.Sum | sympy.Product, env: dict[sympy.Symbol, Number]) -> arb:
    *nested, (index, low, high) = node.limits  # sympy lists the innermost limit first
    inner = node.func(node.function, *nested) if nested else node.function
    combine, total = (add, arb(0)) if isinstance(node, sympy.Sum) else (mul, arb(1))
    for value in range(_whole(low, env), _whole(high, env) + 1):
        total = combine(total, _enclose(inner, {**env, index: value}))
    return total


def _piecewise(node: sympy.Piecewise, env: dict[sympy.Symbol, Number]) -> arb:
    for value, condition in node.args:
        if condition == sympy.true:
            return _enclose(value, env)
        left, right = _enclose(condition.lhs, env), _enclose(condition.rhs, env)
        answer = _condition(condition, left, right)
        if answer is None:
            raise ValueError(f"{condition} is not decided at this precision")
        if answer:
            return _enclose(value, env)
    raise ValueError(f"no case of {node} applies")


def _condition(condition: sympy.Basic, left: arb, right: arb) -> bool | None:
    if isinstance(condition, sympy.Eq | sympy.Ne):
        same = True if bool(left == right) else compare(left, "==", right)
        return same if isinstance(condition, sympy.Eq) or same is None else not same
    return compare(left, condition.rel_op, right)
