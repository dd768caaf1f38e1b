"""Identities between expressions, decided by rewriting: the certificate is the residual 0.

Rewriting can prove an identity; it cannot refute one. Refutation is numeric and rigorous: a rational point at which
the ball around left − right does not contain 0. The same points are tried on identities that rewriting proved, so
that a wrong simplification would be caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import sympy

from proofs_check.engines.balls import Number, enclose
from proofs_check.ledger import Outcome, Verdict

Domain = tuple[Fraction | int, Fraction | int]
POINTS = 6
_PRIMES = (31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)


@dataclass(frozen=True)
class Identity:
    """left = right, for all values of the symbols in their domains.

    Attributes:
        left: an expression.
        right: an expression.
        domain: for each free symbol an interval to draw test points from; symbols declared integer get integers.

    Example:
        >>> x = sympy.Symbol("x")
        >>> Identity((x + 1) ** 2, x**2 + 2 * x + 1, {x: (-2, 2)}).discharge().certificate["residual"]
        '0'
    """

    left: sympy.Expr
    right: sympy.Expr
    domain: Mapping[sympy.Symbol, Domain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", MappingProxyType(dict(self.domain)))
        missing = (self.left - self.right).free_symbols - set(self.domain)
        if missing:
            raise ValueError(f"domain must cover the free symbols, missing {sorted(map(str, missing))}")

    @property
    def engine(self) -> str:
        return "symbolic"

    def written(self) -> tuple[str, ...]:
        """Both sides, and where it is tried besides."""
        ranges = [f"{symbol} from {low} to {high}" for symbol, (low, high) in sorted(self.domain.items(), key=str)]
        return (f"show {self.left} = {self.right}", *([f"tried with {', '.join(ranges)}"] if ranges else []))

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        return ()

    def established(self) -> tuple[Any, ...]:
        return ()

    def running(self) -> Mapping[str, frozenset[str]]:
        return {}

    def discharge(self) -> Outcome:
        """Look for a point that breaks the identity, then rewrite the difference to 0."""
        difference = self.left - self.right
        for point in self.points():
            value = enclose(difference, point)
            if not value.contains(0):
                shown = ", ".join(f"{symbol} = {number}" for symbol, number in sorted(point.items(), key=str))
                return Outcome(Verdict.REFUTED, {"counterexample": shown, "left - right": str(value)})
        residual = residual_of(difference)
        if residual == 0:
            return Outcome(Verdict.CHECKED, {"residual": "0", "sympy": sympy.__version__, "points": str(POINTS)})
        return Outcome(Verdict.UNKNOWN, {"residual": str(residual), "sympy": sympy.__version__})

    def points(self) -> Iterator[dict[sympy.Symbol, Number]]:
        """Rational points spread over the domain, the same in every run."""
        symbols = sorted(self.domain, key=str)
        for k in range(1, POINTS + 1):
            point: dict[sympy.Symbol, Number] = {}
            for symbol, prime in zip(symbols, _PRIMES * (1 + len(symbols) // len(_PRIMES)), strict=False):
                low, high = self.domain[symbol]
                share = Fraction(k * prime % 101 + 1, 103)
                value = low + (high - low) * share
                point[symbol] = round(value) if symbol.is_integer else Fraction(value)
            yield point


def residual_of(difference: sympy.Expr) -> sympy.Expr:
    """The difference after the rewriting that gets it to 0 soonest."""
    rules: tuple[Callable[[sympy.Expr], sympy.Expr], ...] = (
        sympy.expand,
        lambda e: sympy.expand(merge_sums(e)),
        lambda e: sympy.expand(sympy.powsimp(sympy.expand(e, power_exp=False), force=False)),
        lambda e: sympy.expand(sympy.fraction(sympy.together(sympy.expand(e)))[0]),
        lambda e: sympy.expand(sympy.fraction(sympy.together(e))[0], power_exp=True),
        sympy.simplify,
    )
    residual = sympy.sympify(difference)
    for rule in rules:
        residual = rule(difference)
        if residual == 0:
            return residual
    return residual


def merge_sums(expression: sympy.Expr) -> sympy.Expr:
    """Sums over the same range, times constants, put under one sum: linearity of finite sums.

    Example:
        >>> t, H = sympy.symbols("t H", integer=True)
        >>> merge_sums(2 * sympy.Sum(t, (t, 1, H)) - sympy.Sum(2 * t - 1, (t, 1, H)))
        Sum(1, (t, 1, H))
    """
    inside: dict[tuple[sympy.Tuple, ...], sympy.Expr] = {}
    rest = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(expression)):
        sums = [factor for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.Sum)]
        if len(sums) != 1:
            rest += term
            continue
        weight = term / sums[0]
        inside[sums[0].limits] = inside.get(sums[0].limits, sympy.Integer(0)) + weight * sums[0].function
    merged = (sympy.Sum(sympy.expand(body), *limits) for limits, body in inside.items() if sympy.expand(body) != 0)
    return rest + sympy.Add(*merged)


def peel(expression: sympy.Expr, horizon: sympy.Symbol, *, levels: int = 3) -> sympy.Expr:
    """Sums and products up to H+1 written as those up to H and the last term.

    This is the definition of Σ and Π by recursion, applied to every Σ, Π whose upper limit is H+1.

    Example:
        >>> t, H = sympy.symbols("t H", integer=True)
        >>> peel(sympy.Sum(t, (t, 1, H + 1)), H)
        H + Sum(t, (t, 1, H)) + 1
    """
    for _ in range(levels):
        rewritten = expression.replace(lambda e: _ends_at(e, horizon + 1), _split)
        if rewritten == expression:
            break
        expression = rewritten
    return expression


def _ends_at(node: sympy.Basic, end: sympy.Expr) -> bool:
    return (
        isinstance(node, sympy.Sum | sympy.Product)
        and len(node.limits) == 1
        and sympy.expand(node.limits[0][2] - end) == 0
    )


def _split(node: sympy.Sum | sympy.Product) -> sympy.Expr:
    ((index, low, high),) = node.limits
    last = node.function.subs(index, high)
    rest = node.func(node.function, (index, low, sympy.expand(high - 1)))
    return rest + last if isinstance(node, sympy.Sum) else rest * last
