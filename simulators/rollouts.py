"""Roll-outs: demonstrations with quantized labels, and returns of expert and learner on shared randomness.

Trajectories run side by side in blocks small enough for the processor's cache; within a block every step is a
handful of array operations. The block length is part of the definition of the random stream.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, FloatArray, ShapeError, positive_int
from simulators.norms import norm_along
from simulators.policies.base import Policy
from simulators.quantizers.base import Quantizer, encode_columns, quantize_columns, require_in_codebook
from simulators.systems.linear import System

BLOCK = 4000
"""Trajectories stepped side by side: arrays of up to four such rows stay in the cache and are recycled by malloc."""


class Reward(Protocol):
    """A reward in [0, 1]: (…, dx, M) states and (…, du, M) actions to (…, M) numbers."""

    def __call__(self, x: FloatArray, u: FloatArray) -> FloatArray:
        """Return the rewards."""
        ...


@np.errstate(over="ignore", invalid="ignore")  # reported in our own words
def demonstrate(
    system: System,
    expert: Policy,
    quantizer: Quantizer,
    *,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
) -> Demonstrations:
    """Roll the expert out; it executes its raw actions, the demonstrations hold their labels.

    Args:
        system: the dynamics.
        expert: the policy π*.
        quantizer: the map q, acting on single steps.
        horizon: H ≥ 1.
        episodes: n ≥ 1 independent trajectories.
        rng: the only source of randomness.

    Raises:
        ShapeError: the expert's actions do not fit the system.
        DomainError: horizon or episodes < 1, a chunk quantizer, or states that leave the finite numbers.

    >>> from simulators.policies import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> from simulators.systems.linear import LinearSystem
    >>> data = demonstrate(
    ...     LinearSystem([[0.5]], [[0.5]]), LinearFeedback(0.0, 0.0, 0.5), uniform(4),
    ...     horizon=3, episodes=5, rng=np.random.default_rng(0),
    ... )
    >>> data.states.shape, data.labels.shape
    ((3, 1, 5), (3, 1, 5))
    """
    positive_int("horizon", horizon)
    positive_int("episodes", episodes)
    label_rows = _check_fit(system, quantizer, expert)
    states = np.empty((horizon, system.dx, episodes))
    labels = np.empty((horizon, label_rows, episodes), dtype=np.int64)
    for block in blocks(episodes):
        M = block.stop - block.start
        x = system.sample_initial(M, rng)
        for h in range(horizon):
            u = expert.act(x, _normals(expert.normals(system.du), M, rng))
            require_finite(x)
            states[h, :, block] = x
            labels[h, :, block] = encode_columns(quantizer, u)
            if h + 1 < horizon:
                x = system.step(x, u, system.sample_noise(M, rng))
    return Demonstrations(states, labels)


def raw_actions(system: System, expert: Policy, *, horizon: int, episodes: int, rng: np.random.Generator) -> FloatArray:
    """Return an expert's raw actions u[h, j, i], step h of episode i, for quantizers to be fitted to.

    >>> from simulators.policies import LinearFeedback
    >>> from simulators.systems.linear import LinearSystem
    >>> system, policy = LinearSystem([[0.5]], [[0.5]]), LinearFeedback(0.0, 0.0, 0.5)
    >>> raw_actions(system, policy, horizon=3, episodes=5, rng=np.random.default_rng(0)).shape
    (3, 1, 5)
    """
    x, found = system.sample_initial(episodes, rng), []
    for _ in range(horizon):
        found.append(expert.act(x, _normals(expert.normals(system.du), episodes, rng)))
        x = system.step(x, found[-1], system.sample_noise(episodes, rng))
    return np.array(found)


class Step(NamedTuple):
    """One step of one block of trajectories.

    Attributes:
        block: which trajectories.
        h: the step, from 0.
        x: their states, shape (dx, M).
        u: the executed actions, shape (du, M).
    """

    block: slice
    h: int
    x: FloatArray
    u: FloatArray


def deployed(
    system: System,
    policy: Policy,
    quantizer: Quantizer,
    *,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
) -> Iterator[Step]:
    """Roll a policy out that executes the codes of its actions, step by step and without storing anything.

    Args:
        system: the dynamics.
        policy: the policy before q.
        quantizer: the map q, acting on single steps.
        horizon: H ≥ 1.
        episodes: number of independent trajectories.
        rng: the only source of randomness.

    Returns:
        An iterator over blocks of trajectories and, within each, over steps; arrays must not be changed.

    Raises:
        ShapeError: the policy's actions do not fit the system.
        DomainError: horizon or episodes < 1, a chunk quantizer, codes outside the codebook, states that leave
            the finite numbers.

    >>> from simulators.policies import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> from simulators.systems.linear import LinearSystem
    >>> from simulators.systems.noise import UniformBox
    >>> system = LinearSystem([[0.5]], [[1.0]], initial=UniformBox(1.0, 1.0))
    >>> policy, rng = LinearFeedback(0.0, 0.0, 0.5), np.random.default_rng(0)
    >>> steps = deployed(system, policy, uniform(2), horizon=3, episodes=1, rng=rng)
    >>> [(step.h, step.x.item(), step.u.item()) for step in steps]
    [(0, 1.0, -0.5), (1, 0.0, -0.5), (2, -0.5, 0.5)]
    """
    positive_int("horizon", horizon)
    positive_int("episodes", episodes)
    _check_fit(system, quantizer, policy)
    return _steps(system, policy, quantizer, horizon, episodes, rng)


def _steps(
    system: System, policy: Policy, quantizer: Quantizer, horizon: int, episodes: int, rng: np.random.Generator
) -> Iterator[Step]:
    rows = policy.normals(system.du)
    for block in blocks(episodes):
        M = block.stop - block.start
        x = system.sample_initial(M, rng)
        for h in range(horizon):
            u = _executed(quantizer, policy.act(x, _normals(rows, M, rng)), x)
            yield Step(block, h, x, u)
            if h + 1 < horizon:
                x = system.step(x, u, system.sample_noise(M, rng))
        require_finite(x)


@np.errstate(over="ignore", invalid="ignore")
def returns(
    system: System,
    reward: Reward,
    policy: Policy,
    quantizer: Quantizer,
    *,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the total rewards of a deployed policy, which executes the codes of its actions.

    Args:
        system: the dynamics.
        reward: r(x, u).
        policy: the policy before q.
        quantizer: the map q, acting on single steps.
        horizon: H ≥ 1.
        episodes: number of independent trajectories.
        rng: the only source of randomness.

    Returns:
        Array of shape (episodes,), totals over the horizon.

    Raises:
        ShapeError: the policy's actions do not fit the system.
        DomainError: horizon or episodes < 1, a chunk quantizer, codes outside the codebook, states that leave
            the finite numbers.

    >>> from simulators.policies import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> from simulators.rewards import ReachReward
    >>> from simulators.systems.linear import LinearSystem
    >>> returns(
    ...     LinearSystem([[0.5]], [[0.5]]), ReachReward(0.0, 0.0, 1.0), LinearFeedback(0.0, 0.0, 0.5), uniform(1),
    ...     horizon=10, episodes=3, rng=np.random.default_rng(0),
    ... )
    array([10., 10., 10.])
    """
    require_reward(system, reward)
    totals = np.zeros(positive_int("episodes", episodes))
    for step in deployed(system, policy, quantizer, horizon=horizon, episodes=episodes, rng=rng):
        totals[step.block] += reward(step.x, step.u)
    require_finite(totals)
    return totals


