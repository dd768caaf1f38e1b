"""What a verification found, as data: verdicts, times, axioms, mutants, open claims, a second solver's opinion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bounds.catalog import catalog
from proofs_check.engines.instances import frees
from proofs_check.engines.second_opinion import smt_claims
from proofs_check.engines.smt import Smt
from proofs_check.intervals import binomial_interval
from proofs_check.kernel.verdicts import Kernel
from proofs_check.ledger import Obligation, ProofResult, StepResult, Verdict


@dataclass(frozen=True)
class Check:
    """An empirical check: what was compared, on how many cases, and whether it held.

    Attributes:
        name: short name.
        theorem: catalog key it belongs to, or "" for findings.
        claim: what should be true, in a sentence.
        cases: how many cases were looked at.
        holds: whether it held.
        found: the numbers behind it.
    """

    name: str
    theorem: str
    claim: str
    cases: int
    holds: bool
    found: str

    @classmethod
    def of_rates(cls, name: str, theorem: str, claim: str, counts: Iterable[tuple[str, int, int, float]]) -> Check:
        """A claim that something happens with probability at most delta: an exact interval must reach down to it.

        Args:
            name: short name.
            theorem: as above.
            claim: as above.
            counts: for each setting what it is called, how often it happened, of how many, and delta.

        Example:
            >>> Check.of_rates("rare", "", "it is rare", [("once", 1, 100, 0.05)]).found
            'failure rate at most 0.200 delta'
        """
        cases, bad, highest = 0, [], 0.0
        for setting, found, trials, delta in counts:
            cases, highest = cases + trials, max(highest, found / trials / delta)
            if binomial_interval(found, trials)[0] > delta:
                bad.append(f"{setting}: {found}/{trials} > {delta}")
        text = "; ".join(bad) or f"failure rate at most {highest:.3f} delta"
        return cls(name, theorem, claim, cases, not bad, text)


@dataclass(frozen=True)
class VerifyReport:
    """Everything `verify` established.

    Attributes:
        results: checked proofs in order.
        open: catalog keys (or proofs) that are known not to be proved, with the reason.
        opinions: step reference → cvc5's word (agrees, open, disagrees); empty without cvc5.
        checks: empirical checks.
        seconds: wall time.
        kernel: what the kernel proves, and how that is known.
        cited: catalog keys that are quoted from other papers and not proved.
    """

    results: tuple[ProofResult, ...]
    open: Mapping[str, str] = field(default_factory=dict)
    opinions: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    seconds: float = 0.0
    kernel: Kernel = field(default_factory=Kernel)
    cited: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "open", MappingProxyType(dict(self.open)))
        object.__setattr__(self, "opinions", MappingProxyType(dict(self.opinions)))

    def __repr__(self) -> str:
        words = Counter(str(word) for word in self.verdicts.values())
        return f"<verification: {', '.join(f'{number} {word}' for word, number in words.items())}>"

    @property
    def mutants(self) -> tuple[int, int]:
        """How many mutants there were, and how many were refuted."""
        every = [mutant for result in self.results for step in result.steps for mutant in step.mutants]
        return len(every), sum(mutant.refuted for mutant in every)

    @property
    def premise_only(self) -> int:
        """How many mutants merely drop a premise, which leaves a variable unconstrained: they show little."""
        steps = [step.step for result in self.results for step in result.steps]
        return sum(_merely_drops(step.obligation, mutant.obligation) for step in steps for mutant in step.mutants)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The word for every statement: the kernel's where it has one, the ledger's otherwise."""
        words = {result.proof.key: result.verdict for result in self.results}
        words |= {key: Verdict.CITED if key in self.cited else Verdict.UNKNOWN for key in self.open if key not in words}
        failed = {key for key, word in words.items() if word is Verdict.REFUTED}
        return words | {key: Verdict.PROVED for key in self.kernel.proofs if key not in failed}

    def problems(self) -> tuple[str, ...]:
        """Problems: claims neither proved nor listed as open, surviving mutants, solver disagreement, failed checks."""
        found = []
        for result in self.results:
            for step in result.steps:
                name = f"{result.proof.key}/{step.step.id}"
                refuted = step.verdict is Verdict.REFUTED
                if refuted or (step.verdict is Verdict.UNKNOWN and result.proof.key not in self.open):
                    found.append(f"{name} is {step.verdict}: {_reason(step)}")
                found += [f"{name}: mutant not refuted: {m.change}" for m in step.mutants if not m.refuted]
        found += [f"kernel: {fault}" for fault in self.kernel.faults]
        found += [f"{name}: cvc5 disagrees with z3" for name, word in self.opinions.items() if word == "disagrees"]
        found += [f"{check.name}: {check.found}" for check in self.checks if not check.holds]
        return tuple(found)

    @property
    def ok(self) -> bool:
        """Whether there is no problem."""
        return not self.problems()

    def to_json(self) -> dict[str, Any]:
        """Plain data for `quantbc verify --json`."""
        total, refuted = self.mutants
        words = list(self.opinions.values())
        return {
            "theorems": {key: self._theorem(key, verdict) for key, verdict in self.verdicts.items()},
            "kernel": self.kernel.line,
            "mutants": {"total": total, "refuted": refuted, "premise_only": self.premise_only},
            "open": dict(self.open),
            "second_opinion": {word: words.count(word) for word in ("agrees", "open", "disagrees")},
            "empirical": [dict(vars(check)) for check in self.checks],
            "problems": list(self.problems()),
            "seconds": round(self.seconds, 3),
        }

    def _theorem(self, key: str, verdict: Verdict) -> dict[str, Any]:
        data: dict[str, Any] = {"verdict": verdict.value}
        if key in self.kernel.proofs:
            data["kernel"] = self.kernel.proofs[key].to_json()
        result = next((result for result in self.results if result.proof.key == key), None)
        if result is None:
            entry = catalog[key]
            named = {"title": entry.title, "kind": "theorem", "provenance": entry.provenance.value}
            return {**data, **named, "steps": [], "axioms": []}
        return {
            **data,
            "title": result.proof.title,
            "kind": result.proof.kind,
            "provenance": result.proof.provenance,
            "steps": [self._step(key, step) for step in result.steps],
            "axioms": [axiom.name for axiom in result.axioms],
        }

    def _step(self, key: str, result: StepResult) -> dict[str, Any]:
        data = {
            "id": result.step.id,
            "engine": result.step.obligation.engine,
            "verdict": result.verdict.value,
            "seconds": round(result.seconds, 4),
            "leans": list(result.step.leans),
            "claim": result.step.claim,
            "mutants": len(result.mutants),
        }
        opinion = self.opinions.get(f"{key}/{result.step.id}")
        return data if opinion is None else {**data, "cvc5": opinion}


def _merely_drops(claim: Obligation, mutant: Obligation) -> bool:
    """Whether a mutant is the claim without some premise, whose goal then speaks of a letter that nothing binds."""
    if not isinstance(mutant, Smt):
        return False
    kept = set(mutant.given())
    return frees(mutant.goal, mutant.given()) and any(
        part.goal.eq(mutant.goal) and kept < set(part.given()) for part in smt_claims(claim)
    )


def _reason(step: StepResult) -> str:
    certificate = step.outcome.certificate
    return certificate.get("reason") or certificate.get("counterexample") or "a premise is not checked"
