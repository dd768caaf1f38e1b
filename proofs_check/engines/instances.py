"""Whether a formula that one step takes from another is what the other step's engine decided, with letters replaced.

What an engine decides holds for all values of its letters, so terms may be put in their places, the same term wherever
a letter occurs. Everything else in a lemma's place is a formula somebody typed: nothing would compare it with the step
it claims to come from. Letters that run in an induction are values of one sequence, not any numbers: they, and the
letters that stand for them further on, may be renamed and nothing else. So it is with values of a function, and one
letter stands for the value at one argument only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from types import MappingProxyType

import z3

Binding = Mapping[str, z3.ExprRef]
Meaning = Mapping[str, z3.ExprRef]
"""What a value of a function or sequence belongs to: its argument, or all other letters of the claim about it."""
Meanings = Mapping[str, Mapping[str, Meaning]]
"""Meanings by letter, and by the function's or sequence's name."""


def conjuncts(formula: z3.BoolRef) -> tuple[z3.BoolRef, ...]:
    """The parts of a conjunction, or the formula itself.

    Example:
        >>> x = z3.Real("x")
        >>> conjuncts(z3.And(x >= 0, z3.And(x <= 1, x != 0)))
        (x >= 0, x <= 1, x != 0)
    """
    if z3.is_and(formula):
        return tuple(part for child in formula.children() for part in conjuncts(child))
    return (formula,)


def _is_letter(node: z3.ExprRef) -> bool:
    return bool(node.num_args() == 0 and node.decl().kind() == z3.Z3_OP_UNINTERPRETED)


def letters(formula: z3.ExprRef) -> frozenset[str]:
    """The free letters of a formula.

    Example:
        >>> sorted(letters(z3.Real("a") + z3.Real("b") <= 1))
        ['a', 'b']
    """
    if _is_letter(formula):
        return frozenset({formula.decl().name()})
    return frozenset().union(*(letters(child) for child in formula.children()))


def _match(pattern: z3.ExprRef, term: z3.ExprRef, bound: Binding, running: Set[str]) -> Binding | None:
    """The terms that turn the pattern into the term, if there are any."""
    if _is_letter(pattern):
        name = pattern.decl().name()
        if name in bound:
            return bound if equal(bound[name], term) else None
        free = pattern.sort() == term.sort() and (name not in running or _is_letter(term))
        return {**bound, name: term} if free else None
    found: Binding | None = None
    if pattern.decl() == term.decl() and pattern.num_args() == term.num_args():
        found = bound
        for left, right in zip(pattern.children(), term.children(), strict=True):
            found = None if found is None else _match(left, right, found, running)
    if found is None and z3.is_arith(pattern) and letters(pattern) <= bound.keys():
        return bound if equal(put(pattern, bound), term) else None
    return found


def meanings(running: Mapping[str, Set[str]], statements: Sequence[z3.BoolRef], source: str) -> Meanings:
    """What the running letters of a claim mean before anything is put in the places of those that they depend on."""
    places = {node.decl().name(): node for statement in statements for node in _nodes(statement)}
    return {
        letter: {f"{letter} of {source}": {other: places[other] for other in sorted(others & places.keys())}}
        for letter, others in running.items()
    }


def _nodes(formula: z3.ExprRef) -> Iterator[z3.ExprRef]:
    if _is_letter(formula):
        yield formula
    for child in formula.children():
        yield from _nodes(child)


def handed_on(known: Meanings, found: Iterable[Binding]) -> Iterator[tuple[str, str, Meaning]]:
    """Letter, name and meaning of whatever substitutions put in the places of letters with a meaning."""
    for bound in found:
        for letter in known.keys() & bound.keys():
            for name, meaning in known[letter].items():
                kept = {part: put(term, bound) for part, term in meaning.items() if letters(term) <= bound.keys()}
                yield bound[letter].decl().name(), name, kept


def merged(known: Meanings, found: Iterable[tuple[str, str, Meaning]]) -> tuple[Meanings, list[str]]:
    """Meanings with others added, and where one letter stands for two values.

    Example:
        >>> x = z3.Real("x")
        >>> merged({"d": {"e^-x": {"x": x}}}, [("d", "e^-x", {"x": x + 1})])[1]
        ['d is e^-x for x = x and for x = x + 1']
    """
    result = {letter: {name: dict(meaning) for name, meaning in names.items()} for letter, names in known.items()}
    clashes = []
    for letter, name, meaning in found:
        mine = result.setdefault(letter, {}).setdefault(name, {})
        for part, term in meaning.items():
            if not equal(mine.setdefault(part, term), term):
                clashes.append(f"{letter} is {name} for {part} = {mine[part]} and for {part} = {term}")
    return result, clashes


def put(pattern: z3.ExprRef, bound: Binding) -> z3.ExprRef:
    """The pattern with terms in the places of its letters, all of which are bound."""
    return z3.substitute(pattern, *((z3.Const(name, bound[name].sort()), bound[name]) for name in letters(pattern)))


def equal(left: z3.ExprRef, right: z3.ExprRef) -> bool:
    """Whether two terms are the same, or the same polynomial."""
    if left.eq(right) or not (z3.is_arith(left) and z3.is_arith(right)):
        return bool(left.eq(right))
    return bool(z3.is_true(z3.simplify(left - right == 0, som=True)))


def occurrence(
    wanted: Sequence[z3.BoolRef],
    context: Sequence[z3.BoolRef],
    bound: Binding = MappingProxyType({}),
    running: Set[str] = frozenset(),
    *,
    ordered: bool = False,
) -> Binding | None:
    """The terms for which every formula stands in the context, if there are any; each in its place where order counts.

    Example:
        >>> x, y = z3.Reals("x y")
        >>> occurrence([x >= 0], [y <= 1, y + 1 >= 0])
        {'x': y + 1}
    """
    if not wanted:
        return bound
    first, *rest = wanted
    for place, formula in enumerate(context, start=1):
        extended = _match(first, formula, bound, running)
        left = context[place:] if ordered else context
        found = None if extended is None else occurrence(rest, left, extended, running, ordered=ordered)
        if found is not None:
            return found
    return None


def _readings(statement: z3.BoolRef) -> Iterator[tuple[tuple[z3.BoolRef, ...], z3.BoolRef]]:
    """Hypotheses and one conjunct of the conclusion, for each conjunct."""
    hypotheses: tuple[z3.BoolRef, ...] = ()
    while z3.is_implies(statement):
        hypotheses += conjuncts(statement.arg(0))
        statement = statement.arg(1)
    for goal in conjuncts(statement):
        if z3.is_implies(goal):
            yield from ((hypotheses + inner, last) for inner, last in _readings(goal))
        else:
            yield hypotheses, goal


def instance(
    formula: z3.BoolRef,
    statements: Sequence[z3.BoolRef],
    context: Sequence[z3.BoolRef] = (),
    running: Set[str] = frozenset(),
) -> tuple[Binding, ...] | None:
    """Whether every conjunct of a formula follows by substitution from one of the statements.

    Args:
        formula: what stands in a lemma's place.
        statements: what the cited step established, with its hypotheses as the left side of an implication.
        context: what else is given where the formula is used; a hypothesis of the statement must be among it, or on
            the left side of the formula.
        running: letters of the statements that are values of a sequence, or of a function.

    Returns:
        What is put for the statements' letters, conjunct by conjunct; None if it is no instance.

    Example:
        >>> x, y, n, p = z3.Reals("x y n p")
        >>> bernoulli = z3.Implies(y >= -1, p >= 1 + n * y)
        >>> instance(z3.Implies(x / 2 >= -1, p >= 1 + n * (x / 2)), [bernoulli], running={"n", "p"})
        ({'p': p, 'n': n, 'y': x/2},)
        >>> instance(p <= n + 1, [bernoulli], [n >= 1]) is None
        True
    """
    known = [part for given in context for part in conjuncts(given)]
    found = []
    for hypotheses, goal in _readings(formula):
        bound = _first(goal, [*hypotheses, *known], statements, running)
        if bound is None:
            return None
        found.append(bound)
    return tuple(found)


def frees(goal: z3.BoolRef, kept: Sequence[z3.BoolRef]) -> bool:
    """Whether a letter of the goal occurs in nothing that is kept: without its premise anything may be put for it.

    Example:
        >>> x, y = z3.Reals("x y")
        >>> frees(x <= y, [y >= 0]), frees(x <= y, [x + y >= 0])
        (True, False)
    """
    return not letters(goal) <= frozenset().union(*map(letters, kept))


def _first(
    goal: z3.BoolRef, known: Sequence[z3.BoolRef], statements: Sequence[z3.BoolRef], running: Set[str]
) -> Binding | None:
    for statement in statements:
        for hypotheses, conclusion in _readings(statement):
            bound = _match(conclusion, goal, {}, running)
            found = None if bound is None else occurrence(hypotheses, known, bound, running)
            if found is not None:
                return found
    return None
