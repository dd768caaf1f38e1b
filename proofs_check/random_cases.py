"""Random cases as arrays that can be changed a little: what hill climbing moves through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proofs_check.cases import Case, NoisyMap
from simulators.errors import FloatArray, IntArray
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem

_GAP = 0.01
"""Two positions are at least so far apart."""


@dataclass(frozen=True, eq=False)
class Genome:
    """Everything that makes a case, on the line.

    Attributes:
        states: positions[s].
        actions: positions[a].
        noise: law of the dynamics' noise.
        next_state: next_state[s, a, w].
        initial: law of the first state.
        reward: reward[h, s, a].
        labels: labels[a] = index of the code of action a; codes stand for themselves or not.
        expert: expert[s, a].
        raw: raw[s, i] = index of the action that the learner plays before its quantizer under its noise i.
        chances: law of the learner's noise.
        k: relaxation.
        jump: share of the learner's largest jump that is left to J.
        greedy: whether the likeliest code is deployed.
    """

    states: FloatArray
    actions: FloatArray
    noise: FloatArray
    next_state: IntArray
    initial: FloatArray
    reward: FloatArray
    labels: IntArray
    expert: FloatArray
    raw: IntArray
    chances: FloatArray
    k: int
    jump: float
    greedy: bool


def _positions(count: int, rng: np.random.Generator) -> FloatArray:
    steps = rng.uniform(_GAP, 1.0, count) * rng.choice([0.1, 1.0])
    return np.asarray(np.cumsum(np.maximum(steps, _GAP)) - steps[0])


def _labels(actions: FloatArray, rng: np.random.Generator) -> IntArray:
    """The nearest of some codes, or any map."""
    count = len(actions)
    codes = np.sort(rng.choice(count, size=int(rng.integers(1, count + 1)), replace=False))
    if rng.random() < 0.3:
        return np.asarray(rng.choice(codes, count))
    return np.asarray(codes[np.argmin(np.abs(actions[:, None] - actions[codes]), axis=1)])


def _experts(raw: IntArray, chances: FloatArray, labels: IntArray, rng: np.random.Generator) -> FloatArray:
    """An expert whose labels are the learner's own, with any raw actions of the same cells."""
    expert = np.zeros((len(raw), len(labels)))
    for s, row in enumerate(raw):
        for action, chance in zip(row, chances, strict=True):
            expert[s, rng.choice(np.flatnonzero(labels == labels[action]))] += chance
    return expert


def random_genome(rng: np.random.Generator) -> Genome:
    """Up to 4 states and actions, 2 noises, 5 steps; half of the learners know all labels.

    Args:
        rng: where its randomness comes from.

    Example:
        >>> genome = random_genome(np.random.default_rng(0))
        >>> genome.next_state.shape == (len(genome.states), len(genome.actions), len(genome.noise))
        True
    """
    S, A, W, H, noises = (int(rng.integers(low, high + 1)) for low, high in ((2, 4), (2, 4), (1, 2), (1, 5), (1, 2)))
    states, actions = _positions(S, rng), _positions(A, rng)
    chances, labels = rng.dirichlet(np.ones(noises)), _labels(actions, rng)
    raw = rng.integers(0, A, (S, noises)) if rng.random() < 0.5 else np.tile(rng.integers(0, A, noises), (S, 1))
    if rng.random() < 0.5:
        expert = _experts(raw, chances, labels, rng)
    else:
        expert = np.eye(A)[rng.integers(0, A, S)] if rng.random() < 0.5 else rng.dirichlet(np.full(A, 0.5), S)
    return Genome(
        states=states,
        actions=actions,
        noise=rng.dirichlet(np.ones(W)),
        next_state=_moves(states, actions, W, rng),
        initial=rng.dirichlet(np.full(S, 0.3)),
        reward=_rewards(states, actions, H, rng),
        labels=labels,
        expert=expert,
        raw=raw,
        chances=chances,
        k=int(rng.integers(0, 3)),
        jump=float(rng.choice([0.0, 0.5, 1.0])),
        greedy=bool(rng.random() < 0.2),
    )


def _moves(states: FloatArray, actions: FloatArray, noises: int, rng: np.random.Generator) -> IntArray:
    """Any table, or the state nearest to a linear map."""
    shape = (len(states), len(actions), noises)
    if rng.random() < 0.5:
        return rng.integers(0, len(states), shape)
    a, b, w = rng.uniform(-1, 1), rng.uniform(-2, 2), rng.uniform(-0.5, 0.5, noises)
    target = a * states[:, None, None] + b * actions[:, None] + w
    return np.asarray(np.argmin(np.abs(target[..., None] - states), axis=-1))


def _rewards(states: FloatArray, actions: FloatArray, horizon: int, rng: np.random.Generator) -> FloatArray:
    """Any rewards, or rewards that fall linearly."""
    shape = (horizon, len(states), len(actions))
    if rng.random() < 0.5:
        return rng.uniform(0, 1, shape)
    lost = rng.uniform(0, 1) * states[:, None] + rng.uniform(-1, 1) * actions
    lost = (lost - lost.min()) / max(1.0, float(np.ptp(lost)))
    return np.broadcast_to(1 - lost, shape)


