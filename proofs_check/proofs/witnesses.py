"""The catalog's bounds are attained: the step that reads the witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bounds.catalog import catalog
from bounds.theorem import Sense
from proofs_check.engines.exact import Case, Exact
from proofs_check.ledger import Mutant, Step
from proofs_check.tightness import SHRUNK, Attained, attained

SPARE = Fraction(1, 10**12)
"""Share of a bound that the rounding of its floats may take."""


def _cases(pairs: tuple[Attained, ...], share: float) -> Iterator[Case]:
    for pair in pairs:
        name = type(pair.witness).__name__
        exact = Fraction(pair.witness.exact())
        if pair.theorem.sense is Sense.UPPER:
            yield Case(f"exact number of {name}", exact, "<=", Fraction(pair.bound(share)) * (1 + SPARE))
        else:
            yield Case(f"exact number of {name}", exact, ">=", Fraction(pair.bound(1 / share)) * (1 - SPARE))


def tight(key: str) -> Step:
    """The bound covers every witness of the statement, and with 0.999 of the term that a witness needs it does not.

    Args:
        key: of a statement that has a witness; a lower bound's term is divided by 0.999.

    Example:
        >>> [mutant.change for mutant in tight("theorem_2").mutants[-2:]]
        ['decoupling x 0.999 (Decoupling)', 'drift x 0.999 (Drift)']
    """
    pairs = attained(catalog[key])

    def claim(covered: tuple[Attained, ...], share: float = 1.0) -> Exact:
        return Exact(lambda: _cases(covered, share), "one instance a witness, its exact number")

    described = "; ".join(f"{type(p.witness).__name__} ({p.term}{_limit(p)})" for p in pairs)
    return Step(
        "tight",
        f"Tight: the bound covers the exact number of its witnesses, and does not with 0.999 of the term in brackets: "
        f"{described}. Checked on these instances.",
        claim(pairs),
        tuple(Mutant(f"{p.term} x {SHRUNK} ({type(p.witness).__name__})", claim((p,), SHRUNK)) for p in pairs),
    )


def _limit(pair: Attained) -> str:
    return f", {pair.witness.limit}" if pair.witness.limit else ""
