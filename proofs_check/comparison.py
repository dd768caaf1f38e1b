"""Measurement against theory: an experiment states its facts, and every statement that they suffice for applies.

Nothing here knows a statement by name. A statement applies if its assumptions are among the experiment's facts and what
it asks for is among the experiment's symbols; one that is added to the catalog is compared from then on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import bounds
from bounds.comparison import dominant_term, matching_lower
from bounds.deviation import StateDeviation
from bounds.gains import GainSequence
from bounds.moduli import FunctionModulus
from bounds.step_errors import StepErrors
from bounds.terms import Drift
from bounds.values import Need
from proofs_check.displacements import likeliest
from proofs_check.ladder import RUNGS, Rung, climb
from simulators.experiments.base import Budget, Experiment, Measured, Standing

__all__ = [
    "RUNGS",
    "Comparison",
    "Row",
    "Rung",
    "applicable",
    "compare",
    "constants",
    "keyword",
    "rows",
    "spellings",
    "stated",
]

ROUNDING = 1e-9
"""What an inequality between floats may miss by, relative to the bound."""

_GIVEN = ("H", "n", "delta")
_GAINS = {"gains"}
_LOOP = {"loop_gains", "loop_C", "loop_eta", "coupled_lipschitz"}
_REGRET = r"\mathrm{Regret}"


@dataclass(frozen=True, eq=False)
class Row:
    """One statement at one spelling of its symbols.

    Attributes:
        evaluation: the statement with its total and terms.
        rung: which kind of knowledge it uses, one of `RUNGS`.
        low: lower end of the interval of the measured regret; minus infinity before anything is measured.
        high: its upper end; infinity before that.
        regret: what was measured; None before that.
    """

    evaluation: bounds.Evaluation
    rung: str
    low: float = -np.inf
    high: float = np.inf
    regret: float | None = None

    @property
    def statement(self) -> str:
        """Key of the statement."""
        return self.evaluation.theorem.key

    @property
    def bound(self) -> float:
        """Total regret that the statement allows."""
        return float(self.evaluation.total)

    @property
    def terms(self) -> dict[str, float]:
        """The bound's summands by name."""
        return {name: float(term) for name, term in self.evaluation.terms.items()}

    @property
    def dominant(self) -> str:
        """Name of the largest term."""
        return str(dominant_term(self.evaluation))

    @property
    def holds(self) -> bool:
        """Whether the interval is compatible with the statement: one of its ends is on the right side of the bound."""
        lower = self.evaluation.theorem.sense is bounds.Sense.LOWER
        excess = self.bound - self.high if lower else self.low - self.bound
        return excess <= ROUNDING * max(1.0, abs(self.bound))

    @property
    def vacuous(self) -> bool:
        """Whether the statement says no more than the trivial bound."""
        return bool(self.evaluation.vacuous)

    @property
    def ratio(self) -> float | None:
        """Bound over measured regret, where that is positive."""
        return None if self.regret is None or self.regret <= 0 else self.bound / self.regret

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        own = ("statement", "rung", "bound", "terms", "vacuous", "holds", "ratio")
        return {name: getattr(self, name) for name in own}


def applicable(
    facts: Mapping[str, Standing], symbols: Mapping[str, Any], sense: bounds.Sense = bounds.Sense.UPPER
) -> tuple[bounds.Theorem, ...]:
    """Every bound on regret whose assumptions are among the facts and whose needs are among the symbols.

    An assumption that can be checked on the values alone (``Assumption.holds``) is left to evaluation.

    Args:
        facts: names of assumptions, each certified or estimated.
        symbols: keyword names; H, n and delta count as known. Defaults of the table do not.
        sense: upper bounds, or lower bounds on this very instance.

    Example:
        >>> names = "iid_demonstrations realizable any_expert sup_error smooth_kernel lipschitz_reward".split()
        >>> symbols = {"log_class_size": 1.0, "eps_q": 0.1, "L_P": 1.0, "L_u": 1.0}
        >>> [theorem.key for theorem in applicable(dict.fromkeys(names, "certified"), symbols)]
        ['smooth_kernel']
    """
    known = {*symbols, *_GIVEN}
    return tuple(
        theorem
        for theorem in bounds.catalog.values()
        if theorem.sense is sense
        and _REGRET in theorem.left  # of either sign, or its modulus
        and all(assumed.name in facts or assumed.holds is not None for assumed in theorem.assumptions)
        and all(wanted.optional or _spellings(wanted, known) for wanted in theorem.needs)
    )


def _spellings(wanted: Need, known: set[str]) -> list[tuple[str, ...]]:
    return [names for names in wanted.alternatives if known.issuperset(names)]


