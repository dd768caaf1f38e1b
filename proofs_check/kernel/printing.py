"""The catalog's formulas as Rocq terms: ``Catalog.v`` is printed from the statements, never typed.

A formula becomes a term over a real closed field: sums and products over a horizon are big operators over natural
numbers, H, n and the indices are natural numbers, and exp(-m x) of the statistical radius is ``a ^+ m`` with
a = exp(-x), since nothing else about the exponential is needed. A radius that is linear in (log N + log(1/delta))/n
shows it as ``rate``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import sympy

from bounds.catalog import catalog
from bounds.symbols import SYMBOLS, symbol
from proofs_check.kernel.index import FOLDER, KernelError, headlines

FILE = FOLDER / "Catalog.v"
"""Where the terms are."""

AFFINITY = sympy.Symbol("a", positive=True)
"""exp(-x), x the exponent of the statistical radius: the affinity that the learner reaches."""

COVERED = sympy.Symbol("b", positive=True)
"""exp(-c/2), c the log cover: the affinity of a law and the member of the cover above it."""

RATE = sympy.Symbol("rate", nonnegative=True)
"""(log N + log(1/delta)) / n, the exponent's simple bound."""

_HEAD = """(* Printed from the catalog by proofs_check.kernel.printing; not to be edited.  One term for each summand of
   a bound, and their sum.  Steps are numbered from 1.  a stands for exp(-x),
   x = max(0, (log(N - 1) + log(1/delta)) / n), or the exponent that stands there, b for exp(-c/2) of a log cover c, \
rate for
   (log N + log(1/delta)) / n >= x, ln for the logarithm. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Local Open Scope ring_scope.
"""
_WHOLE = ("H", "n")
_LETTERS = (AFFINITY, COVERED, RATE)
_HALF_COVER = -symbol("log_cover") / 2


def _without_exponentials(key: str, expression: sympy.Expr) -> sympy.Expr:
    """exp(-m x) as a power of a, where x is the one exponent of the statement's radius."""
    expression = expression.xreplace({e: COVERED for e in expression.atoms(sympy.exp) if e.args[0] == _HALF_COVER})
    found = expression.atoms(sympy.exp)
    if len(found) == 1 and not expression.has(sympy.Max):
        return expression.xreplace(dict.fromkeys(found, AFFINITY))
    powers = {e: e.args[0].as_coeff_Mul() for e in found if e.has(sympy.Max)}
    if len({x for _, x in powers.values()}) > 1:
        raise KernelError(f"{key} has radii with several exponents: {sorted(str(x) for _, x in powers.values())}")
    return expression.xreplace({e: AFFINITY**-multiple for e, (multiple, _) in powers.items()})


def _without_logarithms(expression: sympy.Expr) -> sympy.Expr:
    """(log N + log(1/delta)) / n as the rate."""
    free = {str(symbol): symbol for symbol in expression.free_symbols}
    if not {"log_class_size", "delta", "n"} <= set(free):
        return expression
    return sympy.cancel(expression.subs(free["log_class_size"], free["n"] * RATE + sympy.log(free["delta"])))


def _is_whole(node: sympy.Basic) -> bool:
    return node.is_Symbol and (str(node) in _WHOLE or bool(node.is_integer))


def _natural(node: sympy.Expr) -> str:
    """A term of type nat: symbols and numbers added, subtracted, divided, and remainders.

    Subtraction and division are those of whole numbers: what is printed must not be negative and must be divisible.
    """
    if (node.is_Integer and node >= 0) or _is_whole(node):
        return str(node)
    if isinstance(node, sympy.Mod):
        return f"({_natural(node.args[0])} %% {_natural(node.args[1])})%N"
    above, below = sympy.fraction(node)
    if below != 1:
        return f"({_natural(above)} %/ {_natural(below)})%N"
    shift, rest = node.as_coeff_Add()
    if shift in (1, -1) and _is_whole(rest):
        return f"{rest}{'.+1' if shift == 1 else '.-1'}"
    minus = {part: part.could_extract_minus_sign() for part in (node.args if node.is_Add else ())}
    first, *others = sorted(minus, key=lambda part: (minus[part], part.is_number, str(part))) or [node]
    if not minus.get(first, True):
        rest = "".join(f" - {_natural(-part)}" if minus[part] else f" + {_natural(part)}" for part in others)
        return f"({_natural(first)}{rest})%N"
    raise KernelError(f"{node} is no natural number that can be printed")


def _number(node: sympy.Expr) -> str:
    if node in (0, 1):
        return str(node)
    if node.is_Integer:
        return f"{node}%:R" if node > 0 else f"(- {-node}%:R)"
    return f"({node.p}%:R / {node.q}%:R)" if node.p > 0 else f"(- ({-node.p}%:R / {node.q}%:R))"


def _sum(node: sympy.Expr) -> str:
    first, *others = node.as_ordered_terms()
    text = term(first)
    for other in others:
        minus = other.could_extract_minus_sign()
        text += f" {'-' if minus else '+'} {_factor(-other if minus else other)}"
    return text


def _product(node: sympy.Expr) -> str:
    if node.could_extract_minus_sign():
        return f"- ({term(-node)})"
    above, below = sympy.fraction(node)
    if below == 1:
        return " * ".join(_factor(part) for part in node.as_ordered_factors())
    return f"{_factor(above)} / {_atom(below)}"


