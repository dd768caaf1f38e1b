"""Pairs of runs in one compiled loop: the same numbers as array by array, three times as fast.

A step of a pair is some thirty operations on arrays; compiled, each entry is read a few times. The loop draws from the
generator in the order of the arrays and rounds as they do. Without numba this module cannot be imported.

Arrays are dimension-major, (joints, M). Loops over trajectories are the inner ones: most become vector instructions.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

import numpy as np
from numba import njit

from simulators.errors import FloatArray
from simulators.experiments.joints import NORMAL, UNIFORM, Codes, Feedback, Joints, Plant, Reach
from simulators.rollouts import Compared, blocks, require_finite

__all__ = ["compiled_pairs"]

STEPS = 16
"""Steps a call: what it returns stays in the cache."""

F = TypeVar("F", bound=Callable[..., object])


def _fast(function: F) -> F:
    """Compile at the first call, and keep the result on disk if there is a place for it."""
    try:
        return cast(F, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither this folder nor a cache of the user's can be written to
        return cast(F, njit(nogil=True)(function))


def compiled_pairs(
    model: Joints, *, horizon: int, episodes: int, rng: np.random.Generator, block: int
) -> Iterator[Compared]:
    """Yield what `simulators.rollouts.compared` yields for `simulators.rollouts.paired`, which has the arguments.

    Raises:
        DomainError: states that leave the finite numbers.
    """
    parts = (model.plant, model.expert, model.learner, model.codes, model.reward)
    for part in blocks(episodes, block):
        M = part.stop - part.start
        x = model.system.sample_initial(M, rng)
        y = x.copy()
        for start in range(0, horizon, STEPS):
            count = min(STEPS, horizon - start)
            gaps, earned = np.zeros((count, M)), np.zeros((2, M))
            advance(rng, x, y, gaps, earned, start + count < horizon, *parts)
            yield Compared(part, start, gaps, earned)
        require_finite(x)
        require_finite(y)


@_fast
def larger(a: float, b: float) -> float:
    """Return the larger number."""
    return a if a > b else b


@_fast
def play(policy: Feedback, x: FloatArray, z: FloatArray, u: FloatArray) -> None:
    """Set u to the actions in the states x."""
    for j in range(len(x)):
        gain, offset, std = policy.gain[j], policy.offset[j], policy.std[j]
        for i in range(x.shape[1]):
            above = larger(x[j, i] * gain + offset + z[j, i] * std, policy.low)
            u[j, i] = above if above < policy.high else policy.high


@_fast
def cell(cuts: FloatArray, first: float, density: float, u: float) -> int:
    """Return how many thresholds are below u: by a guess, and then by comparing."""
    guess = (u - first) * density + 1.0
    i = 0
    if guess > 0:
        i = len(cuts) if guess >= len(cuts) else int(guess)
    while i < len(cuts) and cuts[i] < u:
        i += 1
    while i > 0 and cuts[i - 1] >= u:
        i -= 1
    return i


@_fast
def execute(codes: Codes, v: FloatArray) -> None:
    """Replace actions by their codes."""
    cuts, table, first, density = codes.thresholds, codes.table, codes.first, codes.density
    for j in range(len(v)):
        for i in range(v.shape[1]):
            v[j, i] = table[cell(cuts, first, density, v[j, i])]


@_fast
def earn(reward: Reach, x: FloatArray, u: FloatArray, earned: FloatArray) -> None:
    """Add the rewards of states and actions to `earned`."""
    far = np.zeros((2, len(earned)))
    for j in range(len(x)):
        target = reward.target[j]
        for i in range(len(earned)):
            far[0, i] = larger(far[0, i], abs(x[j, i] - target))
            far[1, i] = larger(far[1, i], abs(u[j, i] - target))
    for i in range(len(earned)):
        earned[i] += larger(far[0, i] * -reward.state + 1.0 - far[1, i] * reward.action, 0.0)


@_fast
def draw(rng: np.random.Generator, kind: int, width: FloatArray, w: FloatArray) -> None:
    """Set w to noise; draws come in the order of the array."""
    for j in range(len(w)):
        for i in range(w.shape[1]):
            if kind == UNIFORM:
                w[j, i] = rng.random() * (2 * width[j]) - width[j]
            elif kind == NORMAL:
                w[j, i] = rng.standard_normal() * width[j]


@_fast
def move(plant: Plant, u: FloatArray, w: FloatArray, x: FloatArray) -> None:
    """Replace states by the next ones."""
    for j in range(len(x)):
        a, b = plant.a[j], plant.b[j]
        for i in range(x.shape[1]):
            x[j, i] = a * x[j, i] + b * u[j, i] + w[j, i]


@_fast
def advance(
    rng: np.random.Generator,
    x: FloatArray,
    y: FloatArray,
    gaps: FloatArray,
    earned: FloatArray,
    moves: bool,
    plant: Plant,
    expert: Feedback,
    learner: Feedback,
    codes: Codes,
    reward: Reach,
) -> None:
    """Step pairs in place, as many steps as `gaps` has rows; `moves` says whether states follow the last of them."""
    u, v, z, w = np.empty_like(x), np.empty_like(x), np.zeros_like(x), np.zeros_like(x)
    ones = np.ones(len(x))
    for h in range(len(gaps)):
        if expert.std[0] > 0:
            draw(rng, NORMAL, ones, z)
        play(expert, x, z, u)
        play(learner, y, z, v)
        execute(codes, v)
        earn(reward, x, u, earned[0])
        earn(reward, y, v, earned[1])
        for j in range(len(x)):
            for i in range(x.shape[1]):
                gaps[h, i] = larger(gaps[h, i], abs(y[j, i] - x[j, i]))
        if moves or h + 1 < len(gaps):
            draw(rng, plant.noise, plant.width, w)
            move(plant, u, w, x)
            move(plant, v, w, y)
