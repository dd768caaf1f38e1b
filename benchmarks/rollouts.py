"""Roll-outs of a quantized Gaussian policy against drawing their normals alone, and against a gymnasium Env.

All on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks import Benchmark, Measured, NotMeasured, compare, paired
from simulators.policies import ClippedGaussian
from simulators.policies.linear import Linear
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import BLOCK, deployed, returns
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise

if TYPE_CHECKING:
    import gymnasium

_EPISODES, _HORIZON, _DX, _DU, _NOISE = 10_000, 100, 4, 2, 0.05
_DRAWING = "10 000 roll-outs, H=100 / their normals alone"
_STEPPING = {
    "10 000 returns, H=100 / a gymnasium Env written for speed": ">= 150",
    "10 000 returns, H=100 / the package's gymnasium Env": ">= 150",
}
_SYSTEM = LinearSystem(
    0.6 * np.eye(_DX) + 0.1 * np.eye(_DX, k=1),
    0.3 * np.eye(_DX, _DU) + 0.1 * np.eye(_DX, _DU, k=-2),
    GaussianNoise(_NOISE),
)
_POLICY = ClippedGaussian(Linear(-0.3 * np.eye(_DU, _DX)), 0.2)
_QUANTIZER = uniform(64)
_REWARD = ReachReward(0.1, 1.0, 0.5)


def roll_out() -> None:
    """All roll-outs: states, raw actions, codes."""
    rng = np.random.default_rng(0)
    for _ in deployed(_SYSTEM, _POLICY, _QUANTIZER, horizon=_HORIZON, episodes=_EPISODES, rng=rng):
        pass


def simulate(*, horizon: int, episodes: int) -> NDArray[np.float64]:
    """Roll-outs and their returns."""
    rng = np.random.default_rng(0)
    return returns(_SYSTEM, _REWARD, _POLICY, _QUANTIZER, horizon=horizon, episodes=episodes, rng=rng)


def total_rewards() -> NDArray[np.float64]:
    """All roll-outs and their returns."""
    return simulate(horizon=_HORIZON, episodes=_EPISODES)


def normals_alone() -> None:
    """The normals a roll-out needs, those of the policy and those of the noise, drawn in the same blocks."""
    rng = np.random.default_rng(0)
    blocks = -(-_EPISODES // BLOCK)
    for _ in range(blocks * _HORIZON):
        rng.standard_normal((_DU, _EPISODES // blocks))
        rng.standard_normal((_DX, _EPISODES // blocks))


def package_env() -> gymnasium.Env[Any, Any]:
    """The system as the package's own environment, which checks every action."""
    from simulators.systems.gym import SystemEnv

    return SystemEnv(_SYSTEM, _REWARD, horizon=_HORIZON, low=-1.0, high=1.0)


def lean_env() -> gymnasium.Env[Any, Any]:
    """The same system as an environment written for it and for speed, without a check."""
    import gymnasium

    A, B, scale, target = _SYSTEM.A, _SYSTEM.B, _NOISE, 0.1

    class Lean(gymnasium.Env[Any, Any]):
        """A, B, noise and reward written out."""

        def reset(
            self, *, seed: int | None = None, options: dict[str, Any] | None = None
        ) -> tuple[Any, dict[str, Any]]:
            super().reset(seed=seed)
            self.x, self.h = _SYSTEM.sample_initial(1, self.np_random)[:, 0], 0
            return self.x, {}

        def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
            x = self.x
            reward = max(0.0, 1.0 - abs(x - target).max() - 0.5 * abs(action - target).max())
            self.x = A @ x + B @ action + scale * self.np_random.standard_normal(_DX)
            self.h += 1
            return self.x, reward, False, self.h >= _HORIZON, {}

    return Lean()


def stepped(env: gymnasium.Env[Any, Any], episodes: int) -> list[float]:
    """Returns of roll-outs in an environment, one step at a time, with the policy and its bins written out."""
    rng = np.random.default_rng(0)
    gain, std, bins = -0.3 * np.eye(_DU, _DX), 0.2, len(_QUANTIZER.codes)
    width = 2.0 / bins
    totals = []
    for episode in range(episodes):
        x, _ = env.reset(seed=episode)
        total, over = 0.0, False
        while not over:
            u = gain @ x + std * rng.standard_normal(_DU)
            cell = np.minimum(bins - 1, np.maximum(0, np.floor((u + 1.0) / width)))
            x, reward, _, over, _ = env.step(width * (cell + 0.5) - 1.0)
            total += float(reward)
        totals.append(total)
    return totals


def drawing(quick: bool) -> Iterator[Measured]:
    """Roll-outs against nothing but their random numbers."""
    with threadpool_limits(1):
        yield compare(_DRAWING, roll_out, normals_alone, 7 if quick else 25)


def stepping(quick: bool) -> Iterator[Measured]:
    """Returns against both environments.

    Raises:
        NotMeasured: mean returns differ by more than five standard errors; gymnasium is missing.
    """
    envs, episodes = (lean_env(), package_env()), 20 if quick else 60
    with threadpool_limits(1):
        ours = total_rewards()
        for env in envs:
            theirs = np.array(stepped(env, 200))
            error = np.hypot(theirs.std() / np.sqrt(len(theirs)), ours.std() / np.sqrt(len(ours)))
            if abs(ours.mean() - theirs.mean()) > 5 * error:
                raise NotMeasured(f"mean returns must agree, got {ours.mean()} and {theirs.mean()}")
        works: list[Callable[[], object]] = [total_rewards, *(partial(stepped, env, episodes) for env in envs)]
        timings = paired(works, 5 if quick else 15)
    for index, name in enumerate(_STEPPING, 1):
        yield timings.row(name, 0, index, speedup=True, scale=_EPISODES / episodes)


BENCHMARKS = (Benchmark({_DRAWING: "<= 1.4"}, drawing), Benchmark(_STEPPING, stepping))