def rows(experiment: Experiment, budget: Budget) -> tuple[Row, ...]:
    """Every applicable statement in every spelling that the experiment's symbols allow, smallest bound first.

    Args:
        experiment: what is cloned, and how it is deployed.
        budget: H, n and delta.

    Returns:
        Rows without a measurement; empty if no statement applies.
    """
    return stated(experiment.facts(), experiment.symbols(budget.H), budget)


def stated(
    facts: Mapping[str, Standing],
    symbols: Mapping[str, Any],
    budget: Budget,
    sense: bounds.Sense = bounds.Sense.UPPER,
) -> tuple[Row, ...]:
    """As `rows`, for facts and symbols that come from elsewhere.

    Args:
        facts: names of assumptions.
        symbols: keyword names and values, except H, n and delta.
        budget: H, n and delta.
        sense: upper bounds, or lower bounds on this very instance.
    """
    known = {name: keyword(name, value) for name, value in symbols.items()}
    known |= {"H": budget.H, "n": budget.n, "delta": budget.delta}
    found = [row for theorem in applicable(facts, known, sense) for row in spellings(theorem, known)]
    return tuple(sorted(found, key=lambda row: row.bound))


def spellings(theorem: bounds.Theorem, symbols: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the statement in every spelling of its symbols, with and without what is optional."""
    options = tuple(name for name in theorem.options if name in symbols)
    for chosen in _choices(theorem, set(symbols)):
        for names in dict.fromkeys((chosen, chosen + options)):
            try:
                found = bounds.evaluate(theorem, **{name: symbols[name] for name in names})
            except bounds.AssumptionError:  # one that depends on the values
                continue
            yield Row(found, _rung(theorem, set(names), optional=len(names) > len(chosen)))


def _choices(theorem: bounds.Theorem, known: set[str]) -> Iterator[tuple[str, ...]]:
    """Every way to say what a statement needs, each quantity in one spelling."""
    needed = [wanted for wanted in theorem.needs if not wanted.optional]
    products = itertools.product(*(_spellings(wanted, known) for wanted in needed))
    for names in dict.fromkeys(tuple(dict.fromkeys(itertools.chain(*chosen))) for chosen in products):
        spelled = [[set(spelling) & set(names) for spelling in wanted.alternatives] for wanted in needed]
        if all(sum(map(bool, touched)) == 1 for touched in spelled):
            yield names


def _rung(theorem: bounds.Theorem, names: set[str], *, optional: bool) -> str:
    if optional:
        return "variance"
    if names & _LOOP or (_answers(theorem) and "any_expert" in {assumed.name for assumed in theorem.assumptions}):
        return "loop"
    return "gains" if names & _GAINS else "catalog"


def _answers(theorem: bounds.Theorem) -> bool:
    """Whether the policy's answer to a displacement enters."""
    return any(isinstance(term, Drift) and getattr(term.deviation, "answers", False) for term in theorem.terms.values())


def _modulus(value: Callable[[Any], Any]) -> FunctionModulus:
    return value if isinstance(value, FunctionModulus) else FunctionModulus(value)


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "gains": GainSequence,
    "loop_gains": GainSequence,
    "average_error": StepErrors,
    "action_error": StepErrors,
    "map_error": StepErrors,
    "modulus": _modulus,
}


def keyword(name: str, value: Any) -> Any:
    """A plain array or callable as evaluation takes it.

    Example:
        >>> keyword("gains", [0.5, 0.25]).linear, keyword("eps_q", 0.1)
        (True, 0.1)
    """
    return _KINDS[name](value) if name in _KINDS and np.ndim(value) + callable(value) > 0 else value


