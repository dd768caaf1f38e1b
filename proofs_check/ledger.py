"""The ledger of scalar algebra: steps with verdicts, tied into a graph that ends in named axioms.

A `Step` states a claim in words and in LaTeX, names the steps and axioms it rests on, and carries an obligation:
something an engine can discharge. Nothing in this module decides whether a claim is true; engines do, and
`Library.check` only puts their verdicts together. PROVED is no word of the ledger: it is said of what the kernel
accepts (`proofs_check.kernel`). A step of the ledger is at best ALGEBRA CHECKED: its own obligation was discharged,
every formula that it takes from another step is an instance of what that step's engine decided, and that step is
checked too. A formula that is no such instance, a premise in no formula and a step that cites itself are errors; what a
step follows from by prose is said in `leans`, and the step is ASSUMED.
"""

from __future__ import annotations

import enum
import graphlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from bounds.theorem import Provenance

AXIOM_PREFIX = "axiom:"  # of references to assumptions
KERNEL_PREFIX = "kernel:"
"""Before the name of a theorem of the kernel that a step leans on, always by prose: no formula of ours is compared."""


class LedgerError(ValueError):
    """A proof refers to what does not exist or is not said there, or to itself, or states nothing that could fail."""


class Verdict(enum.StrEnum):
    """The verdict on a claim."""

    PROVED = "PROVED"  # by the kernel, and by nothing else
    CHECKED = "ALGEBRA CHECKED"  # by an engine, for all values
    CASES = "CHECKED ON CASES"  # by an engine, on the cases it names
    ASSUMED = "ASSUMED"  # an axiom, or a step that leans on prose
    CITED = "CITED"  # from another paper
    REFUTED = "REFUTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Outcome:
    """An engine's answer: the verdict and the certificate that backs it (residual, solver, model, interval …)."""

    verdict: Verdict
    certificate: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "certificate", MappingProxyType(dict(self.certificate)))


ORDER = (Verdict.REFUTED, Verdict.UNKNOWN, Verdict.ASSUMED, Verdict.CASES, Verdict.CHECKED)
"""The ledger's verdicts, the worst first."""


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts.

    Example:
        >>> str(weakest([Verdict.CHECKED, Verdict.CASES]))
        'CHECKED ON CASES'
    """
    return min(verdicts, key=ORDER.index, default=Verdict.CHECKED)


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

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        """Formulas it takes from other steps: a reference, the formula in its place, and what else is given there."""
        ...

    def established(self) -> tuple[Any, ...]:
        """Formulas it establishes for all values of their letters; empty if an engine without formulas decides it."""
        ...

    def running(self) -> Mapping[str, frozenset[str]]:
        """Letters that are values of a sequence, and what it depends on: no terms may be put in their places."""
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
    formula: Any = None
    """The fact as a formula, where steps use it as one; they may put terms in the places of its letters."""
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Letters of the formula that are values of a function, its name and argument: only letters take their place, each
    for one argument."""

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
    """A mutant of a step: what was changed, and the obligation that must come back REFUTED."""

    change: str
    obligation: Obligation


@dataclass(frozen=True)
class Step:
    """One claim.

    Attributes:
        id: name inside its proof.
        claim: the claim as a sentence, with its quantifiers and with what its encoding leaves out.
        latex: the same as a formula.
        obligation: what the engine has to decide.
        mutants: false claims beside it, at least one.
        premises: "axiom:name", or a step (local id or "proof/step") that the obligation takes a formula from.
        leans: steps, or "kernel:File.theorem", from which the claim follows by prose that nothing compares.
    """

    id: str
    claim: str
    obligation: Obligation
    mutants: tuple[Mutant, ...]
    premises: tuple[str, ...] = ()
    latex: str = ""
    leans: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id or "/" in self.id or self.id.startswith(AXIOM_PREFIX):
            raise LedgerError(f"a step id must be a plain name, got {self.id!r}")
        if not self.claim.strip():
            raise LedgerError(f"step {self.id!r} states no claim")
        if not self.mutants:
            raise LedgerError(f"step {self.id!r} has no mutant: nothing shows that it could fail")

    @property
    def named(self) -> tuple[str, ...]:
        """Whatever it rests on: premises, what its formulas come from, and what it leans on."""
        return *self.premises, *(reference for reference, *_ in self.obligation.cited()), *self.leans


@dataclass(frozen=True)
class Proof:
    """A theorem or a group of lemmas: ordered steps, the last one being the statement itself.

    Attributes:
        key: the catalog's key for theorems, a plain name for groups of lemmas.
        title: a short title.
        kind: "lemma" or "theorem".
        provenance: "paper", "explicit", "ours" or "cited".
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
        for step in self.steps:
            if {step.id, f"{self.key}/{step.id}"} & set(step.named):
                raise LedgerError(f"{self.key}/{step.id} cites itself")
        if self.kind not in ("lemma", "theorem"):
            raise LedgerError(f"kind of {self.key!r} must be lemma or theorem, got {self.kind!r}")
        if self.provenance not in {known.value for known in Provenance}:
            raise LedgerError(f"provenance of {self.key!r} must be one of the catalog's, got {self.provenance!r}")
        names = [step.id for step in self.steps]
        if not names or len(set(names)) < len(names):
            raise LedgerError(f"proof {self.key!r} needs steps with distinct ids, got {names}")

    def full(self, names: Iterable[str]) -> tuple[str, ...]:
        """References as the library has them, each once: local ids with the proof's key."""
        local = {step.id for step in self.steps}
        return tuple(dict.fromkeys(f"{self.key}/{name}" if name in local else name for name in names))

    def references(self) -> Mapping[str, tuple[str, ...]]:
        """Full step reference → full references of whatever it rests on."""
        return {f"{self.key}/{step.id}": self.full(step.named) for step in self.steps}


