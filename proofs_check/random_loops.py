"""Random linear loops, enumerated: cases whose learner has a closed loop of its own with known gains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from proofs_check.cases import Case, NoisyMap
from proofs_check.random_cases import changed, entry
from simulators.errors import FloatArray, IntArray
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem, enumerate_linear

_GRID = 16
_TABLE = 64


@dataclass(frozen=True, eq=False)
class LoopGenome:
    """x' = a x + b u + w and the learner q(slope·x + offset_i), all numbers multiples of 1/16.

    Attributes:
        loop: (a, b, slope), times 16.
        offsets: of the learner's map, one for each noise of its own, times 16.
        noise: values of w, times 16.
        actions: raw actions, times 16, increasing; codes are among them.
        codes: indices of the codes.
        picks: which of its actions the expert takes, by the state's rank.
        matching: whether the expert's label is the learner's, for one of its noises.
        slopes: of the reward in state and action by step, times 16.
    """

    loop: IntArray
    offsets: IntArray
    noise: IntArray
    actions: IntArray
    codes: IntArray
    picks: IntArray
    matching: bool
    slopes: IntArray


def random_loop(rng: np.random.Generator) -> LoopGenome:
    """Up to 4 steps and 3 actions; plants may be unstable.

    Args:
        rng: where its randomness comes from.

    Example:
        >>> len(random_loop(np.random.default_rng(0)).loop)
        3
    """
    horizon, noises = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    actions = np.sort(rng.choice(np.arange(-16, 17), size=3, replace=False))
    return LoopGenome(
        loop=rng.integers(-24, 25, 3),
        offsets=rng.integers(-8, 9, int(rng.integers(1, 3))),
        noise=rng.integers(-4, 5, noises if horizon < 4 else 1),
        actions=actions,
        codes=np.sort(rng.choice(3, size=int(rng.integers(1, 4)), replace=False)),
        picks=rng.integers(0, 6, _TABLE),
        matching=bool(rng.random() < 0.7),
        slopes=rng.integers(-8, 9, (horizon, 2)),
    )


def _system(genome: LoopGenome) -> FiniteSystem:
    a, b, _ = (Fraction(int(value), _GRID) for value in genome.loop)
    noise = {Fraction(int(w), _GRID): Fraction(0) for w in genome.noise}
    slopes = [[Fraction(int(value), _GRID) for value in row] for row in genome.slopes]

    def reward(h: int, x: Fraction, u: Fraction) -> Fraction:
        return min(Fraction(1), max(Fraction(0), Fraction(1, 2) + slopes[h][0] * x + slopes[h][1] * u))

    return enumerate_linear(
        a=a,
        b=b,
        initial={Fraction(0): Fraction(1)},
        actions=[Fraction(int(u), _GRID) for u in genome.actions],
        noise={w: Fraction(1, len(noise)) for w in noise},
        horizon=len(genome.slopes),
        reward=reward,
    ).to_float()


def build_loop(genome: LoopGenome) -> Case:
    """The case described, in floats."""
    system, codes = _system(genome), genome.codes
    a, b, slope = genome.loop / _GRID
    positions = system.actions[:, 0]
    raw = slope * system.states + genome.offsets / _GRID
    labels = codes[np.argmin(np.abs(raw[..., None] - positions[codes]), axis=-1)]
    quantizer = LabelMap(codes[np.argmin(np.abs(positions[:, None] - positions[codes]), axis=1)], codes)
    maps = NoisyMap(raw, labels, np.full(len(genome.offsets), 1 / len(genome.offsets)))
    gains = abs(b) * abs(a + b * slope) ** np.arange(system.horizon - 1)
    expert = TabularPolicy(_expert(genome, labels, quantizer))
    return Case(system, expert, quantizer, maps.policy(len(positions)), maps=maps, loop_gains=gains)


def _expert(genome: LoopGenome, labels: IntArray, quantizer: LabelMap) -> FloatArray:
    """At every state and noise of the learner an action, of the learner's cell if they match."""
    expert = np.zeros((len(labels), quantizer.n_actions))
    for s, row in enumerate(labels):
        for i, code in enumerate(row):
            options = np.flatnonzero(quantizer.labels == code) if genome.matching else np.arange(quantizer.n_actions)
            expert[s, options[genome.picks[(s + 31 * i) % _TABLE] % len(options)]] += 1 / len(row)
    return expert


def mutate_loop(genome: LoopGenome, rng: np.random.Generator) -> LoopGenome:
    """A description with one random change.

    Args:
        genome: is left as it is.
        rng: where the change comes from.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> mutate_loop(random_loop(rng), rng).slopes.shape[1]
        2
    """
    name = str(rng.choice(["loop", "offsets", "noise", "slopes", "slopes", "actions", "picks", "matching"]))
    if name == "matching":
        return replace(genome, matching=not genome.matching)
    values = getattr(genome, name)
    index = entry(values, rng)
    values = changed(values, index, rng.integers(0, 6) if name == "picks" else values[index] + rng.integers(-4, 5))
    if name == "actions":
        values = np.sort(values)
        return genome if len(np.unique(values)) < len(values) else replace(genome, actions=values)
    limit = {"loop": 24, "noise": 8, "slopes": 16, "offsets": 16}.get(name, 6)
    return replace(genome, **{name: np.clip(values, 0 if name == "picks" else -limit, limit)})
