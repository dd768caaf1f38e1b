"""Pairs of runs on joints that move on their own, as plain numbers and arrays: what `simulators.compiled` steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulators.errors import FloatArray
from simulators.policies.base import Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import LinearFeedback
from simulators.quantizers.base import Quantizer
from simulators.quantizers.scalar import ScalarQuantizer
from simulators.rewards import ReachReward
from simulators.rollouts import Reward
from simulators.systems.linear import LinearSystem, System
from simulators.systems.noise import GaussianNoise, NoNoise, UniformNoise

__all__ = ["Joints", "joints"]

NONE, UNIFORM, NORMAL = range(3)


class Plant(NamedTuple):
    """x' = a x + b u + w, joint by joint."""

    a: FloatArray
    b: FloatArray
    noise: int  # NONE, UNIFORM or NORMAL
    width: FloatArray


class Feedback(NamedTuple):
    """u = clip(clip(gain x + offset) + std z), joint by joint."""

    gain: float
    offset: FloatArray
    inner: tuple[float, float]
    std: FloatArray
    outer: tuple[float, float]


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


def joints(
    system: System, reward: Reward, expert: Policy, learner: Policy, quantizer: Quantizer, *, norm: str
) -> Joints | None:
    """Return the model of a pair if it is one of joints that move on their own, else None.

    Args:
        system: linear, with diagonal matrices.
        reward: a `ReachReward` of the largest joint.
        expert: `LinearFeedback`, or a Gaussian around it.
        learner: the same.
        quantizer: a scalar one.
        norm: of deviations; "linf".

    >>> from simulators.quantizers.scalar import uniform
    >>> feedback = LinearFeedback(0.0, 0.0, 0.5)
    >>> system, reward = LinearSystem([[0.5]], [[0.5]]), ReachReward(0.0, 1.0, 1.0)
    >>> joints(system, reward, feedback, feedback, uniform(4), norm="linf").plant.a
    array([0.5])
    >>> joints(system, reward, feedback, feedback, uniform(4), norm="l2") is None
    True
    """
    if not (
        isinstance(system, LinearSystem)
        and isinstance(reward, ReachReward)
        and isinstance(quantizer, ScalarQuantizer)
        and norm == reward.norm == "linf"
    ):
        return None
    plant, codes = _plant(system), _codes(quantizer)
    one, other = _feedback(expert, system.dx), _feedback(learner, system.dx)
    if plant is None or one is None or other is None or codes is None:
        return None
    earned = Reach(_each(reward.target, system.dx), reward.state_weight, reward.action_weight)
    return Joints(system, plant, one, other, codes, earned)


def _plant(system: LinearSystem) -> Plant | None:
    if system.dx != system.du or any(np.any(matrix != np.diag(np.diag(matrix))) for matrix in (system.A, system.B)):
        return None
    a, b = np.diag(system.A).copy(), np.diag(system.B).copy()
    match system.noise:
        case NoNoise():
            return Plant(a, b, NONE, np.zeros(system.dx))
        case UniformNoise(half_width=width):
            return Plant(a, b, UNIFORM, _each(width, system.dx))
        case GaussianNoise(std=width):
            return Plant(a, b, NORMAL, _each(width, system.dx))
    return None


def _each(value: object, dimension: int) -> FloatArray:
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), dimension))


def _feedback(policy: Policy, dimension: int) -> Feedback | None:
    std: object = 0.0
    outer = policy.action_range
    if isinstance(policy, ClippedGaussian):
        std, policy = policy.std, policy.mean
    if not isinstance(policy, LinearFeedback):
        return None
    offset = np.asarray(policy.target_action) + policy.gain * np.asarray(policy.target_state)
    return Feedback(-policy.gain, _each(offset, dimension), policy.action_range, _each(std, dimension), outer)


def _codes(quantizer: ScalarQuantizer) -> Codes | None:
    if quantizer.outside != "clip":
        return None
    # A value equal to a threshold is above it where cells are closed on the left: as if that were one ulp lower.
    cuts = np.array(quantizer.thresholds)
    if quantizer.closed == "left":
        cuts = np.nextafter(cuts, -np.inf)
    if len(cuts) < 2:
        return Codes(cuts, np.array(quantizer.table), 0.0, 0.0)
    density = (len(cuts) - 1) / float(cuts[-1] - cuts[0])
    return Codes(cuts, np.array(quantizer.table), float(cuts[0]), density)
