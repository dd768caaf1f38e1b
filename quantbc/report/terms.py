"""The bounds of a problem by term: imitation, decoupling, drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proofs_check.comparison import Row, rows
from quantbc.advice import advice
from quantbc.problem.file import Problem
from quantbc.problem.systems import ExpertSpec
from quantbc.report.blocks import Bar, Block, Fold, Section, Table, Text


@dataclass(frozen=True)
class Setting:
    """The smallest bound at one setting of a problem.

    Attributes:
        quantizer: label of the tokenizer.
        H: horizon.
        n: demonstrations.
        smallest: the statement that allows the least regret there; None if none applies.
    """

    quantizer: str
    H: int
    n: int
    smallest: Row | None

    @property
    def informative(self) -> bool:
        """Whether the bound is below the trivial one."""
        return self.smallest is not None and not self.smallest.vacuous

    def row(self) -> tuple[str | Bar, ...]:
        """As a row of a table."""
        setting = (self.quantizer, str(self.H), str(self.n))
        if self.smallest is None:
            return (*setting, *("" for _ in range(6)), "no statement applies")
        terms, total = self.smallest.terms, self.smallest.bound
        shares = tuple((name, term / total) for name, term in terms.items()) if 0 < total < float("inf") else ()
        words = f"vacuous: at least H = {self.H}" if self.smallest.vacuous else f"below H = {self.H}"
        numbers = (f"{term:.4g}" for term in terms.values())
        return (*setting, self.smallest.statement, *numbers, Bar(shares), f"{total:.4g}", words)


def settings(problem: Problem, expert: ExpertSpec) -> Iterator[Setting]:
    """The smallest bound for an expert at every setting of the problem."""
    grid = problem.grid
    for quantizer in problem.quantizers:
        built = problem.experiment(expert, quantizer)
        for H in grid.horizons:
            for n in grid.demonstrations:
                found = rows(built, grid.budget(H, n))
                yield Setting(quantizer.label, H, n, found[0] if found else None)


def section(problem: Problem) -> Section:
    """For each expert: the largest budget in the open, everything else folded."""
    lead = Text(
        "Regret ≤ imitation + decoupling + drift: too few demonstrations; deployed and demonstrated trajectories "
        "diverge; codes differ from raw actions. Totals over the horizon, in reward units; each bound holds "
        f"individually with probability {1 - problem.grid.delta:g}. Bars show the shares of the terms, in the order of "
        "the columns. A bound of H or more is vacuous: regret is never more than H."
    )
    parts = tuple(_part(problem, expert, place) for place, expert in enumerate(problem.experts))
    return Section("bounds", "Bounds by term", (lead,), parts)


def _part(problem: Problem, expert: ExpertSpec, place: int) -> Section:
    found = list(settings(problem, expert))
    smallest = [setting.smallest for setting in found if setting.smallest is not None]
    theorems = {row.statement: row.evaluation.theorem for row in smallest}
    useful = sum(setting.informative for setting in found)
    sources = "; ".join(f"{key}: {theorem.title} ({theorem.source})" for key, theorem in theorems.items())
    words = f"The smallest bound is that of {sources or 'no statement'}. Below H in {useful} of {len(found)} settings."
    most = max(problem.grid.demonstrations)
    blocks: list[Block] = [Text(words), _table(f"n = {most} demonstrations", [s for s in found if s.n == most])]
    if len(problem.grid.demonstrations) > 1:
        blocks.append(Fold(f"All {len(found)} settings", (_table("every setting", found),)))
    named = {row.dominant: advice(row.evaluation).rpartition(": ")[2] for row in smallest}
    blocks += [Text(f"Where {name} is the largest term, {remedy}.") for name, remedy in named.items()]
    return Section(f"bounds-{place + 1}", f"Expert {expert.name}", tuple(blocks))


def _table(which: str, found: list[Setting]) -> Table:
    terms = tuple((name, True) for name in ("imitation", "decoupling", "drift"))
    settings = (("tokenizer", False), ("H", True), ("n", True), ("statement", False))
    columns = (*settings, *terms, ("shares", False), ("total", True), ("", False))
    return Table(f"Upper bound on regret by term, {which}", columns, tuple(setting.row() for setting in found))