@dataclass(frozen=True)
class MutantResult:
    """What became of a mutant; `refuted` is the only good answer."""

    change: str
    outcome: Outcome

    @property
    def refuted(self) -> bool:
        """Whether the mutant was recognised as false."""
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
    """All proofs and axioms: every reference exists, there is no cycle, every formula is where it comes from.

    Raises:
        LedgerError: on an unknown reference, a cycle, a duplicate name, a formula that is no instance of what the step
            in whose name it stands has established, or a premise in no formula.
    """

    proofs: tuple[Proof, ...]
    axioms: tuple[Axiom, ...]

    def __post_init__(self) -> None:
        for kind, names in (("proof", [p.key for p in self.proofs]), ("axiom", [a.name for a in self.axioms])):
            if len(set(names)) < len(names):
                raise LedgerError(f"duplicate {kind} in {sorted(names)}")
        graph = self.graph()
        known = {*graph, *(axiom.reference for axiom in self.axioms), *_kernel()}
        for step, premises in graph.items():
            for premise in premises:
                if premise not in known:
                    raise LedgerError(f"{step} rests on {premise!r}, which does not exist")
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            raise LedgerError(f"circular proof: {' -> '.join(error.args[1])}") from error
        for fault in self._faults():
            raise LedgerError(fault)

    def graph(self) -> Mapping[str, tuple[str, ...]]:
        """Every step reference with the references it rests on: the proof DAG."""
        return {step: premises for proof in self.proofs for step, premises in proof.references().items()}

    def _faults(self) -> Iterator[str]:
        """Formulas that somebody typed in a lemma's place, and premises that occur in no formula.

        A premise that is an axiom needs no formula; it is named as assumed.
        """
        from proofs_check.engines.instances import handed_on, instance, meanings, merged

        steps = {f"{proof.key}/{step.id}": (proof, step) for proof in self.proofs for step in proof.steps}
        established = {name: step.obligation.established() for name, (_, step) in steps.items()}
        established |= {axiom.reference: (axiom.formula,) for axiom in self.axioms if axiom.formula is not None}
        standing = {
            name: meanings(step.obligation.running(), established[name], name) for name, (_, step) in steps.items()
        }
        standing |= {axiom.reference: axiom.values for axiom in self.axioms}
        for name in graphlib.TopologicalSorter(self.graph()).static_order():
            if name not in steps:
                continue
            proof, step = steps[name]
            cited = step.obligation.cited()
            for reference, formula, context in cited:
                (full,) = proof.full([reference])
                known = standing.get(full, {})
                found = instance(formula, established.get(full, ()), context, known.keys())
                if found is None:
                    yield f"{name} takes from {full} what is no instance of it: {' '.join(str(formula).split())}"
                standing[name], clashes = merged(standing[name], handed_on(known, found or ()))
                yield from (f"{name} has one letter for two values: {clash}" for clash in clashes)
            silent = set(proof.full(step.premises)) - set(proof.full(reference for reference, *_ in cited))
            yield from (
                f"{name} has the premise {premise}, which is in no formula of it"
                for premise in sorted(silent)
                if not premise.startswith(AXIOM_PREFIX)
            )

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
        """Discharge every step the proofs rest on, and all mutants of those steps.

        Args:
            keys: proofs to check (with everything they rest on); None for all.
            progress: called with each step's reference before it is tried.

        Returns:
            A result for every proof that was touched, in the library's order.
        """
        chosen = [proof.key for proof in self.proofs] if keys is None else list(keys)
        steps = {f"{proof.key}/{step.id}": step for proof in self.proofs for step in proof.steps}
        named = (*(axiom.reference for axiom in self.axioms), *_kernel())
        verdicts = dict.fromkeys(named, Verdict.CHECKED)  # not weighed
        graph, results = self.graph(), {}
        for reference in self.closure(chosen):
            if reference in steps:
                if progress is not None:
                    progress(reference)
                below = [verdicts[p] for p in graph[reference]]
                results[reference] = _check_step(steps[reference], below)
                verdicts[reference] = results[reference].verdict
        return tuple(self._collect(results, set(chosen)))

    def _collect(self, results: Mapping[str, StepResult], chosen: set[str]) -> Iterator[ProofResult]:
        for proof in self.proofs:
            present = tuple(results[name] for name in proof.references() if name in results)
            if proof.key in chosen:
                used = set(self.closure([proof.key]))
                axioms = tuple(axiom for axiom in self.axioms if axiom.reference in used)
                yield ProofResult(proof, _join(present), present, axioms)


def _kernel() -> frozenset[str]:
    from proofs_check.kernel.index import headlines

    return frozenset(KERNEL_PREFIX + headline.name for headline in headlines())


def _check_step(step: Step, premises: Sequence[Verdict]) -> StepResult:
    start = time.perf_counter()
    outcome = step.obligation.discharge()
    seconds = time.perf_counter() - start
    verdict = outcome.verdict
    if verdict in (Verdict.CHECKED, Verdict.CASES):
        below = weakest(premises)
        unsound = below in (Verdict.REFUTED, Verdict.UNKNOWN)
        verdict = Verdict.UNKNOWN if unsound else weakest([verdict, below, *([Verdict.ASSUMED] if step.leans else [])])
    mutants = tuple(MutantResult(mutant.change, mutant.obligation.discharge()) for mutant in step.mutants)
    return StepResult(step, outcome, verdict, seconds, mutants)


def _join(steps: Sequence[StepResult]) -> Verdict:
    """Of a proof: its worst step; cases that illustrate it do not count unless they are all there is."""
    verdicts = [step.verdict for step in steps]
    return weakest([verdict for verdict in verdicts if verdict is not Verdict.CASES] or verdicts)
