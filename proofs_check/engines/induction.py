"""Claims for every whole number: a base case and a step, each decided by another engine.

The sequences of a claim (partial sums, running products …) enter the step as unconstrained reals tied by their
defining recursion, so that the step is one SMT claim for *all* n and all sequences. What the step concludes must be the
claim itself with the next values in the places of the letters that run: a step that concludes anything else carries
nothing on. A mutant of an induction is not a failed step (which would show nothing about the claim) but the false claim
at a small n with a counterexample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import z3

from proofs_check.engines.instances import Binding, conjuncts, letters, occurrence
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Obligation, Outcome, Verdict, weakest


@dataclass(frozen=True)
class Induction:
    """P(n₀), and P(n) ⟹ P(n+1) for every n ≥ n₀.

    Attributes:
        base: P(n₀).
        step: P(n) ⟹ P(n+1), with the recursions of its sequences as hypotheses or as the terms in the conclusion.
        over: what runs, in words ("n from 0", "atoms of a finite law").

    Example:
        >>> import z3
        >>> from proofs_check.engines.smt import Smt
        >>> n, s = z3.Reals("n s")   # s = 1 + … + n  =>  2 s = n (n + 1)
        >>> base = Smt(2 * s == n * (n + 1), {"n": n == 0, "s": s == 0})
        >>> step = Smt(2 * (s + n + 1) == (n + 1) * (n + 2), {"P(n)": 2 * s == n * (n + 1)})
        >>> Induction(base, step, "n from 0").discharge().verdict
        <Verdict.CHECKED: 'ALGEBRA CHECKED'>
    """

    base: Smt
    step: Smt
    over: str

    @property
    def engine(self) -> str:
        return "induction"

    def written(self) -> tuple[str, ...]:
        """What runs, base and step."""
        parts = (("base", self.base), ("step", self.step))
        return (f"over {self.over}", *(f"{name}: {line}" for name, part in parts for line in part.written()))

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        return (*self.base.cited(), *self.step.cited())

    def running(self) -> Mapping[str, frozenset[str]]:
        """The letters that the base fixes: what runs, and the sequences, with what their values depend on."""
        kept = {part.sexpr() for formula in self.step.hypotheses.values() for part in conjuncts(formula)}
        fixed = (part for formula in self.base.hypotheses.values() for part in conjuncts(formula))
        runs = frozenset().union(*(letters(part) for part in fixed if part.sexpr() not in kept))
        used = {name: letters(self._next[name]) for name in runs & self._moved}
        index = {name for name in used if used[name] == {name}}
        for _ in used:
            used = {name: part.union(*(used.get(one, part) for one in part)) for name, part in used.items()}
        own = {name: (used[name] | index) - {name} for name in used.keys() - index}
        return dict.fromkeys(runs, frozenset()) | own

    def established(self) -> tuple[z3.BoolRef, ...]:
        """P, if base and step are about it and the step supposes it, under everything else that the step supposes.

        The letters that run stand for the sequences that `over` names; whoever cites P takes their values for them.
        """
        if not self.advances():
            return ()
        claim, supposed = self.base.goal, list(self.step.hypotheses.values())
        given = {part.sexpr() for formula in supposed for part in conjuncts(formula)}
        if not all(part.sexpr() in given for part in conjuncts(claim)):
            return ()
        own = {part.sexpr() for part in conjuncts(claim)}
        ranges = [part for formula in supposed for part in conjuncts(formula) if part.sexpr() not in own]
        return (z3.Implies(z3.And(*ranges), claim) if ranges else claim,)

    @cached_property
    def _next(self) -> Binding:
        """What the step's conclusion has in the places of the letters of the base's; empty if it is about another."""
        return occurrence(conjuncts(self.base.goal), conjuncts(self.step.goal), ordered=True) or {}

    @cached_property
    def _moved(self) -> frozenset[str]:
        return frozenset(name for name, term in self._next.items() if letters(term) != {name} or term.num_args())

    def advances(self) -> bool:
        """Whether the step concludes what the base shows, with other values of letters that run, and of no others."""
        return bool(self._moved) and self._moved <= self.running().keys()

    def discharge(self) -> Outcome:
        """Decide the base, then the step."""
        certificate, found = {"over": self.over}, []
        for name, part in (("base", self.base), ("step", self.step)):
            outcome = part.discharge()
            certificate |= {f"{name} {key}": value for key, value in outcome.certificate.items()}
            if outcome.verdict not in (Verdict.CHECKED, Verdict.CASES):
                return Outcome(Verdict.UNKNOWN, {**certificate, "reason": f"the {name} is {outcome.verdict}"})
            found.append(outcome.verdict)
        if not self.advances():
            reason = "what the step concludes is not what the base shows, with the next values of the letters that run"
            return Outcome(Verdict.UNKNOWN, {**certificate, "reason": reason})
        return Outcome(weakest(found), certificate)


@dataclass(frozen=True)
class All:
    """Several obligations that together make one claim; the first that is not proved decides."""

    parts: tuple[Obligation, ...]

    @property
    def engine(self) -> str:
        return "+".join(dict.fromkeys(part.engine for part in self.parts))

    def written(self) -> tuple[str, ...]:
        return tuple(f"{number}: {line}" for number, part in enumerate(self.parts, start=1) for line in part.written())

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        return tuple(lemma for part in self.parts for lemma in part.cited())

    def running(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for part in self.parts:
            found |= {name: found.get(name, frozenset()) | others for name, others in part.running().items()}
        return found

    def established(self) -> tuple[Any, ...]:
        return tuple(formula for part in self.parts for formula in part.established())

    def discharge(self) -> Outcome:
        certificate: dict[str, str] = {}
        found = []
        for number, part in enumerate(self.parts, start=1):
            outcome = part.discharge()
            certificate |= {f"{number} {key}": value for key, value in outcome.certificate.items()}
            if outcome.verdict not in (Verdict.CHECKED, Verdict.CASES):
                return Outcome(outcome.verdict, certificate)
            found.append(outcome.verdict)
        return Outcome(weakest(found), certificate)
