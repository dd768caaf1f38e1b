"""How much the total reward of feedback on a linear system varies: its range over all runs, its standard deviation."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from simulators.errors import FloatArray
from simulators.experiments.feedback import Affine, interval_loop, moved, played
from simulators.norms import norm_along
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem


def return_range(system: LinearSystem, reward: ReachReward, members: Affine, eps: float, horizon: int) -> float:
    """Return the width of an interval that contains the total reward of every run of every member, at most the horizon.

    A run may play another member in every state, and errs by at most eps in every coordinate of every action.

    Args:
        system: A, B, noise and first state.
        reward: with Lipschitz constants in its norm.
        members: the policies.
        eps: largest error of an executed action.
        horizon: H.

    Source: interval arithmetic, ours.

    >>> from simulators.experiments.feedback import affine
    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.systems.noise import UniformBox
    >>> system = LinearSystem([[0.5]], [[0.5]], initial=UniformBox(0.0, 0.0))
    >>> still = affine([LinearFeedback(0.0, 0.0, 0.2, -1.0, 1.0)], system)
    >>> return_range(system, ReachReward(0.0, 1.0, 0.0), still, 0.0, 9)
    0.0
    >>> round(return_range(system, ReachReward(0.0, 1.0, 0.0), still, 0.1, 2), 9)
    0.05
    """
    (L_x, L_u), width = reward.lipschitz, 0.0
    boxes = list(_boxes(system, members, eps, horizon))
    if len(boxes) < horizon:
        return float(horizon)
    for x, at, u, near in boxes:
        middle = float(reward(x[:, None], u[:, None])[0])
        away = float(L_x * norm_along(at, reward.norm) + L_u * norm_along(near, reward.norm))
        width += min(middle + away, 1.0) - max(middle - away, 0.0)
    return min(width, float(horizon))


def return_std(system: LinearSystem, reward: ReachReward, expert: Affine, horizon: int) -> float:
    """Return a bound on the standard deviation of one policy's total reward.

    A total is a function of independent numbers: coordinates of the first state, of the noise and of the policy's
    normals. If it changes by at most c_i times a change of number i, its variance is at most Σ c_i² Var_i.

    Args:
        system: A, B, noise and first state.
        reward: with Lipschitz constants in its norm.
        expert: one policy.
        horizon: H.

    Source: Efron and Stein, "The jackknife estimate of variance" (Ann. Statist. 9, 1981); constants ours.

    >>> from simulators.experiments.feedback import affine
    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.systems.noise import UniformBox
    >>> system = LinearSystem([[0.5]], [[0.5]], initial=UniformBox(0.0, 0.6))
    >>> still = affine([LinearFeedback(0.0, 0.0, 0.0, -1.0, 1.0)], system)
    >>> round(return_std(system, ReachReward(0.0, 1.0, 0.0), still, 2) / (1.5 * 0.6 / 12**0.5), 9)
    1.0
    """
    K, B, (L_x, L_u) = np.abs(expert.K[0]), np.abs(system.B), reward.lipschitz
    loop = interval_loop(system.A, system.B, expert.K[0])
    first, noise = (law.moments(system.dx)[1] for law in (system.initial, system.noise))
    own = expert.std**2 * L_u**2  # of an action at the last step, which moves no state
    shift, after = np.zeros(system.dx), np.zeros(system.du)  # what a unit in each coordinate changes from here on
    moved, pushed, total = np.eye(system.dx), B, float(own.sum())
    with np.errstate(over="ignore", invalid="ignore"):
        for h in range(horizon):
            shift = shift + _changed(moved, K, L_x, L_u, reward.norm)
            if h + 1 < horizon:
                after = after + _changed(pushed, K, L_x, L_u, reward.norm)
                total += float(noise @ shift**2 + expert.std**2 @ (L_u + after) ** 2)
                moved, pushed = loop @ moved, loop @ pushed
    found = math.sqrt(total + float(first @ shift**2)) if np.isfinite(total) else math.inf
    return min(found, horizon / 2) if found == found else horizon / 2


def _changed(moved: FloatArray, K: FloatArray, L_x: float, L_u: float, norm: str) -> FloatArray:
    """Change of one step's reward by column: a displacement of the state, and what the policy does about it."""
    return L_x * norm_along(moved, norm, axis=0) + L_u * norm_along(K @ moved, norm, axis=0)


def _boxes(
    system: LinearSystem, members: Affine, eps: float, horizon: int
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray, FloatArray]]:
    """Yield centre and radius of what holds all states and all actions, as long as they are bounded."""
    noise = np.abs(system.noise.box(system.dx)[1]) + np.abs(system.B).sum(axis=1) * eps
    low, high = system.initial.box(system.dx)
    for _ in range(horizon):
        if not np.isfinite([low, high]).all():
            return
        x, at = _middle(low, high)
        states = np.tile(x, (len(members), 1)), np.tile(at, (len(members), 1))
        mean, wide, free = played(members, states)
        wide = np.where(members.std > 0, np.inf, wide)
        least, most = (np.clip(end, members.low, members.high) for end in (mean - wide, mean + wide))
        if not np.isfinite([least, most]).all():
            return
        yield x, at, *_middle(least.min(axis=0) - eps, most.max(axis=0) + eps)
        centre, radius = moved(system, members, states, free, _middle(least, most))
        low, high = (centre - radius).min(axis=0) - noise, (centre + radius).max(axis=0) + noise


def _middle(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    return (low + high) / 2, (high - low) / 2