@dataclass(frozen=True, eq=False)
class Comparison:
    """An experiment's measurement beside every statement that applies.

    Attributes:
        measured: regret, deviation, what was learnt.
        rows: statements, smallest bound first; empty if none applies.
        facts: of the experiment.
        constants: its symbols that are one number.
        floors: lower bounds on this very instance, smallest first.
    """

    measured: Measured
    rows: tuple[Row, ...]
    facts: Mapping[str, Standing]
    constants: Mapping[str, float]
    floors: tuple[Row, ...] = ()

    @property
    def smallest(self) -> Row | None:
        """The statement that allows the least regret."""
        return self.rows[0] if self.rows else None

    @property
    def holds(self) -> bool:
        """Whether the measurement contradicts no applicable statement."""
        return all(row.holds for row in (*self.rows, *self.floors))

    @property
    def estimated(self) -> tuple[str, ...]:
        """Facts that were never seen to fail but are not certified."""
        return tuple(name for name, standing in self.facts.items() if standing == "estimated")

    @property
    def floor(self) -> Row | None:
        """The largest lower bound on this very instance: the measured regret is above it."""
        return self.floors[-1] if self.floors else None

    @cached_property
    def lower(self) -> tuple[str, float] | None:
        """Key and value of what no algorithm avoids on some other instance with the same H, n and eps_q.

        The measured regret may be below it. None where nothing is known.
        """
        if self.smallest is None:
            return None
        values = self.smallest.evaluation.values
        try:
            lower = matching_lower(self.smallest.evaluation.theorem)
            known: dict[str, Any] = {name: values[name] for name in lower.symbols}
            return lower.key, float(bounds.evaluate(lower, **known).total)
        except (bounds.ParameterError, bounds.AssumptionError, KeyError):
            return None

    @cached_property
    def deviations(self) -> dict[str, StateDeviation]:
        """By sense, a bound on the deviation of the state, of those that hold most probably."""
        return likeliest([row.evaluation for row in self.rows])

    @cached_property
    def ladder(self) -> tuple[Rung, ...]:
        """The best bound of every rung, as far as it is smaller than those above it, down to the measured regret."""
        return tuple(climb(self.rows, self.measured, {}))

    @cached_property
    def ladder_notes(self) -> dict[str, str]:
        """Why a rung is absent."""
        notes: dict[str, str] = {}
        for _ in climb(self.rows, self.measured, notes):
            pass
        return notes | {rung: note for rung, note in self.measured.notes.items() if rung in RUNGS}

    def as_dict(self) -> dict[str, Any]:
        """One cell of a study: the smallest bound in front, everything else listed.

        Keys: ``regret``, ``low``, ``high``, ``exact``; ``deviation`` by sense, measured with its interval, beside
        the ``bound`` that ``statement`` gives with ``probability``, where there is one; ``statement``, ``bound``,
        ``terms`` and ``vacuous`` of the smallest bound (None where none applies), ``holds`` for all of them, ``bounds``
        by statement, ``statements``, ``ladder``, ``ladder_notes``, ``rungs`` (values by rung), ``constants``,
        ``estimated``, ``learnt``; ``floor`` of ``floor_statement``, a lower bound on this very instance;
        ``lower_bound`` of ``lower_statement``, one on the worst instance (each None where there is none).
        """
        regret, best, floor = self.measured.regret, self.smallest, self.floor
        return {
            "regret": float(regret.mean),
            "low": float(regret.low),
            "high": float(regret.high),
            "exact": regret.exact,
            "deviation": {
                sense: {name: _floats(getattr(found, name)) for name in ("values", "low", "high")}
                | (_beside(self.deviations[sense]) if sense in self.deviations else {})
                for sense, found in self.measured.deviation.items()
            },
            "statement": None if best is None else best.statement,
            "bound": None if best is None else best.bound,
            "terms": {} if best is None else best.terms,
            "vacuous": True if best is None else best.vacuous,
            "holds": self.holds,
            "bounds": {row.statement: row.bound for row in reversed(self.rows)},
            "statements": [row.as_dict() for row in self.rows],
            "ladder": [vars(rung) | {"needs": list(rung.needs)} for rung in self.ladder],
            "ladder_notes": self.ladder_notes,
            "rungs": {rung.rung: rung.value for rung in self.ladder},
            "constants": dict(self.constants),
            "estimated": list(self.estimated),
            "learnt": dict(self.measured.learnt),
            "floor": None if floor is None else floor.bound,
            "floor_statement": None if floor is None else floor.statement,
            "lower_bound": None if self.lower is None else self.lower[1],
            "lower_statement": None if self.lower is None else self.lower[0],
        }


def _beside(found: StateDeviation) -> dict[str, Any]:
    key = found.evaluation.theorem.key
    return {"bound": _floats(found.values), "statement": key, "probability": found.probability}


def _floats(values: Any) -> list[float]:
    return [float(value) for value in values]


def compare(experiment: Experiment, budget: Budget, rng: np.random.Generator) -> Comparison:
    """Measure an experiment, and put every applicable statement beside the measurement.

    Args:
        experiment: what is cloned, and how it is deployed.
        budget: how much is spent.
        rng: the only source of randomness.
    """
    measured = experiment.measure(budget, rng)
    seen = tuple(float(getattr(measured.regret, name)) for name in ("low", "high", "mean"))
    facts, symbols = dict(experiment.facts()), {**experiment.symbols(budget.H), **measured.symbols}
    above, below = (
        tuple(Row(row.evaluation, row.rung, *seen) for row in stated(facts, symbols, budget, sense))
        for sense in (bounds.Sense.UPPER, bounds.Sense.LOWER)
    )
    return Comparison(measured, above, facts, constants(symbols), below)


def constants(symbols: Mapping[str, Any]) -> dict[str, float]:
    """The symbols that are one number.

    Example:
        >>> constants({"eps_q": 0.5, "gains": np.array([1.0, 0.5])})
        {'eps_q': 0.5}
    """
    return {name: float(value) for name, value in symbols.items() if not callable(value) and np.ndim(value) == 0}
