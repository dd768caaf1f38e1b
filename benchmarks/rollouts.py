"""Roll-outs of a quantized Gaussian policy against drawing their normals alone, and against a gymnasium Env.

One thread: run with OPENBLAS_NUM_THREADS=1. Ratios are medians over alternations of the pair, so that a busy
machine troubles both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np

from benchmarks import Row
from simulators.policies import ClippedGaussian
from simulators.policies.linear import Linear
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import BLOCK, deployed, returns
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise

_EPISODES, _HORIZON, _DX, _DU = 10_000, 100, 4, 2
_SYSTEM = LinearSystem(
    0.6 * np.eye(_DX) + 0.1 * np.eye(_DX, k=1),
    0.3 * np.eye(_DX, _DU) + 0.1 * np.eye(_DX, _DU, k=-2),
    GaussianNoise(0.05),
)
_POLICY = ClippedGaussian(Linear(-0.3 * np.eye(_DU, _DX)), 0.2)
_QUANTIZER = uniform(64)
_REWARD = ReachReward(0.1, 1.0, 0.5)


def roll_out() -> None:
    """All roll-outs: states, raw actions, codes."""
    rng = np.random.default_rng(0)
    for _ in deployed(_SYSTEM, _POLICY, _QUANTIZER, horizon=_HORIZON, episodes=_EPISODES, rng=rng):
        pass


def total_rewards() -> np.ndarray:
    """All roll-outs and their rewards."""
    rng = np.random.default_rng(0)
    return returns(_SYSTEM, _REWARD, _POLICY, _QUANTIZER, horizon=_HORIZON, episodes=_EPISODES, rng=rng)


def normals_alone() -> None:
    """The normals a roll-out needs, those of the policy and those of the noise, drawn in the same blocks."""
    rng = np.random.default_rng(0)
    blocks = -(-_EPISODES // BLOCK)
    for _ in range(blocks * _HORIZON):
        rng.standard_normal((_DU, _EPISODES // blocks))
        rng.standard_normal((_DX, _EPISODES // blocks))


def environment(episodes: int) -> list[float]:
    """Returns of roll-outs in the same system as a gymnasium Env, one step at a time.

    Raises:
        RuntimeError: gymnasium is not installed.
    """
    try:
        from simulators.systems.gym import SystemEnv
    except ImportError as error:
        raise RuntimeError(f"gymnasium must be installed to step an Env: {error}") from error
    env = SystemEnv(_SYSTEM, _REWARD, horizon=_HORIZON, low=-1.0, high=1.0)
    rng = np.random.default_rng(0)
    totals = []
    for episode in range(episodes):
        x, _ = env.reset(seed=episode)
        total, over = 0.0, False
        while not over:
            u = _QUANTIZER.quantize(_POLICY.act(x[:, None], rng.standard_normal((_DU, 1))))
            x, reward, _, over, _ = env.step(u[:, 0])
            total += reward
        totals.append(total)
    return totals


def paired(first: Callable[[], object], second: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Median seconds of both, taken in turns after a warm-up, and the median ratio first/second.

    Example:
        >>> all(number > 0 for number in paired(lambda: sum(range(99)), lambda: sum(range(9)), 3))
        True
    """
    times: list[tuple[float, float]] = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        first()
        middle = time.perf_counter()
        second()
        times.append((middle - start, time.perf_counter() - middle))
    kept = times[1:]
    return median(a for a, _ in kept), median(b for _, b in kept), median(a / b for a, b in kept)


def rows(quick: bool) -> Iterator[Row]:
    """All rows of this module.

    Raises:
        RuntimeError: the two ways of rolling out disagree, or gymnasium is missing.
    """
    mine, reference, ratio = paired(roll_out, normals_alone, 7 if quick else 25)
    yield Row("10 000 roll-outs, H=100 / their normals alone", mine, reference, ratio, "<= 1.4")
    totals, env_totals = total_rewards(), np.array(environment(200))
    if abs(totals.mean() - env_totals.mean()) > 5 * env_totals.std() / np.sqrt(len(env_totals)):
        raise RuntimeError(f"mean returns must agree, got {totals.mean()} and {env_totals.mean()}")
    episodes = 20 if quick else 60
    mine, few, ratio = paired(total_rewards, lambda: environment(episodes), 3 if quick else 7)
    scale = _EPISODES / episodes
    yield Row("10 000 returns, H=100 / a gymnasium Env", mine, few * scale, scale / ratio, ">= 150")
