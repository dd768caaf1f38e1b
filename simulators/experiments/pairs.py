"""Expert and learner side by side: regret with its certified interval, deviation step by step, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from simulators.errors import FloatArray
from simulators.experiments.base import Budget, Deviation, Regret
from simulators.montecarlo import Interval, bernstein_interval, mean_interval
from simulators.norms import norm_along
from simulators.policies.base import Policy
from simulators.quantizers.base import Quantizer, quantize_columns
from simulators.rollouts import BLOCK, Compared, blocks
from simulators.systems.linear import System

SMALL_BLOCK = 1000
"""Pairs between two looks where roll-outs may stop early."""


def block_of(budget: Budget) -> int:
    """Return how many pairs are stepped side by side.

    >>> block_of(Budget(H=5, n=1)), block_of(Budget(H=5, n=1, precision=0.1))
    (4000, 1000)
    """
    return BLOCK if budget.precision is None else SMALL_BLOCK


@dataclass
class _Tally:
    """Sums over the pairs so far: powers of |x̂_h − x*_h| by step, and returns pair by pair."""

    horizon: int
    returns: list[FloatArray] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.largest = np.zeros(self.horizon)
        self.powers = np.zeros((3, self.horizon))

    def add(self, step: Compared) -> None:
        gaps, these = step.gaps, slice(step.h, step.h + len(step.gaps))
        squares = gaps * gaps
        self.largest[these] = np.maximum(self.largest[these], gaps.max(axis=1))
        fourth = np.einsum("hi,hi->h", squares, squares)
        self.powers[:, these] += gaps.sum(axis=1), squares.sum(axis=1), fourth
        if step.h == 0:
            self.returns.append(np.zeros_like(step.earned))
        self.returns[-1] += step.earned

    def losses(self) -> FloatArray:
        best, ours = np.concatenate(self.returns, axis=1)
        return np.asarray(best - ours)

    def deviations(self, reach: FloatArray, confidence: float) -> Iterator[Deviation]:
        mean, squares, fourth = self.powers
        yield Deviation("surely", self.largest, self.largest, np.maximum(reach, self.largest))
        low, high = bernstein_interval(self.count, mean, squares, most=reach, confidence=confidence)
        yield Deviation("mean", mean / self.count, low, high)
        low, high = bernstein_interval(self.count, squares, fourth, most=reach**2, confidence=confidence)
        yield Deviation("rms", np.sqrt(squares / self.count), np.sqrt(low), np.sqrt(high))


@np.errstate(over="ignore", invalid="ignore")
def measured_pairs(
    steps: Iterator[Compared],
    budget: Budget,
    *,
    spread: float,
    reach: FloatArray,
) -> tuple[Regret, Mapping[str, Deviation]]:
    """Return regret and deviations from pairs of roll-outs, as few as the precision requires.

    Args:
        steps: from `simulators.rollouts.compared`, for all of the budget's episodes.
        budget: confidence, and when to stop.
        spread: proved bound on |difference of returns| of every pair.
        reach: reach[h], proved bounds on |x̂_h − x*_h|; infinite where there is none.

    Raises:
        DomainError: states that leave the finite numbers, or a pair that breaks the bound.
    """
    tally = _Tally(budget.H)
    interval = Interval(0.0, -spread, spread)
    for step in steps:
        tally.add(step)
        if step.h + len(step.gaps) < budget.H:
            continue
        tally.count = step.block.stop
        if budget.precision is None and tally.count < budget.episodes:
            continue
        losses = tally.losses()
        if tally.count < budget.episodes and not _promising(losses, budget):
            continue
        interval = mean_interval(
            losses,
            low=-spread,
            high=spread,
            confidence=budget.confidence,
            planned=budget.episodes,
            precision=budget.precision,
        )
        if budget.precision is not None and interval.half_width <= budget.precision:
            break
    return Regret.within(interval), {d.sense: d for d in tally.deviations(reach, budget.confidence)}


def own_errors(
    system: System,
    expert: Policy,
    learner: Policy,
    quantizer: Quantizer,
    budget: Budget,
    *,
    norm: str,
    most: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Return upper ends of E|u*_h − q(û_h)| on the expert's own states, h = 1..H, which hold together.

    Both act on the same normals, one coupling of their laws. The chance that an end is too low is the budget's delta.

    Args:
        system: the dynamics.
        expert: the policy π*, whose raw actions are executed.
        learner: the policy π̂ before q.
        quantizer: the map q, of single steps.
        budget: H, episodes and delta.
        norm: of actions.
        most: largest possible error.
        rng: the only source of randomness.
    """
    sums = np.zeros((2, budget.H))
    rows = max(expert.normals(system.du), learner.normals(system.du))
    for part in blocks(budget.episodes):
        M = part.stop - part.start
        x = system.sample_initial(M, rng)
        for h in range(budget.H):
            z = rng.standard_normal((rows, M)) if rows else None
            u = expert.act(x, z)
            gaps = norm_along(quantize_columns(quantizer, learner.act(x, z)) - u, norm, axis=0)
            sums[:, h] += gaps.sum(), gaps @ gaps
            x = system.step(x, u, system.sample_noise(M, rng))
    confidence = 1 - budget.delta / budget.H
    return bernstein_interval(budget.episodes, *sums, most=np.full(budget.H, most), confidence=confidence)[1]


def _promising(losses: FloatArray, budget: Budget) -> bool:
    """Whether an interval of the precision asked for is near: intervals cost as much as some steps."""
    log = math.log(2 / (1 - budget.confidence))
    return math.sqrt(2 * log / len(losses)) * float(losses.std()) <= (budget.precision or 0.0)
