"""The grid of a problem file: horizons, demonstrations, seeds, and how much is spent on each cell."""

from __future__ import annotations

from dataclasses import dataclass

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from simulators.experiments.base import Budget

_LONGEST = 1_000_000
_MOST = 100_000_000
_MOST_STEPS = 1_000_000_000
"""What a cell may hold in memory."""


@dataclass(frozen=True)
class Grid:
    """Horizons, budgets and repetitions of a study.

    Attributes:
        horizons: values of H.
        demonstrations: values of n.
        seeds: repetitions.
        delta: probability with which a bound may fail.
        episodes: pairs of evaluation roll-outs, at most.
        confidence: coverage of the interval of the measured regret.
        precision: half width of that interval at which roll-outs stop; None uses up all episodes.
        precision_per_step: the same as a share of H, so that one number serves all horizons.
    """

    horizons: tuple[int, ...]
    demonstrations: tuple[int, ...]
    seeds: tuple[int, ...]
    delta: float = 0.05
    episodes: int = 20_000
    confidence: float = 0.99
    precision: float | None = None
    precision_per_step: float | None = None

    def budget(self, H: int, n: int) -> Budget:
        """What is spent at one horizon and number of demonstrations."""
        wanted = stopping_width(H, self.precision, self.precision_per_step)
        return Budget(H, n, self.delta, wanted, self.episodes, self.confidence)


def stopping_width(H: int, precision: float | None, per_step: float | None) -> float | None:
    """The half width at which roll-outs stop, in units of total reward.

    >>> stopping_width(100, None, 0.001), stopping_width(100, None, None)
    (0.1, None)
    """
    return precision if per_step is None else per_step * H


def read(root: Table) -> Grid:
    """The table [sweep].

    Raises:
        ProblemError: a key that is missing, unknown or out of range.
    """
    sweep = root.table("sweep")
    grid = Grid(
        horizons=sweep.integers("horizons", low=1, high=_LONGEST),
        demonstrations=sweep.integers("demonstrations", low=1, high=_MOST),
        seeds=sweep.integers("seeds", low=0),
        delta=sweep.number("delta", low=0, high=1, inside=True, default=0.05),
        episodes=sweep.integer("episodes", low=2, high=_MOST, default=20000),
        confidence=sweep.number("confidence", low=0, high=1, inside=True, default=0.99),
        precision=_width(sweep, "precision"),
        precision_per_step=_width(sweep, "precision_per_step"),
    )
    if grid.precision is not None and grid.precision_per_step is not None:
        both = f"{grid.precision:g} and {grid.precision_per_step:g}"
        raise ProblemError(f"[sweep] must give one of precision and precision_per_step, got {both}")
    sweep.close()
    steps = max(grid.horizons) * max(grid.demonstrations)
    if steps > _MOST_STEPS:
        requirement = f"such that no cell has more than {_MOST_STEPS:.0e} steps of demonstration"
        raise sweep.fail("demonstrations", requirement, steps)
    return grid


def _width(sweep: Table, name: str) -> float | None:
    return sweep.number(name, low=0, inside=True) if sweep.has(name) else None
