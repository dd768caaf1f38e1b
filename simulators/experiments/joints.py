"""Pairs of runs on joints that move on their own, as plain numbers and arrays: what the compiled loop steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulators.errors import FloatArray
from simulators.experiments.feedback import Affine
from simulators.quantizers.base import Quantizer
from simulators.quantizers.scalar import ScalarQuantizer
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise, NoNoise, UniformNoise, as_vector

NONE, UNIFORM, NORMAL = range(3)


class Plant(NamedTuple):
    """x' = a x + b u + w, joint by joint."""

    a: FloatArray
    b: FloatArray
    noise: int  # NONE, UNIFORM or NORMAL
    width: FloatArray


class Feedback(NamedTuple):
    """u = clip(gain x + offset + std z, low, high), joint by joint."""

    gain: FloatArray
    offset: FloatArray
    std: FloatArray
    low: float
    high: float


class Codes(NamedTuple):
    """The code of u is table[number of thresholds below u]; where evenly spaced, that number is near a line in u."""

    thresholds: FloatArray
    table: FloatArray
    first: float
    density: float


class Reach(NamedTuple):
    """r = max(0, 1 − state |x − target| − action |u − target|), in the largest joint."""

    target: FloatArray
    state: float
    action: float


@dataclass(frozen=True)
class Joints:
    """Expert and learner on joints of their own.

    Attributes:
        system: the dynamics, which draws first states.
        plant: its matrices and noise.
        expert: executes what it plays.
        learner: executes the codes.
        codes: of the quantizer.
        reward: of both.
    """

    system: LinearSystem
    plant: Plant
    expert: Feedback
    learner: Feedback
    codes: Codes
    reward: Reach


def joints(system: LinearSystem, reward: ReachReward, pair: Affine, quantizer: Quantizer) -> Joints | None:
    """Return the model of a pair if it is one of joints that move on their own, else None.

    Args:
        system: the dynamics; matrices must be diagonal.
        reward: it must be about the largest joint.
        pair: expert and learner; gains must be diagonal.
        quantizer: it must be a scalar one that clips.

    >>> from simulators.experiments.feedback import affine
    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> system = LinearSystem([[0.5]], [[0.5]])
    >>> pair = affine([LinearFeedback(0.0, 0.0, gain) for gain in (0.5, 0.4)], system)
    >>> joints(system, ReachReward(0.0, 1.0, 1.0), pair, uniform(4)).learner.gain
    array([-0.4])
    >>> joints(system, ReachReward(0.0, 1.0, 1.0, "l2"), pair, uniform(4)) is None
    True
    """
    matrices = (system.A, system.B, *pair.K)
    if reward.norm != "linf" or any(not np.array_equal(m, np.diag(np.diag(m))) for m in matrices):
        return None
    plant, codes = _plant(system), _codes(quantizer)
    if plant is None or codes is None:
        return None
    expert, learner = (
        Feedback(np.diag(K).copy(), offset.copy(), pair.std.copy(), pair.low, pair.high)
        for K, offset in zip(pair.K, pair.offset, strict=True)
    )
    earned = Reach(as_vector(reward.target, system.dx), reward.state_weight, reward.action_weight)
    return Joints(system, plant, expert, learner, codes, earned)


def _plant(system: LinearSystem) -> Plant | None:
    a, b = np.diag(system.A).copy(), np.diag(system.B).copy()
    match system.noise:
        case NoNoise():
            return Plant(a, b, NONE, np.zeros(system.dx))
        case UniformNoise(half_width=width):
            return Plant(a, b, UNIFORM, as_vector(width, system.dx))
        case GaussianNoise(std=width):
            return Plant(a, b, NORMAL, as_vector(width, system.dx))
    return None


def _codes(quantizer: Quantizer) -> Codes | None:
    if not isinstance(quantizer, ScalarQuantizer) or quantizer.outside != "clip":
        return None
    # A value equal to a threshold is above it where cells are closed on the left: as if that were one ulp lower.
    cuts = np.array(quantizer.thresholds)
    if quantizer.closed == "left":
        cuts = np.nextafter(cuts, -np.inf)
    if len(cuts) < 2:
        return Codes(cuts, np.array(quantizer.table), 0.0, 0.0)
    density = (len(cuts) - 1) / float(cuts[-1] - cuts[0])
    return Codes(cuts, np.array(quantizer.table), float(cuts[0]), density)
