"""Counterexamples checked a second time: z3 formulas evaluated over fractions, without z3's arithmetic."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce

import z3

Value = Fraction | bool


class CannotEvaluateError(ValueError):
    """A formula holds something that has no exact rational value."""


def constants(formula: z3.ExprRef) -> dict[str, z3.ExprRef]:
    """The free constants of a formula, by name.

    Example:
        >>> sorted(constants(z3.Real("a") + z3.Real("b") <= 1))
        ['a', 'b']
    """
    found: dict[str, z3.ExprRef] = {}
    pending, seen = [formula], set()
    while pending:
        node = pending.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        if node.decl().kind() == z3.Z3_OP_UNINTERPRETED and node.num_args() == 0:
            found[node.decl().name()] = node
        pending.extend(node.children())
    return found


def _divide(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise CannotEvaluateError("division by zero has no value")
    return a / b


def _power(a: Fraction, b: Fraction) -> Fraction:
    if b.denominator != 1 or (a == 0 and b < 0):
        raise CannotEvaluateError(f"{a} ** {b} is not rational")
    return Fraction(a) ** int(b)


def _fold(function: Callable[[Fraction, Fraction], Fraction]) -> Callable[[Sequence[Value]], Value]:
    return lambda values: reduce(function, (Fraction(value) for value in values))


def _pairwise(relation: Callable[[Value, Value], bool]) -> Callable[[Sequence[Value]], Value]:
    return lambda values: relation(values[0], values[1])


_RULES: Mapping[int, Callable[[Sequence[Value]], Value]] = {
    z3.Z3_OP_ADD: _fold(operator.add),
    z3.Z3_OP_SUB: _fold(operator.sub),
    z3.Z3_OP_MUL: _fold(operator.mul),
    z3.Z3_OP_DIV: _fold(_divide),
    z3.Z3_OP_POWER: _fold(_power),
    z3.Z3_OP_UMINUS: lambda values: -Fraction(values[0]),
    z3.Z3_OP_TO_REAL: lambda values: values[0],
    z3.Z3_OP_TO_INT: lambda values: Fraction(math.floor(values[0])),
    z3.Z3_OP_ITE: lambda values: values[1] if values[0] else values[2],
    z3.Z3_OP_AND: all,
    z3.Z3_OP_OR: any,
    z3.Z3_OP_NOT: lambda values: not values[0],
    z3.Z3_OP_IMPLIES: lambda values: not values[0] or bool(values[1]),
    z3.Z3_OP_EQ: _pairwise(operator.eq),
    z3.Z3_OP_DISTINCT: lambda values: len(set(values)) == len(values),
    z3.Z3_OP_LE: _pairwise(operator.le),
    z3.Z3_OP_GE: _pairwise(operator.ge),
    z3.Z3_OP_LT: _pairwise(operator.lt),
    z3.Z3_OP_GT: _pairwise(operator.gt),
    z3.Z3_OP_TRUE: lambda _: True,
    z3.Z3_OP_FALSE: lambda _: False,
}


def evaluate(formula: z3.ExprRef, point: Mapping[str, Value]) -> Value:
    """The exact value of a formula at a rational point.

    Args:
        formula: built from + − · / integer powers, comparisons, If and Boolean connectives.
        point: a value for every free constant.

    Raises:
        CannotEvaluateError: on an unknown operator, a missing constant, or a division by zero.

    Example:
        >>> x = z3.Real("x")
        >>> evaluate(z3.If(x > 0, x, -x) * x, {"x": Fraction(-1, 3)})
        Fraction(-1, 9)
    """
    cache: dict[int, Value] = {}

    def value(node: z3.ExprRef) -> Value:
        key = node.get_id()
        if key not in cache:
            cache[key] = _leaf_or_rule(node, point, value)
        return cache[key]

    return value(formula)


def _leaf_or_rule(node: z3.ExprRef, point: Mapping[str, Value], value: Callable[[z3.ExprRef], Value]) -> Value:
    if z3.is_rational_value(node) or z3.is_int_value(node):
        return Fraction(str(node.as_fraction())) if z3.is_rational_value(node) else Fraction(node.as_long())
    kind = node.decl().kind()
    if kind == z3.Z3_OP_UNINTERPRETED and node.num_args() == 0:
        name = node.decl().name()
        if name not in point:
            raise CannotEvaluateError(f"no value for {name}")
        return point[name]
    if kind == z3.Z3_OP_ITE:  # only the branch taken needs a value
        test, yes, no = node.children()
        return value(yes) if value(test) else value(no)
    if kind not in _RULES:
        raise CannotEvaluateError(f"no rule for {node.decl().name()}")
    return _RULES[kind]([value(child) for child in node.children()])


def rational_point(model: z3.ModelRef, formulas: Sequence[z3.ExprRef]) -> dict[str, Value]:
    """The model's values as fractions, for every constant in the formulas.

    Raises:
        CannotEvaluateError: if a value is algebraic, not rational.
    """
    point: dict[str, Value] = {}
    for formula in formulas:
        for name, constant in constants(formula).items():
            value = model.eval(constant, model_completion=True)
            if z3.is_bool(constant):
                point[name] = z3.is_true(value)
            elif z3.is_rational_value(value) or z3.is_int_value(value):
                point[name] = Fraction(str(value))
            else:
                raise CannotEvaluateError(f"{name} = {value} is not rational")
    return point


def show(point: Mapping[str, Value]) -> str:
    """A counterexample on one line.

    Example:
        >>> show({"x": Fraction(1, 3), "b": True})
        'b = True, x = 1/3'
    """
    return ", ".join(f"{name} = {point[name]}" for name in sorted(point))
