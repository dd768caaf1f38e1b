"""Claims over the reals for all values of their variables, decided by z3.

A claim is ALGEBRA CHECKED when hypotheses, lemma instances and the negated goal are unsatisfiable together *and*
hypotheses and lemma instances alone have a model (otherwise the claim would be vacuous). It is REFUTED when the
negation has a rational model that, substituted exactly and evaluated without z3, satisfies the hypotheses and breaks
the goal. Everything else is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

import z3

from proofs_check.engines.recheck import CannotEvaluateError, Value, constants, evaluate, rational_point, show
from proofs_check.ledger import Outcome, Verdict

TIMEOUT_MS = 4_000


@dataclass(frozen=True)
class Smt:
    """hypotheses ∧ lemmas ⟹ goal, for all values of the free constants.

    Attributes:
        goal: the conclusion.
        hypotheses: by name, so that a mutant can drop one.
        lemmas: instances of proved claims, keyed by the step they come from (with an optional "#n" to tell
            instances apart).

    Example:
        >>> x = z3.Real("x")
        >>> Smt(x * x >= 1, {"large": x >= 1}).discharge().verdict
        <Verdict.CHECKED: 'ALGEBRA CHECKED'>
        >>> Smt(x * x >= 1).discharge().certificate["counterexample"]
        'x = 0'
    """

    goal: z3.BoolRef
    hypotheses: Mapping[str, z3.BoolRef] = field(default_factory=dict)
    lemmas: Mapping[str, z3.BoolRef] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hypotheses", MappingProxyType(dict(self.hypotheses)))
        object.__setattr__(self, "lemmas", MappingProxyType(dict(self.lemmas)))

    @property
    def engine(self) -> str:
        """The engine's name."""
        return "smt"

    def cited(self) -> tuple[tuple[str, z3.BoolRef, tuple[z3.BoolRef, ...]], ...]:
        """Each lemma: the step it comes from, its formula, and what is given before it.

        Not what comes after: two lemmas could each be the other's hypothesis.
        """
        formulas = tuple(self.lemmas.values())
        return tuple(
            (name.partition("#")[0], formula, (*self.hypotheses.values(), *formulas[:number]))
            for number, (name, formula) in enumerate(self.lemmas.items())
        )

    def established(self) -> tuple[z3.BoolRef, ...]:
        """The goal, under the hypotheses."""
        return (z3.Implies(z3.And(*self.hypotheses.values()), self.goal) if self.hypotheses else self.goal,)

    def running(self) -> Mapping[str, frozenset[str]]:
        """None of its own; a lemma may bring some."""
        return {}

    def given(self) -> tuple[z3.BoolRef, ...]:
        """Hypotheses and lemma instances."""
        return (*self.hypotheses.values(), *self.lemmas.values())

    def without(self, *names: str) -> Smt:
        """The same claim with hypotheses or lemma instances dropped.

        Raises:
            KeyError: if a name is not there: a mutant that drops nothing would prove nothing.
        """
        for name in names:
            if name not in self.hypotheses and name not in self.lemmas:
                raise KeyError(name)
        return replace(
            self,
            hypotheses={k: v for k, v in self.hypotheses.items() if k not in names},
            lemmas={k: v for k, v in self.lemmas.items() if k not in names},
        )

    def concluding(self, goal: z3.BoolRef) -> Smt:
        """The same hypotheses with another conclusion."""
        return replace(self, goal=goal)

    def supposing(self, hypotheses: Mapping[str, z3.BoolRef]) -> Smt:
        """The same claim with hypotheses added or replaced."""
        return replace(self, hypotheses={**self.hypotheses, **hypotheses})

    def written(self) -> tuple[str, ...]:
        """Goal, hypotheses and lemma instances.

        Example:
            >>> x = z3.Real("x")
            >>> Smt(x * x >= 1, {"large": x >= 1}).written()
            ('show x*x >= 1', 'given large: x >= 1')
        """
        return self._lines

    @cached_property
    def _lines(self) -> tuple[str, ...]:
        """Kept, since z3 takes milliseconds for each."""
        given = [f"given {name}: {_line(formula)}" for name, formula in self.hypotheses.items()]
        lemmas = [f"by {name}: {_line(formula)}" for name, formula in self.lemmas.items()]
        return (f"show {_line(self.goal)}", *given, *lemmas)

    def discharge(self) -> Outcome:
        """Ask z3, and check what it says as far as it can be checked."""
        answer, model, solver = _decide((*self.given(), z3.Not(self.goal)))
        name = f"z3 {z3.get_version_string()} {solver}"
        if answer == z3.sat and model is not None:
            return self._refuted(model, name)
        if answer != z3.unsat:
            return Outcome(Verdict.UNKNOWN, {"solver": name, "reason": "no answer in time"})
        answer, model, witness_solver = _decide(self.given())
        if answer != z3.sat or model is None:
            return Outcome(
                Verdict.UNKNOWN, {"solver": name, "reason": f"hypotheses alone: {answer}, so the claim may be vacuous"}
            )
        certificate = {"solver": name, "negation": "unsat", "hypotheses": f"sat ({witness_solver})"}
        return Outcome(Verdict.CHECKED, {**certificate, "witness": _describe(model, self.given())})

    def _refuted(self, model: z3.ModelRef, solver: str) -> Outcome:
        try:
            point = rational_point(model, (*self.given(), self.goal))
            confirmed = breaks(self, point)
        except CannotEvaluateError as error:
            return self._algebraic(model, solver, str(error))
        if not confirmed:
            return Outcome(
                Verdict.UNKNOWN,
                {"solver": solver, "reason": "the model does not survive exact substitution", "model": show(point)},
            )
        return Outcome(
            Verdict.REFUTED, {"solver": solver, "counterexample": show(point), "recheck": "exact substitution"}
        )

    def _algebraic(self, model: z3.ModelRef, solver: str, reason: str) -> Outcome:
        """An irrational model: look for a rational one near it, since the negation is usually open."""
        for point in _nearby(model, (*self.given(), self.goal)):
            try:
                if breaks(self, point):
                    return Outcome(
                        Verdict.REFUTED,
                        {"solver": solver, "counterexample": show(point), "recheck": "exact substitution"},
                    )
            except CannotEvaluateError:
                continue
        return Outcome(
            Verdict.UNKNOWN, {"solver": solver, "reason": f"a counterexample that could not be rechecked: {reason}"}
        )