def build(genome: Genome) -> Case:
    """The case described."""
    system = FiniteSystem(
        states=genome.states,
        actions=genome.actions,
        noise=genome.noise,
        next_state=genome.next_state,
        initial=genome.initial,
        reward=genome.reward,
    )
    maps = NoisyMap(genome.actions[genome.raw], genome.labels[genome.raw], genome.chances)
    return Case(
        system,
        TabularPolicy(genome.expert),
        LabelMap(genome.labels, np.unique(genome.labels)),
        maps.policy(len(genome.actions)),
        k=genome.k,
        jump=genome.jump,
        maps=None if genome.greedy else maps,
        greedy=genome.greedy,
    )


def _law(law: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A law moved towards a point mass, or towards another law."""
    other = np.eye(len(law))[rng.integers(len(law))] if rng.random() < 0.5 else rng.dirichlet(np.ones(len(law)))
    share = rng.choice([0.05, 0.3, 1.0])
    mixed = (1 - share) * law + share * other
    return np.asarray(mixed / mixed.sum())


def changed(array: Any, index: Any, value: Any) -> Any:
    """A copy with another value there."""
    result = np.array(array)
    result[index] = value
    return result


def entry(array: Any, rng: np.random.Generator) -> tuple[int, ...]:
    """The index of some entry."""
    return tuple(int(rng.integers(size)) for size in array.shape)


def _reward(genome: Genome, rng: np.random.Generator) -> Genome:
    h, s, a = entry(genome.reward, rng)
    index = (slice(None) if rng.random() < 0.3 else h, s, a)  # at all steps, or at one
    value = rng.choice([0.0, 1.0, rng.random()])
    if rng.random() < 0.5:
        value = np.clip(genome.reward[index] + rng.normal(0, 0.1), 0, 1)
    return replace(genome, reward=changed(genome.reward, index, value))


def _flat(genome: Genome, rng: np.random.Generator) -> Genome:
    """Rewards nearer to their mean: smaller Lipschitz constants."""
    share = rng.choice([0.1, 0.5, 1.0])
    if rng.random() < 0.5:
        mean = genome.reward.mean(axis=rng.choice([1, 2]), keepdims=True)
    else:
        mean = genome.reward.mean(axis=0, keepdims=True)
    return replace(genome, reward=np.clip((1 - share) * genome.reward + share * mean, 0, 1))


def _move(genome: Genome, rng: np.random.Generator) -> Genome:
    index = entry(genome.next_state, rng)
    return replace(genome, next_state=changed(genome.next_state, index, rng.integers(len(genome.states))))


def _shift(positions: FloatArray, rng: np.random.Generator) -> FloatArray:
    gaps = np.diff(positions) * np.exp(rng.normal(0, 0.5, len(positions) - 1) * (rng.random(len(positions) - 1) < 0.7))
    return np.concatenate([[0.0], np.cumsum(np.maximum(gaps, _GAP / 10))])


def _row(table: FloatArray, rng: np.random.Generator) -> FloatArray:
    s = int(rng.integers(len(table)))
    return np.asarray(changed(table, s, _law(table[s], rng)))


def _played(genome: Genome, rng: np.random.Generator) -> Genome:
    raw = changed(genome.raw, entry(genome.raw, rng), rng.integers(len(genome.actions)))
    if rng.random() < 0.5:
        return replace(genome, raw=raw)
    return replace(genome, raw=raw, expert=_experts(raw, genome.chances, genome.labels, rng))


def _relabelled(genome: Genome, rng: np.random.Generator) -> Genome:
    labels = _labels(genome.actions, rng)
    return replace(genome, labels=labels, expert=_experts(genome.raw, genome.chances, labels, rng))


def _scaled(genome: Genome, rng: np.random.Generator) -> Genome:
    factor = float(np.exp(rng.normal(0, 1)))
    if rng.random() < 0.5:
        return replace(genome, states=genome.states * factor)
    return replace(genome, actions=genome.actions * factor)


_CHANGES: tuple[Callable[[Genome, np.random.Generator], Genome], ...] = (
    _reward,
    _reward,
    _flat,
    _move,
    _played,
    _relabelled,
    _scaled,
    lambda g, rng: replace(g, states=_shift(g.states, rng)),
    lambda g, rng: replace(g, actions=_shift(g.actions, rng)),
    lambda g, rng: replace(g, expert=_row(g.expert, rng)),
    lambda g, rng: replace(g, expert=_experts(g.raw, g.chances, g.labels, rng)),
    lambda g, rng: replace(g, initial=_law(g.initial, rng)),
    lambda g, rng: replace(g, noise=_law(g.noise, rng)),
    lambda g, rng: replace(g, chances=_law(g.chances, rng)),
    lambda g, rng: replace(g, k=int(rng.integers(0, 3)), jump=float(rng.choice([0.0, 0.5, 1.0]))),
)


def mutate(genome: Genome, rng: np.random.Generator) -> Genome:
    """A description with one to three random changes.

    Args:
        genome: is left as it is.
        rng: where the changes come from.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> genome = random_genome(rng)
        >>> mutate(genome, rng).reward.shape == genome.reward.shape
        True
    """
    for _ in range(int(rng.integers(1, 4))):
        genome = _CHANGES[int(rng.integers(len(_CHANGES)))](genome, rng)
    return genome
