"""Tabular Markov decision processes with sparse transition tables: memory and time in the number of nonzeros."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from simulators.errors import PROBABILITY_SLACK, FloatArray, IntArray, ProbabilityError, ShapeError, positive_int
from simulators.systems.finite import unit_rewards
from simulators.tables import Sized, Table, probability_table


@dataclass(frozen=True, eq=False)
class SparseMDP(Sized):
    """A Markov decision process in float64 whose transition tables are sparse.

    Attributes:
        transition: scipy.sparse matrix P[s·A + a, s'], or one for each step h (those of step H−1 is never used).
        reward: r[s, a], the same at every step, or r[h, s, a]; in [0, 1]. Stored as r[h, s, a] without being repeated.
        initial: initial[s], the law of the first state.
        steps: horizon H; needed where the reward is the same at every step.

    Raises:
        ShapeError: shapes that do not agree, or no horizon.
        ProbabilityError: a row of a transition table or the initial law does not sum to one, or is negative.
        DomainError: a reward outside [0, 1], or a number that is not finite.

    >>> mdp = SparseMDP(sparse.csr_array([[0.0, 1.0], [1.0, 0.0]]), np.ones((2, 1)), [1.0, 0.0], steps=100)
    >>> mdp.horizon, mdp.n_actions, mdp.backup(0, np.array([0.25, 0.75])).tolist()
    (100, 1, [[0.75], [0.25]])
    """

    transition: Any
    reward: Table
    initial: Table
    steps: int | None = None

    def __post_init__(self) -> None:
        initial = probability_table("initial", self.initial, exact=False, shape=(-1,))
        several = isinstance(self.transition, (list, tuple))
        tables = tuple(_csr(t) for t in (self.transition if several else [self.transition]))
        S, A = len(initial), tables[0].shape[0] // len(initial) if tables else 0
        for matrix in tables:
            if A < 1 or matrix.shape != (S * A, S):
                raise ShapeError(f"transition must have shape (S·A, S) with S = {S}, got {matrix.shape}")
            _require_rows(matrix)
        if not tables:
            raise ShapeError("transition must hold at least one table, got none")
        given = np.asarray(self.reward)
        if given.ndim == 2 and self.steps is None:
            raise ShapeError("steps must give the horizon where the reward is the same at every step, got None")
        once = unit_rewards(given[None] if given.ndim == 2 else given, exact=False, shape=(-1, S, A))
        steps = len(once) if given.ndim != 2 else positive_int("steps", self.steps or 0)
        if given.ndim != 2 and self.steps not in (None, steps):
            raise ShapeError(f"steps must be the reward's {steps}, got {self.steps}")
        if several and len(tables) != steps:
            raise ShapeError(f"transition must hold one table for each of the {steps} steps, got {len(tables)}")
        object.__setattr__(self, "transition", tables if several else tables[0])
        object.__setattr__(self, "reward", np.broadcast_to(once, (steps, S, A)) if given.ndim == 2 else once)
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "steps", steps)

    @property
    def stationary(self) -> bool:
        return not isinstance(self.transition, tuple)

    def matrix(self, h: int) -> Any:
        """Return P[s·A + a, s'] of step h (from 0), a scipy.sparse.csr_array."""
        return self.transition[h] if isinstance(self.transition, tuple) else self.transition

    def kernel(self, h: int) -> Table:
        return np.asarray(self.matrix(h).toarray()).reshape(self.n_states, self.n_actions, self.n_states)

    def backup(self, h: int, values: Table) -> Table:
        size = (self.n_states, self.n_actions)
        rows = [self.matrix(h) @ row for row in values.reshape(-1, self.n_states)]
        return np.stack(rows).reshape(*values.shape[:-1], *size) if values.ndim > 1 else rows[0].reshape(size)

    def push(self, h: int, flow: Table) -> Table:
        return np.asarray(flow.reshape(-1) @ self.matrix(h))

    def sparse_loop(self, policy: Table) -> Any:
        """Return P_π[s, s'] for one step's table π[s, a], a scipy.sparse.csr_array; for stationary dynamics."""
        S, A = policy.shape
        s, a = np.nonzero(policy)
        rows = self.matrix(0)[s * A + a]
        data = rows.data * np.repeat(policy[s, a], np.diff(rows.indptr))
        starts = rows.indptr[np.searchsorted(s, np.arange(S + 1))]  # the rows of one state become one
        loop = sparse.csr_array((data, rows.indices, starts), shape=(S, S))
        loop.sum_duplicates()
        return loop

    def draw(self, h: int, states: IntArray, actions: IntArray, rng: np.random.Generator) -> IntArray:
        """Draw the next states of many episodes, one each."""
        matrix = self.matrix(h)
        rows = states * self.n_actions + actions
        result = np.empty_like(states)
        for i, (row, point) in enumerate(zip(rows, rng.random(len(rows)), strict=True)):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            levels = np.cumsum(matrix.data[part])
            result[i] = matrix.indices[part][np.searchsorted(levels, point * levels[-1], side="right")]
        return result

    def action_gaps(self, h: int) -> FloatArray:
        """Return the largest total variation over states between the kernels of each pair of actions, [a, a']."""
        matrix, A = self.matrix(h), self.n_actions
        gaps = np.zeros((A, A))
        for a in range(A):
            for b in range(a):
                apart = abs(matrix[a::A] - matrix[b::A]).sum(axis=1).max() / 2
                gaps[a, b] = gaps[b, a] = apart
        return gaps

    def first_steps(self, horizon: int) -> SparseMDP:
        """Return the process cut after so many steps."""
        cut = self.transition[:horizon] if isinstance(self.transition, tuple) else self.transition
        if self.reward.strides[0] == 0:
            return replace(self, transition=cut, reward=self.reward[0], steps=horizon)
        return replace(self, transition=cut, reward=self.reward[:horizon], steps=None)


def _csr(value: Any) -> Any:
    matrix = sparse.csr_array(value, dtype=np.float64, copy=True)
    matrix.sum_duplicates()
    matrix.data.setflags(write=False)
    return matrix


def _require_rows(matrix: Any) -> None:
    if not np.isfinite(matrix.data).all() or (matrix.data.size and matrix.data.min() < 0):
        raise ProbabilityError(f"transition must be nonnegative and finite, got {matrix.data.min()}")
    sums = matrix.sum(axis=1)
    worst = sums[int(np.argmax(np.abs(sums - 1)))]
    if abs(worst - 1) > PROBABILITY_SLACK * matrix.shape[1]:
        raise ProbabilityError(f"transition must sum to 1 along its last axis, got a sum of {worst}")
