"""Measured regret over bound, for every statement that applies to a case: the largest ratio that can be found.

Nothing here knows a statement by name, and no formula is written a second time: each bound is the catalog's own
expression, evaluated at symbols that are computed on the case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np

import bounds
from bounds.terms import Imitation
from proofs_check.cases import data_at, exponent
from proofs_check.comparison import applicable
from proofs_check.report import Check
from proofs_check.tightness import spelled
from simulators.tables import Number

Genome = TypeVar("Genome")

__all__ = ["ROUNDING", "Ratios", "Subject", "applying", "climb", "data_for", "known", "over", "ratios"]

ROUNDING = 1e-9
"""What a regret in floats may exceed a bound by."""

_DATA = {"n": 1.0, "delta": 0.5, "log_class_size": 0.0, "log_model_class_size": 0.0}


class Subject(Protocol):
    """What bounds are compared on: `Case`, and whatever else knows its regret and the symbols of the catalog."""

    @property
    def regret(self) -> Number:
        """J(π*) − J(π̂), of either sign."""
        ...

    @property
    def tv(self) -> float:
        """Total variation between the deployed policy's and the expert's observed laws."""
        ...

    @property
    def hellinger_exponent(self) -> float:
        """x of their Hellinger distance, D² = 2(1 − e^(−x))."""
        ...

    def facts(self) -> frozenset[str]:
        """Names of assumptions that hold."""
        ...

    def symbols(self, *, relaxed: bool = False) -> dict[str, Any]:
        """Keyword names and values, but for the data."""
        ...


def ratios(case: Subject, *, without: str | None = None, keys: Collection[str] | None = None) -> dict[str, float]:
    """|J(π*) − J(π̂)| over the bound, by statement; above 1 would be a counterexample.

    Args:
        case: the problem.
        without: a term that is left out of every bound, to see that the ratio would tell.
        keys: of the statements that are asked about; None for all.
    """
    return {key: over(abs(float(case.regret)), bound) for key, bound in _bounds(case, without, keys)}


def over(found: Any, limit: Any) -> float:
    """The largest of what was found over its limit, up to rounding.

    Example:
        >>> round(over([1.0, -3.0], [2.0, 0.5]), 6)
        0.5
    """
    return float(np.max(np.maximum(0.0, np.asarray(found) - ROUNDING) / (np.asarray(limit) + ROUNDING)))


def known(case: Subject, *, relaxed: bool = False) -> dict[str, Any]:
    """The symbols of a case, and some data, so that statements about data apply."""
    return {**case.symbols(relaxed=relaxed), **_DATA}


def applying(case: Subject, symbols: Mapping[str, Any]) -> tuple[bounds.Theorem, ...]:
    """The statements about regret that apply to a case."""
    return applicable(dict.fromkeys(case.facts(), "certified"), symbols)


def _bounds(case: Subject, without: str | None, keys: Collection[str] | None) -> Iterator[tuple[str, float]]:
    plain, relaxed = known(case), known(case, relaxed=True)
    for theorem in applying(case, plain):
        if keys is not None and theorem.key not in keys:
            continue
        symbols = spelled(theorem, relaxed if "k" in theorem.symbols else plain)
        values = [_evaluated(theorem, {**symbols, **data}, without) for data in data_for(case, theorem)]
        found = [value for value in values if value is not None]
        if found:
            yield theorem.key, min(found)


def data_for(case: Subject, theorem: bounds.Theorem) -> Iterator[Mapping[str, float | None]]:
    """Yield what takes the place of the demonstrations: data from which just what is true of the learner follows.

    The Hellinger distance of Lemma S1 is the true one, which covers all that is made of it; or, where nothing but a
    radius is, the radius is the true total variation, which leaves no slack in Lemmas S2 to S5.
    """
    if "n" not in theorem.symbols:
        yield {}
        return
    yield data_at(case.hellinger_exponent)
    imitation = theorem.terms["imitation"]
    if type(imitation) is Imitation:
        yield {**data_at(exponent(imitation.radius, case.tv)), "return_std": None}


def _evaluated(theorem: bounds.Theorem, symbols: Mapping[str, Any], without: str | None) -> float | None:
    try:
        terms = bounds.evaluate(theorem, **symbols).terms
    except bounds.AssumptionError:  # one that depends on the values
        return None
    return float(sum(float(part) for name, part in terms.items() if name != without))


@dataclass
class Ratios:
    """The largest ratios so far, by statement.

    Attributes:
        largest: ratio by key.
        cases: how many cases the statement applied to, by key.
        worst: the case of the largest ratio, by key.
    """

    largest: dict[str, float] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    worst: dict[str, Any] = field(default_factory=dict)

    def add(self, found: Mapping[str, float], origin: Any) -> None:
        """Count a case, and remember where it came from wherever its ratio is the largest yet."""
        for key, ratio in found.items():
            self.cases[key] = self.cases.get(key, 0) + 1
            if ratio > self.largest.get(key, -1.0):
                self.largest[key], self.worst[key] = ratio, origin

    def check(self, name: str, theorem: str, claim: str) -> Check:
        """The claim that no ratio exceeds 1, with the largest ratio of every statement."""
        shown = ", ".join(f"{key} {ratio:.3f}" for key, ratio in sorted(self.largest.items()))
        holds = bool(self.largest) and max(self.largest.values()) <= 1.0
        cases = max(self.cases.values(), default=0)
        return Check(name, theorem, claim, cases, holds, f"largest ratio by statement: {shown}")


def climb(
    fresh: Callable[[np.random.Generator], Genome],
    mutated: Callable[[Genome, np.random.Generator], Genome],
    measured: Callable[[Genome], Mapping[str, float]],
    rng: np.random.Generator,
    *,
    systems: int,
    steps: int,
) -> Ratios:
    """Random systems, then changes of the worst system of one statement after the other; what is worse is kept.

    Args:
        fresh: a random description of a case.
        mutated: a description with one random change.
        measured: ratios on the case described, by statement.
        rng: where all randomness comes from.
        systems: number of random systems.
        steps: number of changes.
    """
    found = Ratios()
    for _ in range(systems):
        genome = fresh(rng)
        found.add(measured(genome), genome)
    for _ in range(steps):
        worst = found.worst
        # fresh where no statement has applied yet
        genome = mutated(worst[str(rng.choice(sorted(worst)))], rng) if worst else fresh(rng)
        found.add(measured(genome), genome)
    return found
