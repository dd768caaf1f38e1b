"""The bounds of a problem by term: imitation, decoupling, drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import bounds
from bounds.comparison import dominant_term
from quantbc.advice import advice
from quantbc.problem.file import ExpertSpec, Problem
from quantbc.report.blocks import Bar, Block, Fold, Section, Table, Text

__all__ = ["Setting", "section", "settings"]


@dataclass(frozen=True)
class Setting:
    """A bound at one setting of a problem.

    Attributes:
        quantizer: label of the tokenizer.
        H: horizon.
        n: demonstrations.
        bound: the evaluation, sharp form.
    """

    quantizer: str
    H: int
    n: int
    bound: bounds.Evaluation

    def row(self) -> tuple[str | Bar, ...]:
        """As a row of a table."""
        terms = {name: float(term) for name, term in self.bound.terms.items()}
        total = float(self.bound.total)
        shares = tuple((name, term / total) for name, term in terms.items()) if 0 < total < float("inf") else ()
        words = f"vacuous: at least H = {self.H}" if self.bound.vacuous else f"below H = {self.H}"
        numbers = (f"{term:.4g}" for term in terms.values())
        return (self.quantizer, str(self.H), str(self.n), *numbers, Bar(shares), f"{total:.4g}", words)


def settings(problem: Problem, expert: ExpertSpec) -> Iterator[Setting]:
    """The bound for an expert at every setting of the problem."""
    for quantizer in problem.quantizers:
        built = problem.experiment(expert, quantizer)
        for H in problem.horizons:
            constants = built.constants(H)
            for n in problem.demonstrations:
                bound = bounds.evaluate(built.theorem, H=H, n=n, delta=problem.delta, **constants)
                yield Setting(quantizer.label, H, n, bound)


def section(problem: Problem) -> Section:
    """For each expert: the largest budget in the open, everything else folded."""
    lead = Text(
        "Regret ≤ imitation + decoupling + drift: too few demonstrations; deployed and demonstrated trajectories part; "
        "codes are not the raw actions. Totals over the horizon, in reward units; each bound holds with probability "
        f"{1 - problem.delta:g}. Bars show the shares of the terms, in the order of the columns. A bound of H or more "
        "is vacuous: regret is never more than H."
    )
    parts = tuple(_part(problem, expert, place) for place, expert in enumerate(problem.experts))
    return Section("bounds", "Bounds by term", (lead,), parts)


def _part(problem: Problem, expert: ExpertSpec, place: int) -> Section:
    found = list(settings(problem, expert))
    theorem = found[0].bound.theorem
    useful = sum(not setting.bound.vacuous for setting in found)
    words = f"{theorem.title} ({theorem.source}). Below H in {useful} of {len(found)} settings."
    most = max(problem.demonstrations)
    blocks: list[Block] = [Text(words), _table(f"n = {most} demonstrations", [s for s in found if s.n == most])]
    if len(problem.demonstrations) > 1:
        blocks.append(Fold(f"All {len(found)} settings", (_table("every setting", found),)))
    named = {str(dominant_term(setting.bound)): advice(setting.bound).rpartition(": ")[2] for setting in found}
    blocks += [Text(f"Where {name} is the largest term, {remedy}.") for name, remedy in named.items()]
    return Section(f"bounds-{place + 1}", f"Expert {expert.name}: {theorem.key}", tuple(blocks))


def _table(which: str, found: list[Setting]) -> Table:
    terms = tuple((name, True) for name in found[0].bound.terms)
    columns = (("tokenizer", False), ("H", True), ("n", True), *terms, ("shares", False), ("total", True), ("", False))
    return Table(f"Upper bound on regret by term, {which}", columns, tuple(setting.row() for setting in found))
