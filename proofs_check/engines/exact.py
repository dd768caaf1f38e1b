"""Claims about explicit numbers: fractions compared exactly, everything else in balls with outward rounding.

What this engine establishes is true on the cases it was given, and the certificate says how many there were:
CHECKED ON CASES, not checked for all. A step that is universally quantified needs another engine, unless
its cases are all there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proofs_check.engines.balls import Number, compare
from proofs_check.ledger import Outcome, Verdict


@dataclass(frozen=True)
class Case:
    """left relation right, between two numbers, with a name for the reader."""

    name: str
    left: Number
    relation: str
    right: Number


@dataclass(frozen=True)
class Exact:
    """All cases hold. CHECKED ON CASES if each is certain, REFUTED at the first that certainly fails.

    Attributes:
        cases: makes the cases; called when the obligation is discharged.
        scope: what the cases cover, in words.

    Example:
        >>> from fractions import Fraction
        >>> third = Exact(lambda: [Case("a third", Fraction(1, 3), "<", Fraction(1, 2))], "one number")
        >>> third.discharge().certificate["cases"]
        '1'
    """

    cases: Callable[[], Iterable[Case]]
    scope: str

    @property
    def engine(self) -> str:
        return "exact"

    def written(self) -> tuple[str, ...]:
        """What the cases cover."""
        return (f"cases: {self.scope}",)

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        return ()

    def established(self) -> tuple[Any, ...]:
        return ()

    def running(self) -> Mapping[str, frozenset[str]]:
        return {}

    def discharge(self) -> Outcome:
        """Compare case by case; no case at all is UNKNOWN."""
        count = 0
        undecided = ""
        for case in self.cases():
            count += 1
            answer = compare(case.left, case.relation, case.right)
            shown = f"{case.name}: {case.left} {case.relation} {case.right}"
            if answer is False:
                return Outcome(Verdict.REFUTED, {"counterexample": shown, "scope": self.scope})
            undecided = undecided or (shown if answer is None else "")
        if undecided or not count:
            return Outcome(Verdict.UNKNOWN, {"reason": undecided or "no case", "scope": self.scope})
        return Outcome(Verdict.CASES, {"cases": str(count), "scope": self.scope})
