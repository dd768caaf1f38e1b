"""The catalog's upper bounds are attained: the step that reads the witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bounds.catalog import catalog
from proofs_check.engines.exact import Case, Exact
from proofs_check.ledger import Mutant, Step
from proofs_check.tightness import SHRUNK, Attained, attained

SPARE = Fraction(1, 10**12)
"""Share of a bound that the rounding of its floats may take."""


def _cases(pairs: tuple[Attained, ...], shrunk: str | None) -> Iterator[Case]:
    for pair in pairs:
        name = type(pair.witness).__name__
        bound = pair.bound(SHRUNK if pair.term == shrunk else 1.0)
        yield Case(f"exact number of {name}", Fraction(pair.witness.exact()), "<=", Fraction(bound) * (1 + SPARE))


def tight(key: str) -> Step:
    """The bound covers every witness of the statement, and with 0.999 of the term that a witness needs it does not.

    Args:
        key: of an upper bound that has a witness.

    Example:
        >>> [mutant.change for mutant in tight("theorem_2").mutants]
        ['decoupling x 0.999', 'drift x 0.999']
    """
    pairs = attained(catalog[key])

    def claim(shrunk: str | None = None) -> Exact:
        return Exact(lambda: _cases(pairs, shrunk), "one instance a witness, its exact number")

    described = "; ".join(f"{type(p.witness).__name__} ({p.term}{_limit(p)})" for p in pairs)
    terms = dict.fromkeys(pair.term for pair in pairs)
    return Step(
        "tight",
        f"Tight: the bound covers the exact number of its witnesses, and does not with 0.999 of the term in brackets: "
        f"{described}. Checked on these instances.",
        claim(),
        tuple(Mutant(f"{term} x {SHRUNK}", claim(term)) for term in terms),
    )


def _limit(pair: Attained) -> str:
    return f", {pair.witness.limit}" if pair.witness.limit else ""