class PairedStep(NamedTuple):
    """One step of one block of pairs of trajectories.

    Attributes:
        block: which pairs.
        h: the step, from 0.
        x: the expert's states, shape (dx, M).
        u: its raw actions, executed, shape (du, M).
        y: the learner's states.
        v: its executed codes.
    """

    block: slice
    h: int
    x: FloatArray
    u: FloatArray
    y: FloatArray
    v: FloatArray


def paired(
    system: System,
    expert: Policy,
    learner: Policy,
    quantizer: Quantizer,
    *,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
    block: int = BLOCK,
) -> Iterator[PairedStep]:
    """Roll expert and learner out side by side, step by step and without storing anything.

    The expert executes raw actions, the learner q(u) of its own; both share x_1, the noise w and the policies'
    normals z, so differences have little variance while each marginal is exact.

    Args:
        system: the dynamics.
        expert: the policy π*.
        learner: the policy π̂ before q.
        quantizer: the map q, acting on single steps.
        horizon: H ≥ 1.
        episodes: number of independent pairs.
        rng: the only source of randomness.
        block: pairs stepped side by side, at most; part of the definition of the random stream.

    Returns:
        An iterator over blocks of pairs and, within each, over steps; arrays must not be changed.

    Raises:
        ShapeError: a policy's actions do not fit the system.
        DomainError: horizon or episodes < 1, a chunk quantizer, codes outside the codebook, states that leave
            the finite numbers.

    >>> from simulators.policies import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> from simulators.systems.linear import LinearSystem
    >>> from simulators.systems.noise import UniformBox
    >>> system, policy = LinearSystem([[0.5]], [[1.0]], initial=UniformBox(1.0, 1.0)), LinearFeedback(0.0, 0.0, 0.5)
    >>> run = dict(horizon=3, episodes=1, rng=np.random.default_rng(0))
    >>> [(step.x.item(), step.y.item()) for step in paired(system, policy, policy, uniform(2), **run)]
    [(1.0, 1.0), (0.0, 0.0), (0.0, -0.5)]
    """
    positive_int("horizon", horizon)
    positive_int("episodes", episodes)
    _check_fit(system, quantizer, expert)
    _check_fit(system, quantizer, learner)
    rows = max(expert.normals(system.du), learner.normals(system.du))

    def act(_: int, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        z = _normals(rows, x.shape[-1], rng)
        return expert.act(x, z), _executed(quantizer, learner.act(y, z), y)

    return side_by_side(system, act, horizon=horizon, parts=blocks(episodes, block), rng=rng)


class Compared(NamedTuple):
    """Some steps of one block of pairs, as far as they are compared.

    Attributes:
        block: which pairs.
        h: the first of the steps, from 0.
        gaps: gaps[k, i] = |y − x| at step h + k.
        earned: total rewards of these steps, of the expert and of the learner, shape (2, M).
    """

    block: slice
    h: int
    gaps: FloatArray
    earned: FloatArray


def compared(steps: Iterable[PairedStep], reward: Reward, norm: str) -> Iterator[Compared]:
    """Yield how far the runs of pairs are apart and what they earn, step by step.

    Args:
        steps: from `paired`.
        reward: r(x, u).
        norm: of states.
    """
    for step in steps:
        earned = np.stack([reward(step.x, step.u), reward(step.y, step.v)])
        yield Compared(step.block, step.h, norm_along(step.y - step.x, norm, axis=0)[None], earned)


def side_by_side(
    system: System,
    act: Callable[[int, FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    *,
    horizon: int,
    parts: Iterable[slice],
    rng: np.random.Generator,
) -> Iterator[PairedStep]:
    """Step two runs on the same x_1 and noise; `act` returns what each executes at step h (from 0) in its states."""
    for block in parts:
        M = block.stop - block.start
        x = system.sample_initial(M, rng)
        y = x.copy()
        for h in range(horizon):
            u, v = act(h, x, y)
            yield PairedStep(block, h, x, u, y, v)
            if h + 1 < horizon:
                w = system.sample_noise(M, rng)
                x, y = system.step(x, u, w), system.step(y, v, w)
        require_finite(x)
        require_finite(y)


def blocks(episodes: int, most: int = BLOCK) -> Iterator[slice]:
    """Yield blocks of nearly equal length: an almost empty one would pay for its steps all the same."""
    count = -(-episodes // most)
    for i in range(count):
        yield slice(i * episodes // count, (i + 1) * episodes // count)


def _normals(rows: int, M: int, rng: np.random.Generator) -> FloatArray | None:
    return rng.standard_normal((rows, M)) if rows else None


def _check_fit(system: System, quantizer: Quantizer, policy: Policy) -> int:
    """Run one step on fixed numbers before any sampling; return the number of tokens per action."""
    if quantizer.unit != "step":
        raise DomainError(f"quantizer {quantizer.name!r} must act on single steps, got unit {quantizer.unit!r}")
    x = np.zeros((system.dx, 2))
    try:
        u = policy.act(x, np.zeros((max(policy.normals(system.du), 1), 2)))
    except ValueError as error:
        raise ShapeError(f"policy must accept states of shape ({system.dx}, M): {error}") from error
    if u.shape != (system.du, 2):
        raise ShapeError(f"policy must return actions of shape ({system.du}, M), got {u.shape[:-1]} + (M,)")
    executed = quantize_columns(quantizer, u)
    require_in_codebook(quantizer, executed if quantizer.elementwise else executed.T)
    return len(encode_columns(quantizer, u))


def require_reward(system: System, reward: Reward) -> None:
    """Check that a reward takes the system's states and actions.

    Raises:
        ShapeError: it does not return one number per trajectory.
    """
    earned = np.shape(reward(np.zeros((system.dx, 2)), np.zeros((system.du, 2))))
    if earned != (2,):
        raise ShapeError(f"reward must return one number per trajectory, shape (M,), got {earned[:-1]} + (M,)")


def _executed(quantizer: Quantizer, u: FloatArray, x: FloatArray) -> FloatArray:
    try:
        return quantize_columns(quantizer, u)
    except DomainError:
        require_finite(x)  # an exploding state is the more telling complaint
        raise


def require_finite(array: FloatArray) -> None:
    """Check states, or totals: a state that overflows either earns a definite reward or turns its total into NaN."""
    if not np.isfinite(array).all():
        raise DomainError("states must stay finite over the horizon, got an overflow; is the closed loop stable?")