def _power(node: sympy.Expr) -> str:
    base, exponent = node.as_base_exp()
    if exponent == sympy.Rational(1, 2):
        return f"Num.sqrt {_atom(base)}"
    positive = exponent.is_Add and not all(part.could_extract_minus_sign() for part in exponent.args)
    if exponent.could_extract_minus_sign() and not positive:
        return f"{_atom(1 / node)}^-1"
    return f"{_atom(base)} ^+ {_natural(exponent)}"


def _repeated(node: sympy.Expr, operator: str) -> str:
    *nested, (index, low, high) = node.limits
    if nested:
        raise KernelError(f"{node} runs over several indices at once")
    return f"\\{operator}_({_natural(low)} <= {index} < {_natural(high + 1)}) {_factor(node.function)}"


def _least(node: sympy.Expr, name: str) -> str:
    parts = [_atom(part) for part in sorted(node.args, key=lambda part: (not part.is_number, str(part)))]
    return functools.reduce(
        lambda left, right: f"Num.{name} {left if left == parts[0] else f'({left})'} {right}", parts
    )


_RULES: Mapping[type, Callable[[sympy.Expr], str]] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.Sum: lambda node: _repeated(node, "sum"),
    sympy.Product: lambda node: _repeated(node, "prod"),
    sympy.Min: lambda node: _least(node, "min"),
    sympy.Max: lambda node: _least(node, "max"),
    sympy.Mod: lambda node: f"{_natural(node)}%:R",
    sympy.log: lambda node: f"ln {_atom(node.args[0])}",
}


def term(node: sympy.Expr) -> str:
    r"""An expression as a Rocq term over a field.

    Raises:
        KernelError: a function that has no counterpart.

    Example:
        >>> x, h = sympy.Symbol("x"), sympy.Symbol("h", integer=True)
        >>> term(1 - sympy.Sum(x**h / 2, (h, 1, sympy.Symbol("H", integer=True))))
        '1 - (\\sum_(1 <= h < H.+1) (x ^+ h / 2%:R))'
    """
    if node.is_Rational:
        return _number(node)
    if node.is_Symbol:
        return f"{node}%:R" if _is_whole(node) else str(node)
    for kind, rule in _RULES.items():
        if isinstance(node, kind):
            return rule(node)
    raise KernelError(f"{node.func.__name__} in {node} has no Rocq term here")


def _factor(node: sympy.Expr) -> str:
    """As an operand of a product, a quotient or a difference."""
    loose = (
        isinstance(node, sympy.Add | sympy.Sum | sympy.Product) or "/" in term(node) or node.could_extract_minus_sign()
    )
    return f"({term(node)})" if loose and not node.is_Rational else term(node)


def _atom(node: sympy.Expr) -> str:
    """As an argument."""
    simple = node.is_Symbol or node.is_Rational
    return term(node) if simple else f"({term(node)})"


def definitions(key: str, parts: Mapping[str, sympy.Expr] | None = None) -> str:
    """The section of one statement: its terms and their sum.

    Args:
        key: of the catalog.
        parts: formulas by term, the catalog's preferred form by default.
    """
    given = catalog[key].parts() if parts is None else parts
    # Rocq has one name for one thing: the symbol of a statement that is named like it gets another
    own = {s: s.func(f"{key}_") for formula in given.values() for s in formula.free_symbols if str(s) == key}
    present = {name: formula.xreplace(own) for name, formula in given.items() if formula != 0}
    formulas = {name: _without_logarithms(_without_exponentials(key, formula)) for name, formula in present.items()}
    free = sorted({s for formula in formulas.values() for s in formula.free_symbols}, key=str)
    whole = [str(symbol) for symbol in free if _is_whole(symbol)]
    real = [str(symbol) for symbol in free if not _is_whole(symbol)]
    unknown = [name for name in real if name.rstrip("_") not in SYMBOLS and name not in map(str, _LETTERS)]
    if unknown:
        raise KernelError(f"{key} depends on {', '.join(unknown)}, which the table of symbols does not know")
    terms = {name: term(formula) for name, formula in formulas.items()}
    field = "rcfType" if any("Num.sqrt" in text for text in terms.values()) else "realFieldType"
    logarithm = ["ln"] if any(formula.has(sympy.log) for formula in formulas.values()) else []
    kinds = ((logarithm, "R -> R"), (whole, "nat"), (real, "R"))
    variables = "".join(f" ({' '.join(names)} : {kind})" for names, kind in kinds if names)
    lines = [f"Section {key}.", f"Variables (R : {field}){variables}."]
    lines += [f"Definition {key}_{name} : R := {text}." for name, text in terms.items()]
    lines.append(f"Definition {key} : R := {' + '.join(f'{key}_{name}' for name in terms)}.")
    return "\n".join([*lines, f"End {key}."])


def source(keys: Sequence[str] | None = None) -> str:
    """The file: the statements that the index says are proved, in the order of the index."""
    proved = dict.fromkeys(key for headline in headlines() for key in headline.proves) if keys is None else keys
    return "\n".join([_HEAD, *(definitions(key) + "\n" for key in proved)])


def write() -> None:
    """Print the file anew."""
    FILE.write_text(source(), encoding="utf-8")
