"""Deployments that observe the state only at intervals: chunks, and the auxiliary roll-out of Algorithm 1.

In between, actions are read off a model that is run without noise; what is executed are their codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import FloatArray, RealizabilityError
from simulators.learners.finite_class import FiniteClass, Fit
from simulators.policies.base import Policy
from simulators.quantizers.base import Quantizer, quantize_columns
from simulators.rollouts import BLOCK, PairedStep, blocks, side_by_side
from simulators.systems.linear import LinearSystem

_ROUNDING = 1e-9  # of a noiseless transition of size 1
_FIRST = 8  # trajectories that refute most members


@dataclass(frozen=True, eq=False)
class ClosedLoop:
    """A deterministic transition model x' = A x + B π(x) of the chain that a deterministic policy makes.

    Attributes:
        system: gives A and B.
        policy: π, deterministic.

    >>> from simulators.policies.linear import Linear
    >>> ClosedLoop(LinearSystem([[0.5]], [[1.0]]), Linear([[-0.25]])).step(np.array([[1.0]]))
    array([[0.25]])
    """

    system: LinearSystem
    policy: Policy

    def step(self, x: FloatArray) -> FloatArray:
        return self.system.step(x, self.policy.act(x), np.zeros_like(x))


def explaining(models: tuple[ClosedLoop, ...], data: Demonstrations) -> int:
    """Return the first model that explains every transition: deterministic models have likelihood 0 or 1.

    Raises:
        RealizabilityError: none does.
    """
    before, after = data.states[:-1], data.states[1:]
    for index, model in enumerate(models):
        for part in (slice(_FIRST), slice(None)):
            gaps = [np.abs(model.step(x) - y).max() for x, y in zip(before[..., part], after[..., part], strict=True)]
            if max(gaps, default=0.0) > _ROUNDING:
                break
        else:
            return index
    raise RealizabilityError("models must contain one that explains every transition, got none that does")


def planned(
    policy: Policy, step: Callable[[FloatArray], FloatArray], quantizer: Quantizer, x: FloatArray
) -> Iterator[FloatArray]:
    """Yield executed actions, shape (du, M), of a policy that saw the states x and runs a model from there.

    Args:
        policy: deterministic, before q.
        step: the model.
        quantizer: of single steps or of chunks.
        x: states, shape (dx, M).

    >>> from itertools import islice
    >>> from simulators.policies.linear import Linear
    >>> from simulators.quantizers.scalar import uniform
    >>> codes = planned(Linear([[1.0]]), lambda x: x / 2, uniform(4), np.array([[1.0]]))
    >>> [u.item() for u in islice(codes, 3)]
    [0.75, 0.25, 0.25]
    """
    while True:
        raw = []
        for _ in range(quantizer.steps):
            raw.append(policy.act(x))
            x = step(x)
        if quantizer.unit == "step":
            yield quantize_columns(quantizer, raw[0])
        else:
            yield from np.moveaxis(quantizer.quantize(np.moveaxis(np.array(raw), -1, 0)), 0, -1)


def planned_pairs(
    system: LinearSystem,
    expert: Policy,
    learner: Policy,
    model: ClosedLoop,
    quantizer: Quantizer,
    *,
    every: int,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
    block: int = BLOCK,
) -> Iterator[PairedStep]:
    """Roll out an expert and a learner that observes the state at steps 0, every, 2 every, … and plans in between.

    Args:
        system: the dynamics; both share x_1 and the noise.
        expert: the policy π*, deterministic.
        learner: the policy π̂ before q, deterministic.
        model: what the learner runs between two looks.
        quantizer: the map q, of single steps, or of chunks whose length divides `every`.
        every: steps between two looks; the horizon or more for Algorithm 1.
        horizon: H ≥ 1.
        episodes: number of independent pairs.
        rng: the only source of randomness.
        block: pairs stepped side by side, at most.

    Returns:
        As `simulators.rollouts.paired`.

    Source: arXiv:2603.20538, Algorithm 1.
    """
    codes: Iterator[FloatArray] = iter(())

    def act(h: int, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        nonlocal codes
        if h % every == 0:
            codes = planned(learner, model.step, quantizer, y)
        return expert.act(x), next(codes)

    return side_by_side(system, act, horizon=horizon, parts=blocks(episodes, block), rng=rng)


def chunk_mle(
    candidates: FiniteClass,
    truth: int,
    system: LinearSystem,
    quantizer: Quantizer,
    *,
    steps: int,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
) -> Fit:
    """Draw an expert's chunks on a system without noise, and return the member whose chunks have the same codes.

    Args:
        candidates: deterministic policies; a member's chunk is what it does from the chunk's first state on.
        truth: index of the expert.
        system: the dynamics, without noise.
        quantizer: the map q.
        steps: length of a chunk; the last one is cut off at the horizon.
        horizon: H ≥ 1.
        episodes: n ≥ 1 demonstrations.
        rng: the only source of randomness.
    """
    x = system.sample_initial(episodes, rng)
    scores = np.zeros(len(candidates))
    expert = ClosedLoop(system, candidates.policies[truth])

    def codes(member: Policy, start: FloatArray, count: int) -> FloatArray:
        return np.array(list(islice(planned(member, ClosedLoop(system, member).step, quantizer, start), count)))

    for start in range(0, horizon, steps):
        count = min(steps, horizon - start)
        wanted = codes(expert.policy, x, count)
        for index in np.flatnonzero(scores == 0):
            for part in (slice(_FIRST), slice(None)):
                if (codes(candidates.policies[index], x[:, part], count) != wanted[..., part]).any():
                    scores[index] = -np.inf
                    break
        for _ in range(count):
            x = expert.step(x)
    left = tuple(int(i) for i in np.flatnonzero(scores == 0))
    return Fit(left[0], 0.0, left, realizable=True, log_likelihoods=tuple(scores.tolist()))
