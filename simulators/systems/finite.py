"""Finite systems with positions and an explicit noise table.

Because the noise is explicit, two runs can share it: gains and coupled regrets are computed, not assumed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, IntArray, ShapeError, choice, positive_int
from simulators.tables import (
    Number,
    Sized,
    Table,
    holds_fractions,
    indices,
    is_exact,
    probability_table,
    require_shape,
    table,
    to_float,
    zeros,
)


@dataclass(frozen=True, eq=False)
class FiniteSystem(Sized):
    """A finite system x' = f_h(x, u, w) whose states and raw actions are points of normed spaces.

    If any table holds a Fraction, all tables become exact.

    Attributes:
        states: positions, shape (S,) or (S, dx); stored as (S, dx).
        actions: raw action positions, shape (A,) or (A, du); stored as (A, du). Codes are actions too.
        noise: noise[w] = probability of noise w, the same at every step, independent of everything else.
        next_state: next_state[s, a, w], or next_state[h, s, a, w] when the dynamics vary with the step.
        initial: initial[s], the law of the first state.
        reward: reward[h, s, a] in [0, 1]; its length is the horizon H. The transition of step H−1 is never taken.
        norm: "linf" or "l2", the norm of both spaces.

    Raises:
        ShapeError: lengths that do not agree.
        DomainError: a next state outside 0..S−1, a reward outside [0, 1], a number that is not finite.
        ProbabilityError: noise or initial is not a probability distribution.

    >>> system = FiniteSystem(states=[0, 1], actions=[0, 1], noise=[1.0], next_state=[[[0], [1]], [[0], [1]]],
    ...                       initial=[1.0, 0.0], reward=np.ones((3, 2, 2)))
    >>> system.horizon, system.n_states, system.stationary, system.reachable().tolist()
    (3, 2, True, [[True, False], [True, True], [True, True]])
    """

    states: Table
    actions: Table
    noise: Table
    next_state: IntArray
    initial: Table
    reward: Table
    norm: str = "linf"

    def __post_init__(self) -> None:
        exact = holds_fractions(self.states, self.actions, self.noise, self.initial, self.reward)
        states = _points("states", self.states, exact=exact)
        actions = _points("actions", self.actions, exact=exact)
        size = (len(states), len(actions))
        noise = probability_table("noise", self.noise, exact=exact, shape=(-1,))
        following = indices("next_state", self.next_state, below=size[0])
        reward = unit_rewards(self.reward, exact=exact, shape=(-1, *size))
        if following.ndim == 4:
            require_shape("next_state", following, (len(reward), *size, len(noise)))
        else:
            require_shape("next_state", following, (*size, len(noise)))
        choice("norm", self.norm, ("linf", "l2"))
        initial = probability_table("initial", self.initial, exact=exact, shape=(size[0],))
        values = (states, actions, noise, following, initial, reward)
        for name, value in zip(("states", "actions", "noise", "next_state", "initial", "reward"), values, strict=True):
            object.__setattr__(self, name, value)

    @property
    def stationary(self) -> bool:
        return self.next_state.ndim == 3

    def step_table(self, h: int) -> IntArray:
        """Return next_state[s, a, w] of step h (from 0)."""
        following: IntArray = self.next_state if self.stationary else self.next_state[h]
        return following

    def backup(self, h: int, values: Table) -> Table:
        following = self.step_table(h)
        total: Table = values[..., following[:, :, 0]] * self.noise[0]
        for w in range(1, len(self.noise)):
            total = total + values[..., following[:, :, w]] * self.noise[w]
        return total

    def push(self, h: int, flow: Table) -> Table:
        following, result = self.step_table(h), zeros((self.n_states,), exact=self.exact)
        for w, probability in enumerate(self.noise):
            np.add.at(result, following[:, :, w], flow * probability)
        return result

    def kernel(self, h: int) -> Table:
        result = zeros((self.n_states, self.n_actions, self.n_states), exact=self.exact)
        s, a = np.ogrid[: self.n_states, : self.n_actions]
        for w, probability in enumerate(self.noise):
            np.add.at(result, (s, a, self.step_table(h)[:, :, w]), probability)
        return result

    def reachable(self) -> npt.NDArray[np.bool_]:
        """Return reachable[h, s]: whether some actions and noises of positive probability lead to s at step h."""
        support = np.flatnonzero(self.noise > 0)
        result = np.zeros((self.horizon, self.n_states), dtype=np.bool_)
        result[0] = self.initial > 0
        for h in range(self.horizon - 1):
            result[h + 1, self.step_table(h)[result[h]][:, :, support]] = True
        return result

    @cached_property
    def state_distances(self) -> Table:
        """distances[s, s'] between state positions in the system's norm."""
        return distances(self.states, norm=self.norm)

    @cached_property
    def action_distances(self) -> Table:
        """distances[a, a'] between raw action positions in the system's norm."""
        return distances(self.actions, norm=self.norm)

    def first_steps(self, horizon: int) -> "FiniteSystem":
        """Return the system cut after so many steps."""
        following = self.next_state if self.stationary else self.next_state[:horizon]
        return replace(self, next_state=following, reward=self.reward[:horizon])

    def to_float(self) -> "FiniteSystem":
        """Return the system in float64."""
        return FiniteSystem(
            states=to_float(self.states),
            actions=to_float(self.actions),
            noise=to_float(self.noise),
            next_state=self.next_state,
            initial=to_float(self.initial),
            reward=to_float(self.reward),
            norm=self.norm,
        )


def _points(name: str, value: object, *, exact: bool) -> Table:
    points = table(name, value, exact=exact)
    if points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or not points.size:
        raise ShapeError(f"{name} must be positions of shape (n,) or (n, d), got shape {points.shape}")
    return points


def unit_rewards(value: object, *, exact: bool, shape: tuple[int, ...]) -> Table:
    """Copy reward[h, s, a] into a read-only table, checking that rewards lie in [0, 1] and that H ≥ 1.

    Raises:
        ShapeError: wrong shape, or no step at all.
        DomainError: a reward outside [0, 1].

    >>> unit_rewards([[[1.5]]], exact=False, shape=(-1, 1, 1))
    Traceback (most recent call last):
    simulators.errors.DomainError: reward must lie in [0, 1], got 1.5
    """
    reward = table("reward", value, exact=exact, shape=shape)
    if not len(reward):
        raise ShapeError("reward must cover at least one step, got none")
    low, high = reward.min(), reward.max()
    if low < 0 or high > 1:
        raise DomainError(f"reward must lie in [0, 1], got {low if low < 0 else high}")
    return reward


def distances(points: Table, *, norm: str) -> Table:
    """Return the distances d[i, j] between points of shape (n, d), exact for exact points.

    Raises:
        DomainError: the l2 norm of exact points in more than one dimension, which is irrational.

    >>> distances(np.array([[0.0, 0.0], [3.0, 4.0]]), norm="l2")
    array([[0., 5.],
           [5., 0.]])
    """
    gaps = np.abs(points[:, None, :] - points[None, :, :])
    if norm == "linf" or points.shape[1] == 1:
        return np.asarray(gaps.max(axis=-1))
    if is_exact(points):
        raise DomainError("the l2 norm of exact positions is irrational in general; use linf or floats")
    return np.asarray(np.hypot.reduce(gaps, axis=-1))


def enumerate_linear(
    *,
    a: Fraction,
    b: Fraction,
    initial: Mapping[Fraction, Fraction],
    actions: Sequence[Fraction],
    noise: Mapping[Fraction, Fraction],
    horizon: int,
    reward: Callable[[int, Fraction, Fraction], Number],
    max_states: int = 10_000,
) -> FiniteSystem:
    """Build the exact finite system of x' = a·x + b·u + w on the states reachable within the horizon.

    States first reached at the last step get a self-loop, which is never taken.

    Args:
        a: state coefficient.
        b: action coefficient.
        initial: initial[x] = probability of the first state x.
        actions: the raw action positions, codes included.
        noise: noise[w] = probability of the noise value w; {0: 1} for none.
        horizon: number of steps H.
        reward: reward(h, x, u) in [0, 1] at step h (from 0), a Fraction or an integer.
        max_states: refuse larger reachable sets.

    Raises:
        DomainError: more than max_states states, or a number that is not rational.
        ProbabilityError: initial or noise do not sum to one.

    >>> half = Fraction(1, 2)
    >>> system = enumerate_linear(a=half, b=half, initial={Fraction(0): 1}, actions=[0, 1], noise={0: 1},
    ...                           horizon=3, reward=lambda h, x, u: 1 - x)
    >>> [str(x) for x in system.states[:, 0]]
    ['0', '1/4', '1/2', '3/4']
    """
    positive_int("horizon", horizon)
    us = table("actions", actions, exact=True)
    ws = table("noise values", list(noise), exact=True)
    slope, step = table("a and b", [a, b], exact=True)
    starts = table("initial states", list(initial), exact=True)
    moves = step * us[:, None] + ws
    following = _explore(set(starts), slope, moves, horizon, max_states)
    positions = sorted(following)
    index = {x: i for i, x in enumerate(positions)}
    law = dict(zip(starts, initial.values(), strict=True))
    return FiniteSystem(
        states=_exact(positions),
        actions=us,
        noise=_exact(list(noise.values())),
        next_state=np.array([[[index[y] for y in row] for row in following[x]] for x in positions], dtype=np.int64),
        initial=_exact([law.get(x, Fraction(0)) for x in positions]),
        reward=_exact([[[reward(h, x, u) for u in us] for x in positions] for h in range(horizon)]),
    )


def _explore(
    frontier: set[Fraction], slope: Fraction, moves: Table, horizon: int, max_states: int
) -> dict[Fraction, Table]:
    """Return where each reachable state x leads, slope·x + moves[u, w]; x itself for those first reached last."""
    following: dict[Fraction, Table] = {}
    for _ in range(horizon - 1):
        found = {x: slope * x + moves for x in frontier}
        following.update(found)
        frontier = {y for reached in found.values() for y in reached.flat} - following.keys()
        if len(following) + len(frontier) > max_states:
            raise DomainError(f"the reachable set must have at most max_states={max_states} states")
    return {**{x: x + 0 * moves for x in frontier}, **following}


def _exact(values: object) -> Table:
    return np.array(values, dtype=object)
