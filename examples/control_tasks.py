"""Control tasks with experts that need no download: Pendulum, MountainCarContinuous, InvertedPendulum, Reacher.

Experts are noisy, so that the demonstrations tell what actions do from what states do. The extra `gym` brings gymnasium
and MuJoCo.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from simulators.errors import FloatArray, positive_int
from simulators.quantizers.base import Quantizer

Act = Callable[[FloatArray], FloatArray]
"""Observations (M, O) to raw actions (M, A)."""

EXPERT_NOISE = 0.05
"""Standard deviation of the experts' noise, in half-ranges of the action space."""


@dataclass(frozen=True)
class Task:
    """An environment and an expert for it.

    Attributes:
        name: for tables.
        env: gymnasium's name.
        horizon: H, steps an episode; it ends earlier where the environment says so.
        reward_range: range of a step's reward, so that a loss can be put beside a bound for rewards in [0, 1].
        expert: makes the expert's mean action from an environment.
    """

    name: str
    env: str
    horizon: int
    reward_range: float
    expert: Callable[[gymnasium.Env[Any, Any]], Act]

    def made_expert(self) -> Act:
        """The expert's mean action."""
        env = gymnasium.make(self.env)
        act = self.expert(env)
        env.close()
        return act


@dataclass(frozen=True, eq=False)
class Rollouts:
    """Episodes of one policy.

    Attributes:
        observations: one array (T, O) an episode, before each action.
        actions: one array (T, A) an episode, as executed.
        returns: total reward of each episode.
    """

    observations: tuple[FloatArray, ...] = field(repr=False)
    actions: tuple[FloatArray, ...] = field(repr=False)
    returns: FloatArray = field(repr=False)

    def save(self, path: Path) -> None:
        """Write them as demonstrations."""
        actions, observations = np.concatenate(self.actions), np.concatenate(self.observations)
        np.savez(
            path, actions=actions, observations=observations, episode_ends=np.cumsum([len(u) for u in self.actions])
        )


def roll(
    task: Task,
    act: Act,
    seeds: Sequence[int],
    *,
    noise: float,
    rng: np.random.Generator,
    quantizer: Quantizer | None = None,
) -> Rollouts:
    """Run one episode for each seed, all at the same time, so that a policy is asked once a step.

    Args:
        task: the environment.
        act: the policy; its actions are clipped to the action space.
        seeds: first states and the environment's own randomness.
        noise: standard deviation added to actions, half-ranges of the action space.
        rng: of that noise.
        quantizer: executes codes instead of the noisy actions; None for the actions themselves.

    Raises:
        DomainError: no seeds.
    """
    positive_int("number of seeds", len(seeds))
    envs = [gymnasium.make(task.env) for _ in seeds]
    states = [np.asarray(env.reset(seed=int(seed))[0], dtype=np.float64) for env, seed in zip(envs, seeds, strict=True)]
    space = envs[0].action_space
    low, high = np.asarray(getattr(space, "low", None)), np.asarray(getattr(space, "high", None))
    observed: list[list[FloatArray]] = [[] for _ in envs]
    played: list[list[FloatArray]] = [[] for _ in envs]
    returns = np.zeros(len(envs))
    running = list(range(len(envs)))
    for _ in range(task.horizon):
        u = act(np.stack([states[i] for i in running]))
        u = np.clip(u + noise * (high - low) / 2 * rng.standard_normal(u.shape), low, high)
        if quantizer is not None:
            u = np.clip(quantizer.quantize(u), low, high)
        u = u.astype(np.float32)
        ended = set()
        for i, action in zip(running, u, strict=True):
            observed[i].append(states[i])
            played[i].append(action.astype(np.float64))
            after, reward, terminated, truncated, _ = envs[i].step(action)
            states[i] = np.asarray(after, dtype=np.float64)
            returns[i] += float(reward)
            if terminated or truncated:
                ended.add(i)
        running = [i for i in running if i not in ended]
        if not running:
            break
    for env in envs:
        env.close()
    return Rollouts(tuple(map(np.array, observed)), tuple(map(np.array, played)), returns)


