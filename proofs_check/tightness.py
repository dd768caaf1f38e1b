"""Bounds beside the witnesses that attain them: what `Theorem.tight` claims, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import bounds
from bounds.theorem import Sense, Theorem
from proofs_check.comparison import keyword
from simulators.tables import Number
from simulators.witnesses.base import KNOWN_LABELS, Witness
from simulators.witnesses.library import WITNESSES

SHRUNK = 0.999
"""The share of a term that is not enough."""


def spelled(theorem: Theorem, symbols: Mapping[str, Any]) -> dict[str, Any]:
    """What the statement asks for, out of more symbols; of several spellings the last that is there in full.

    The last is the sharpest: gains one by one, moduli as functions, errors by step.

    Example:
        >>> values = {"H": 5, "n": 10, "eps_q": 0.1, "eta": 0.5, "C": 1.0}
        >>> spelled(bounds.catalog["theorem_8"], values)
        {'H': 5, 'n': 10, 'eps_q': 0.1}
    """
    chosen: dict[str, Any] = {}
    for wanted in theorem.needs:
        names = next((names for names in reversed(wanted.alternatives) if all(name in symbols for name in names)), ())
        chosen |= {name: symbols[name] for name in names}
    return chosen


@dataclass(frozen=True)
class Attained:
    """A statement beside a witness.

    Attributes:
        theorem: the statement.
        term: the term that the witness needs in full.
        witness: the instance.
    """

    theorem: Theorem
    term: str
    witness: Witness

    def bound(self, share: float = 1.0) -> float:
        """The bound on the witness, in the preferred form, with the named term times a share."""
        known = {**KNOWN_LABELS, **self.witness.values()}
        symbols = {name: keyword(name, value) for name, value in known.items()}
        terms = bounds.evaluate(self.theorem, **spelled(self.theorem, symbols)).terms
        return float(sum(share * float(part) if name == self.term else float(part) for name, part in terms.items()))

    def covers(self, share: float = 1.0, *, exact: Number | None = None) -> bool:
        """Whether the exact number is on the right side of the bound, with 1e-12 of it to spare for rounding.

        Args:
            share: of the named term; a lower bound's term is divided by it.
            exact: the witness's number, if it is at hand.
        """
        number = Fraction(self.witness.exact() if exact is None else exact)
        spare = Fraction(1, 10**12)
        if self.theorem.sense is Sense.UPPER:
            return number <= Fraction(self.bound(share)) * (1 + spare)
        return number >= Fraction(self.bound(1 / share)) * (1 - spare)


def attained(theorem: Theorem) -> tuple[Attained, ...]:
    """What the statement's `tight` claims, each pair with the witness at its tightest.

    Raises:
        KeyError: a witness that is not in the library.

    Example:
        >>> pairs = attained(bounds.catalog["theorem_9"])
        >>> [pair.covers() for pair in pairs], [pair.covers(SHRUNK) for pair in pairs]
        ([True, True], [False, False])
    """
    return tuple(Attained(theorem, term, _tightest(name)) for name, term in theorem.tight)


@cache
def _tightest(name: str) -> Witness:
    """Statements share witnesses, and some look long for their tightest instance."""
    return WITNESSES[name].tightest()
