"""What a proof is here: steps with verdicts, tied into a graph that ends in named axioms.

A `Step` states a claim in words and in LaTeX, names the steps and axioms it rests on, and carries an obligation:
something an engine can discharge. Nothing in this module decides whether a claim is true; engines do, and
`Library.check` only puts their verdicts together. A step counts as PROVED when its own obligation is proved *and*
everything it rests on is PROVED or is an axiom.
"""

from __future__ import annotations

import enum
import graphlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

AXIOM_PREFIX = "axiom:"


class LedgerError(ValueError):
    """A proof refers to something that does not exist, to itself, or states nothing that could fail."""


class Verdict(enum.StrEnum):
    """What an engine, or the ledger, has to say about a claim."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNKNOWN = "UNKNOWN"
    ASSUMED = "ASSUMED"


@dataclass(frozen=True)
class Outcome:
    """An engine's answer: the verdict and the certificate that backs it (residual, solver, model, interval …)."""

    verdict: Verdict
    certificate: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificate", MappingProxyType(dict(self.certificate)))


class Obligation(Protocol):
    """Something an engine can decide."""

    @property
    def engine(self) -> str:
        """The engine's name: symbolic, smt, induction, exact."""
        ...

    def written(self) -> tuple[str, ...]:
        """What exactly is decided, line by line, for a reader to compare with the claim."""
        ...

    def discharge(self) -> Outcome:
        """Decide it."""
        ...


@dataclass(frozen=True)
class Axiom:
    """A textbook fact that is used and not proved here.

    Example:
        >>> Axiom("markov", "P(X >= t) <= E[X]/t for X >= 0, t > 0", "Durrett, Probability, Thm 1.6.4").reference
        'axiom:markov'
    """

    name: str
    statement: str
    citation: str
    latex: str = ""

    def __post_init__(self) -> None:
        for part, text in (("name", self.name), ("statement", self.statement), ("citation", self.citation)):
            if not text.strip():
                raise LedgerError(f"an axiom needs a {part}, got {text!r}")

    @property
    def reference(self) -> str:
        """How premises name this axiom."""
        return AXIOM_PREFIX + self.name


@dataclass(frozen=True)
class Mutant:
    """A false neighbour of a step: what was changed, and the obligation that must come back REFUTED."""

    change: str
    obligation: Obligation


@dataclass(frozen=True)
class Step:
    """One claim.

    Attributes:
        id: name inside its proof.
        claim: the claim as a sentence, with its quantifiers and with what its encoding leaves out.
        latex: the same as a formula.
        premises: local step ids, "proof/step" references, or "axiom:name".
        obligation: what the engine has to decide.
        mutants: false neighbours, at least one.
    """

    id: str
    claim: str
    obligation: Obligation
    mutants: tuple[Mutant, ...]
    premises: tuple[str, ...] = ()
    latex: str = ""

    def __post_init__(self) -> None:
        if not self.id or "/" in self.id or self.id.startswith(AXIOM_PREFIX):
            raise LedgerError(f"a step id must be a plain name, got {self.id!r}")
        if not self.claim.strip():
            raise LedgerError(f"step {self.id!r} states no claim")
        if not self.mutants:
            raise LedgerError(f"step {self.id!r} has no mutant: nothing shows that it could fail")


@dataclass(frozen=True)
class Proof:
    """A theorem or a group of lemmas: ordered steps, the last one being the statement itself.

    Attributes:
        key: the catalog's key for theorems, a plain name for groups of lemmas.
        title: a short title.
        kind: "lemma", "theorem" or "finding".
        provenance: "paper", "explicit" or "ours".
        source: where the statement stands.
        steps: in an order in which premises come first.
    """

    key: str
    title: str
    kind: str
    provenance: str
    source: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if self.kind not in ("lemma", "theorem", "finding"):
            raise LedgerError(f"kind of {self.key!r} must be lemma, theorem or finding, got {self.kind!r}")
        if self.provenance not in ("paper", "explicit", "ours"):
            raise LedgerError(f"provenance of {self.key!r} must be paper, explicit or ours, got {self.provenance!r}")
        names = [step.id for step in self.steps]
        if not names or len(set(names)) < len(names):
            raise LedgerError(f"proof {self.key!r} needs steps with distinct ids, got {names}")

    def references(self) -> Mapping[str, tuple[str, ...]]:
        """Full step reference → full premise references."""
        local = {step.id for step in self.steps}
        return {
            f"{self.key}/{step.id}": tuple(f"{self.key}/{p}" if p in local else p for p in step.premises)
            for step in self.steps
        }


@dataclass(frozen=True)
class MutantResult:
    """What became of a mutant; `refuted` is the only good answer."""

    change: str
    outcome: Outcome

    @property
    def refuted(self) -> bool:
        """Whether the false neighbour was recognised as false."""
        return self.outcome.verdict is Verdict.REFUTED


