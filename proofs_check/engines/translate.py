"""The catalog's own formulas as z3 terms: a final claim is about the formula itself, not about a copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import sympy
import z3

from proofs_check.engines.smt import absolute, largest, smallest


def to_z3(expression: sympy.Expr, atoms: Mapping[sympy.Expr, z3.ArithRef]) -> z3.ArithRef:
    """A sympy expression as a z3 term.

    Args:
        expression: built from + − · / integer powers, Abs, Max, Min and whatever `atoms` names.
        atoms: z3 terms for subexpressions z3 cannot read (sums, exponentials, roots …) and for symbols that need
            another term than the real constant of the same name.

    Raises:
        ValueError: on a function that neither z3 nor `atoms` knows.

    Example:
        >>> x = sympy.Symbol("x")
        >>> to_z3(2 * sympy.exp(-x) + x, {sympy.exp(-x): z3.Real("E")})
        x + 2*E
    """
    node = sympy.sympify(expression)
    if node in atoms:
        return atoms[node]
    if node.is_Symbol:
        return z3.Real(str(node))
    if node.is_Rational:
        return z3.Q(int(node.p), int(node.q))
    if isinstance(node, sympy.Pow) and node.exp.is_Integer:
        base = to_z3(node.base, atoms)
        power = reduce(lambda a, b: a * b, [base] * abs(int(node.exp)))
        return power if int(node.exp) > 0 else 1 / power
    if isinstance(node, sympy.Abs):
        return absolute(to_z3(node.args[0], atoms))
    parts = [to_z3(part, atoms) for part in node.args]
    for kind, combine in _RULES:
        if isinstance(node, kind):
            return reduce(combine, parts)
    raise ValueError(f"no z3 term for {node.func.__name__} in {node}")


_RULES = (
    (sympy.Add, lambda a, b: a + b),
    (sympy.Mul, lambda a, b: a * b),
    (sympy.Max, largest),
    (sympy.Min, smallest),
)
