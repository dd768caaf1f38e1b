"""Bridge to gymnasium (extra `gym`): a system as an environment, and an environment as a sampled system.

In the first direction nothing is lost. In the second the dynamics are a black box that can only be run, so gains
and moduli cannot be computed and every number from it is an estimate; its results say so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, FloatArray, ShapeError, interval, positive_int, positive_number
from simulators.policies.base import Policy
from simulators.quantizers.base import Quantizer, encode_columns, quantize_columns
from simulators.rollouts import Reward
from simulators.systems.linear import System

Box = gymnasium.spaces.Box


class SystemEnv(gymnasium.Env[npt.NDArray[np.float64], npt.NDArray[np.float64]]):
    """A system as a gymnasium environment: observations are states, episodes end by truncation after H steps.

    The reward of a step is r(x_h, u_h), of the state before the step and the action taken in it, as in J(π).

    Args:
        system: the dynamics.
        reward: r(x, u).
        horizon: H, steps an episode.
        low: smallest action entry.
        high: largest action entry.
        state_radius: bound on |x| entry by entry for the observation space; None for unbounded.

    Raises:
        DomainError: horizon < 1, high ≤ low, or a radius that is not positive.

    >>> from simulators.rewards import ReachReward
    >>> from simulators.systems.linear import LinearSystem
    >>> env = SystemEnv(LinearSystem([[0.5]], [[1.0]]), ReachReward(0.0, 1.0, 0.0), horizon=2, low=-1.0, high=1.0)
    >>> x, _ = env.reset(seed=0)
    >>> following, reward, terminated, truncated, _ = env.step(np.array([0.25]))
    >>> bool(following[0] == 0.5 * x[0] + 0.25), bool(reward == 1 - abs(x[0])), terminated, truncated
    (True, True, False, False)
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 – gymnasium's own attribute

    def __init__(
        self,
        system: System,
        reward: Reward,
        *,
        horizon: int,
        low: float,
        high: float,
        state_radius: float | None = None,
    ) -> None:
        left, right = interval(low, high)
        radius = np.inf if state_radius is None else positive_number("state_radius", state_radius)
        self.system, self.reward, self.horizon = system, reward, positive_int("horizon", horizon)
        self.observation_space = Box(-radius, radius, (system.dx,), np.float64)
        self.action_space = Box(left, right, (system.du,), np.float64)
        self._x = np.zeros((system.dx, 1))
        self._h = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Draw a first state; the seed fixes everything that follows."""
        super().reset(seed=seed, options=options)
        self._x, self._h = self.system.sample_initial(1, self.np_random), 0
        return self._x[:, 0].copy(), {}

    def step(self, action: FloatArray) -> tuple[FloatArray, float, bool, bool, dict[str, Any]]:
        """Execute an action; returns (next state, reward, False, whether the horizon is over, {}).

        Raises:
            ShapeError: the action does not have shape (du,).
            DomainError: the action is not finite.
        """
        u = np.asarray(action, dtype=np.float64)
        if u.shape != (self.system.du,):
            raise ShapeError(f"action must have shape ({self.system.du},), got {u.shape}")
        if not np.isfinite(u).all():
            raise DomainError(f"action must be finite, got {u}")
        column = u[:, None]
        gain = float(self.reward(self._x, column)[0])
        self._x = self.system.step(self._x, column, self.system.sample_noise(1, self.np_random))
        self._h += 1
        return self._x[:, 0].copy(), gain, False, self._h >= self.horizon, {}


@dataclass(frozen=True, eq=False)
class SampledSystem:
    """An environment with Box observations and actions, seen as dynamics that can only be sampled.

    Episodes are reproducible through seeds, so expert and learner can share an episode's randomness as far as the
    environment draws it in the same order. Actions are clipped to the action space before the environment sees
    them. An episode that terminates early earns nothing afterwards.

    Attributes:
        make_env: returns a fresh environment.
        dx: dimension of the (flattened) observation.
        du: dimension of the (flattened) action.

    Raises:
        DomainError: observation or action space is not a Box.

    >>> system = SampledSystem(lambda: gymnasium.make("Pendulum-v1"))
    >>> system.dx, system.du, system.estimated
    (3, 1, True)
    """

    make_env: Callable[[], gymnasium.Env[Any, Any]]
    dx: int = field(init=False)
    du: int = field(init=False)

    def __post_init__(self) -> None:
        env = self.make_env()
        for name, kind, space in (("dx", "observation", env.observation_space), ("du", "action", env.action_space)):
            if not isinstance(space, Box):
                raise DomainError(f"the {kind} space must be a Box, got {space}")
            object.__setattr__(self, name, int(np.prod(space.shape)))
        env.close()

    @property
    def estimated(self) -> bool:
        """True: numbers obtained from it are estimates, no property of the dynamics is certified."""
        return True

    def demonstrate(
        self, expert: Policy, quantizer: Quantizer, *, horizon: int, episodes: int, rng: np.random.Generator
    ) -> Demonstrations:
        """Run the expert's raw actions and record states and labels, as `simulators.rollouts.demonstrate` does.

        Raises:
            DomainError: horizon or episodes < 1, or an episode that ends before the horizon.
        """
        states, actions, _ = self.run(expert, horizon=horizon, episodes=episodes, rng=rng)
        return Demonstrations(states, encode_columns(quantizer, actions))

    def run(
        self,
        policy: Policy,
        quantizer: Quantizer | None = None,
        *,
        horizon: int,
        episodes: int,
        rng: np.random.Generator,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Run a policy, through the quantizer if there is one; the same generator state gives the same seeds.

        Returns:
            states[h, j, i], raw actions[h, j, i] and rewards[h, i] of step h (from 0) of episode i.

        Raises:
            DomainError: horizon or episodes < 1, or an episode that ends before the horizon.
        """
        seeds, normals = self._randomness((policy,), horizon, episodes, rng)
        env = self.make_env()
        runs = [_episode(env, policy, quantizer, s, z) for s, z in zip(seeds, normals, strict=True)]
        env.close()
        if min(len(run.rewards) for run in runs) < horizon:
            raise DomainError(f"episodes must last {horizon} steps, got one that ended earlier")
        states, actions = (np.stack([getattr(run, name) for run in runs], axis=-1) for name in ("states", "actions"))
        return states, actions, np.array([run.rewards for run in runs]).T

    def _randomness(
        self, policies: tuple[Policy, ...], horizon: int, episodes: int, rng: np.random.Generator
    ) -> tuple[list[int], FloatArray]:
        """Return a seed and normals[i, h, j, 0] for every episode i."""
        positive_int("horizon", horizon)
        rows = max(policy.normals(self.du) for policy in policies)
        seeds = rng.integers(2**31, size=positive_int("episodes", episodes))
        return [int(s) for s in seeds], rng.standard_normal((episodes, horizon, max(rows, 1), 1))


@dataclass(frozen=True)
class _Episode:
    states: list[FloatArray]
    actions: list[FloatArray]
    rewards: list[float]


def _episode(
    env: gymnasium.Env[Any, Any], policy: Policy, quantizer: Quantizer | None, seed: int, normals: FloatArray
) -> _Episode:
    space = env.action_space
    observation, _ = env.reset(seed=seed)
    run = _Episode([], [], [])
    for z in normals:
        x = np.asarray(observation, dtype=np.float64).reshape(-1, 1)
        u = policy.act(x, z)
        v = u if quantizer is None else quantize_columns(quantizer, u)
        action = np.clip(v.reshape(space.shape), space.low, space.high).astype(space.dtype)  # type: ignore[attr-defined]
        observation, reward, terminated, truncated, _ = env.step(action)
        run.states.append(x[:, 0])
        run.actions.append(u[:, 0])
        run.rewards.append(float(reward))
        if terminated or truncated:
            break
    return run