@dataclass(frozen=True)
class Counterexample:
    """A claim refuted at a point given in advance; no other verdict but UNKNOWN comes out of it.

    Used for mutants whose smallest counterexample says more than the one a solver happens to find.

    Example:
        >>> x = z3.Real("x")
        >>> Counterexample(Smt(x * x >= x), {"x": Fraction(1, 2)}).discharge().verdict
        <Verdict.REFUTED: 'REFUTED'>
    """

    claim: Smt
    point: Mapping[str, Value]

    @property
    def engine(self) -> str:
        """The engine's name."""
        return "smt"

    def written(self) -> tuple[str, ...]:
        """The claim, and the point."""
        return (*self.claim.written(), f"false at {show(self.point)}")

    def cited(self) -> tuple[tuple[str, z3.BoolRef, tuple[z3.BoolRef, ...]], ...]:
        """The claim's lemmas."""
        return self.claim.cited()

    def established(self) -> tuple[z3.BoolRef, ...]:
        """Nothing."""
        return ()

    def running(self) -> Mapping[str, frozenset[str]]:
        """None."""
        return {}

    def discharge(self) -> Outcome:
        """Substitute."""
        if breaks(self.claim, self.point):
            return Outcome(Verdict.REFUTED, {"counterexample": show(self.point), "recheck": "exact substitution"})
        return Outcome(Verdict.UNKNOWN, {"reason": "the point breaks nothing", "point": show(self.point)})


def _line(formula: z3.BoolRef) -> str:
    """A formula on one line; z3 breaks long ones."""
    return " ".join(str(formula).split())


def breaks(claim: Smt, point: Mapping[str, Value]) -> bool:
    """Whether a rational point satisfies what is given and violates the goal, by exact substitution."""
    return all(evaluate(formula, point) for formula in claim.given()) and not evaluate(claim.goal, point)


def absolute(x: z3.ArithRef) -> z3.ArithRef:
    """|x| as a formula."""
    return z3.If(x >= 0, x, -x)


def largest(x: z3.ArithRef, y: z3.ArithRef) -> z3.ArithRef:
    """max(x, y) as a formula."""
    return z3.If(x >= y, x, y)


def smallest(x: z3.ArithRef, y: z3.ArithRef) -> z3.ArithRef:
    """min(x, y) as a formula."""
    return z3.If(x <= y, x, y)


def between(low: z3.ArithRef | float, x: z3.ArithRef, high: z3.ArithRef | float) -> z3.BoolRef:
    """Low ≤ x ≤ high."""
    return z3.And(low <= x, x <= high)


def _solvers() -> Iterator[tuple[str, z3.Solver, int]]:
    """Front ends in the order in which they are tried: the quick tries first, then patience."""
    yield "Solver", z3.Solver(), 400
    yield "SimpleSolver", z3.SimpleSolver(), 400
    yield "nlsat", z3.Tactic("qfnra-nlsat").solver(), 1_000
    yield "Solver", z3.Solver(), TIMEOUT_MS - 1_800


def _decide(formulas: tuple[z3.BoolRef, ...]) -> tuple[z3.CheckSatResult, z3.ModelRef | None, str]:
    name = "none"
    for name, solver, timeout in _solvers():
        solver.set("timeout", timeout)
        solver.set("ctrl_c", False)  # else it takes Ctrl-C for itself, and the step for one that stays open
        try:
            solver.add(*formulas)
            answer = solver.check()
        except z3.Z3Exception:  # the nlsat tactic refuses formulas outside its fragment
            continue
        if answer == z3.sat:
            return answer, solver.model(), name
        if answer == z3.unsat:
            return answer, None, name
    return z3.unknown, None, name


def _describe(model: z3.ModelRef, formulas: tuple[z3.BoolRef, ...]) -> str:
    try:
        point = rational_point(model, formulas)
    except CannotEvaluateError as error:
        return f"algebraic model ({error})"
    return show(point) if all(evaluate(formula, point) for formula in formulas) else "model not rechecked"


def _nearby(model: z3.ModelRef, formulas: tuple[z3.ExprRef, ...]) -> Iterator[dict[str, Value]]:
    free = {name: c for formula in formulas for name, c in constants(formula).items()}
    for digits in (3, 6, 12):
        point: dict[str, Value] = {}
        for name, constant in free.items():
            value = model.eval(constant, model_completion=True)
            if z3.is_bool(constant):
                point[name] = z3.is_true(value)
            elif z3.is_algebraic_value(value):
                point[name] = Fraction(str(value.approx(digits).as_fraction()))
            else:
                point[name] = Fraction(str(value))
        yield point