@dataclass(frozen=True)
class StepResult:
    """A step after checking: its own outcome, the verdict with premises taken into account, and its mutants."""

    step: Step
    outcome: Outcome
    verdict: Verdict
    seconds: float
    mutants: tuple[MutantResult, ...]


@dataclass(frozen=True)
class ProofResult:
    """A proof after checking, with the axioms it rests on (through all premises)."""

    proof: Proof
    verdict: Verdict
    steps: tuple[StepResult, ...]
    axioms: tuple[Axiom, ...]


@dataclass(frozen=True)
class Library:
    """All proofs and axioms, with every reference resolved and no cycle.

    Raises:
        LedgerError: on an unknown reference, a cycle, or a duplicate name.
    """

    proofs: tuple[Proof, ...]
    axioms: tuple[Axiom, ...]

    def __post_init__(self) -> None:
        for kind, names in (("proof", [p.key for p in self.proofs]), ("axiom", [a.name for a in self.axioms])):
            if len(set(names)) < len(names):
                raise LedgerError(f"duplicate {kind} in {sorted(names)}")
        graph = self.graph()
        known = set(graph) | {axiom.reference for axiom in self.axioms}
        for step, premises in graph.items():
            for premise in premises:
                if premise not in known:
                    raise LedgerError(f"{step} rests on {premise!r}, which does not exist")
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            raise LedgerError(f"circular proof: {' -> '.join(error.args[1])}") from error

    def graph(self) -> Mapping[str, tuple[str, ...]]:
        """Every step reference with the references it rests on: the proof DAG."""
        return {step: premises for proof in self.proofs for step, premises in proof.references().items()}

    def closure(self, keys: Iterable[str]) -> tuple[str, ...]:
        """All references (steps and axioms) the given proofs rest on, premises first.

        Raises:
            LedgerError: if a key names no proof.
        """
        graph, wanted = self.graph(), set(keys)
        unknown = wanted - {proof.key for proof in self.proofs}
        if unknown:
            raise LedgerError(f"no proof named {', '.join(sorted(unknown))}")
        pending = [step for step in graph if step.partition("/")[0] in wanted]
        needed: dict[str, tuple[str, ...]] = {}
        while pending:
            reference = pending.pop()
            if reference not in needed:
                needed[reference] = graph.get(reference, ())
                pending.extend(needed[reference])
        return tuple(graphlib.TopologicalSorter(needed).static_order())

    def check(
        self, keys: Sequence[str] | None = None, *, progress: Callable[[str], None] | None = None
    ) -> tuple[ProofResult, ...]:
        """Discharge every step the proofs rest on and every mutant of those steps.

        Args:
            keys: proofs to check (with everything they rest on); None for all.
            progress: called with each step's reference before it is tried.

        Returns:
            A result for every proof that was touched, in the library's order.
        """
        chosen = [proof.key for proof in self.proofs] if keys is None else list(keys)
        steps = {f"{proof.key}/{step.id}": step for proof in self.proofs for step in proof.steps}
        verdicts = {axiom.reference: Verdict.ASSUMED for axiom in self.axioms}
        graph, results = self.graph(), {}
        for reference in self.closure(chosen):
            if reference in steps:
                if progress is not None:
                    progress(reference)
                results[reference] = _check_step(steps[reference], [verdicts[p] for p in graph[reference]])
                verdicts[reference] = results[reference].verdict
        return tuple(self._collect(results, set(chosen)))

    def _collect(self, results: Mapping[str, StepResult], chosen: set[str]) -> Iterator[ProofResult]:
        for proof in self.proofs:
            present = tuple(results[name] for name in proof.references() if name in results)
            if proof.key in chosen:
                used = set(self.closure([proof.key]))
                axioms = tuple(axiom for axiom in self.axioms if axiom.reference in used)
                yield ProofResult(proof, _join(result.verdict for result in present), present, axioms)


def _check_step(step: Step, premises: Sequence[Verdict]) -> StepResult:
    start = time.perf_counter()
    outcome = step.obligation.discharge()
    seconds = time.perf_counter() - start
    sound = all(verdict in (Verdict.PROVED, Verdict.ASSUMED) for verdict in premises)
    verdict = outcome.verdict if sound or outcome.verdict is not Verdict.PROVED else Verdict.UNKNOWN
    mutants = tuple(MutantResult(mutant.change, mutant.obligation.discharge()) for mutant in step.mutants)
    return StepResult(step, outcome, verdict, seconds, mutants)


def _join(verdicts: Iterable[Verdict]) -> Verdict:
    seen = set(verdicts)
    for worst in (Verdict.REFUTED, Verdict.UNKNOWN):
        if worst in seen:
            return worst
    return Verdict.PROVED
