"""Claims for every whole number: a base case and a step, each decided by another engine.

The sequences of a claim (partial sums, running products …) enter the step as unconstrained reals tied by their
defining recursion, so that the step is one SMT claim for *all* n and all sequences. A mutant of an induction is not
a failed step (which would show nothing about the claim) but the false claim at a small n with a counterexample.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs_check.ledger import Obligation, Outcome, Verdict


@dataclass(frozen=True)
class Induction:
    """P(n₀), and P(n) ⟹ P(n+1) for every n ≥ n₀.

    Attributes:
        base: P(n₀).
        step: P(n) ⟹ P(n+1), with the recursions of its sequences as hypotheses.
        over: what runs, in words ("n from 0", "atoms of a finite law").

    Example:
        >>> import z3
        >>> from proofs_check.engines.smt import Smt
        >>> n, s = z3.Reals("n s")   # s = 1 + … + n  =>  2 s = n (n + 1)
        >>> base = Smt(2 * s == n * (n + 1), {"n": n == 0, "s": s == 0})
        >>> step = Smt(2 * (s + n + 1) == (n + 1) * (n + 2), {"P(n)": 2 * s == n * (n + 1)})
        >>> Induction(base, step, "n from 0").discharge().verdict
        <Verdict.PROVED: 'PROVED'>
    """

    base: Obligation
    step: Obligation
    over: str

    @property
    def engine(self) -> str:
        """The engine's name."""
        return "induction"

    def written(self) -> tuple[str, ...]:
        """What runs, base and step."""
        parts = (("base", self.base), ("step", self.step))
        return (f"over {self.over}", *(f"{name}: {line}" for name, part in parts for line in part.written()))

    def discharge(self) -> Outcome:
        """Decide the base, then the step."""
        certificate = {"over": self.over}
        for name, part in (("base", self.base), ("step", self.step)):
            outcome = part.discharge()
            certificate |= {f"{name} {key}": value for key, value in outcome.certificate.items()}
            if outcome.verdict is not Verdict.PROVED:
                return Outcome(Verdict.UNKNOWN, {**certificate, "reason": f"the {name} is {outcome.verdict}"})
        return Outcome(Verdict.PROVED, certificate)


@dataclass(frozen=True)
class All:
    """Several obligations that together make one claim; the first that is not proved decides."""

    parts: tuple[Obligation, ...]

    @property
    def engine(self) -> str:
        """The engines of the parts."""
        return "+".join(dict.fromkeys(part.engine for part in self.parts))

    def written(self) -> tuple[str, ...]:
        """Part by part."""
        return tuple(f"{number}: {line}" for number, part in enumerate(self.parts, start=1) for line in part.written())

    def discharge(self) -> Outcome:
        """Decide part by part."""
        certificate: dict[str, str] = {}
        for number, part in enumerate(self.parts, start=1):
            outcome = part.discharge()
            certificate |= {f"{number} {key}": value for key, value in outcome.certificate.items()}
            if outcome.verdict is not Verdict.PROVED:
                return Outcome(outcome.verdict, certificate)
        return Outcome(Verdict.PROVED, certificate)