def _pendulum(_env: gymnasium.Env[Any, Any]) -> Act:
    """Swing up by the energy, then hold with linear feedback."""

    def act(x: FloatArray) -> FloatArray:
        angle, speed = np.arctan2(x[:, 1], x[:, 0]), x[:, 2]
        missing = 5 - (speed**2 / 6 + 5 * x[:, 0])
        swing = 2 * speed * missing + 0.5 * (np.abs(speed) < 0.05)
        near = (x[:, 0] > 0.9) & (np.abs(speed) < 4)
        return np.clip(np.where(near, -(12 * angle + 3 * speed), swing), -2, 2)[:, None]

    return act


def _mountain_car(_env: gymnasium.Env[Any, Any]) -> Act:
    """Push in the direction of motion, which adds energy."""
    return lambda x: np.clip(40 * x[:, 1:] + 0.2 * np.sign(x[:, 1:] + 1e-9), -1, 1)


def _inverted_pendulum(env: gymnasium.Env[Any, Any]) -> Act:
    """Linear-quadratic regulator of the dynamics linearized at the top."""
    from scipy.linalg import solve_discrete_are

    inner: Any = env.unwrapped

    def following(x: FloatArray, u: float) -> FloatArray:
        env.reset(seed=0)
        inner.set_state(x[:2], x[2:])
        return np.asarray(env.step(np.array([u], dtype=np.float32))[0], dtype=np.float64)

    small, basis = 1e-3, np.eye(4)
    A = np.stack([(following(small * e, 0.0) - following(-small * e, 0.0)) / (2 * small) for e in basis], axis=1)
    B = ((following(0 * basis[0], 0.01) - following(0 * basis[0], -0.01)) / 0.02)[:, None]
    cost = solve_discrete_are(A, B, np.diag([1.0, 10.0, 0.1, 0.1]), np.array([[0.1]]))
    gain = np.linalg.solve(B.T @ cost @ B + 0.1, B.T @ cost @ A)
    return lambda x: np.clip(-x @ gain.T, -3, 3)


def _reacher(_env: gymnasium.Env[Any, Any]) -> Act:
    """Inverse kinematics of two links, then proportional and derivative control of the joints."""
    first, second = 0.1, 0.11

    def act(x: FloatArray) -> FloatArray:
        joints, target = np.arctan2(x[:, 2:4], x[:, 0:2]), x[:, 4:6]
        reach = (np.square(target).sum(axis=1) - first**2 - second**2) / (2 * first * second)
        errors = []
        for side in (1.0, -1.0):
            elbow = side * np.arccos(np.clip(reach, -1, 1))
            bend = np.arctan2(second * np.sin(elbow), first + second * np.cos(elbow))
            shoulder = np.arctan2(target[:, 1], target[:, 0]) - bend
            turn = (shoulder - joints[:, 0] + math.pi) % (2 * math.pi) - math.pi
            errors.append(np.stack([turn, elbow - joints[:, 1]], axis=1))
        shorter = np.abs(errors[0]).sum(axis=1) <= np.abs(errors[1]).sum(axis=1)
        return np.clip(0.3 * np.where(shorter[:, None], errors[0], errors[1]) - 0.05 * x[:, 6:8], -1, 1)

    return act


TASKS = {
    task.name: task
    for task in (
        Task("pendulum", "Pendulum-v1", 200, 16.2736, _pendulum),
        Task("mountain_car", "MountainCarContinuous-v0", 200, 0.6, _mountain_car),
        Task("inverted_pendulum", "InvertedPendulum-v5", 200, 1.0, _inverted_pendulum),
        Task("reacher", "Reacher-v5", 50, 2.42, _reacher),
    )
}
"""Tasks by name. Mountain car's one-off reward of 100 is spread over the horizon for its range."""
