"""Tabular Markov decision processes with dense transition tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulators.errors import ShapeError
from simulators.systems.finite import unit_rewards
from simulators.tables import Sized, Table, holds_fractions, probability_table, require_shape, to_float


@dataclass(frozen=True, eq=False)
class TabularMDP(Sized):
    """A Markov decision process given by tables; if any holds a Fraction, all become exact.

    Attributes:
        transition: P[s, a, s'], or P[h, s, a, s'] (h from 0; the table of step H−1 is never used).
        reward: r[h, s, a] in [0, 1]; its length is the horizon H.
        initial: initial[s], the law of the first state.

    Raises:
        ShapeError: lengths that do not agree.
        ProbabilityError: a row of the transition table or the initial law does not sum to one.
        DomainError: a reward outside [0, 1], or a number that is not finite.

    >>> mdp = TabularMDP(transition=[[[1.0, 0.0]], [[0.5, 0.5]]], reward=np.ones((4, 2, 1)), initial=[0.5, 0.5])
    >>> mdp.horizon, mdp.n_states, mdp.n_actions, mdp.stationary
    (4, 2, 1, True)
    """

    transition: Table
    reward: Table
    initial: Table

    def __post_init__(self) -> None:
        exact = holds_fractions(self.transition, self.reward, self.initial)
        initial = probability_table("initial", self.initial, exact=exact, shape=(-1,))
        transition = probability_table("transition", self.transition, exact=exact)
        if transition.ndim not in (3, 4):
            raise ShapeError(f"transition must be indexed [s, a, s'] or [h, s, a, s'], got {transition.shape}")
        size = (len(initial), transition.shape[-2])
        reward = unit_rewards(self.reward, exact=exact, shape=(-1, *size))
        wanted = (*size, size[0]) if transition.ndim == 3 else (len(reward), *size, size[0])
        require_shape("transition", transition, wanted)
        object.__setattr__(self, "transition", transition)
        object.__setattr__(self, "reward", reward)
        object.__setattr__(self, "initial", initial)

    @property
    def stationary(self) -> bool:
        return self.transition.ndim == 3

    def kernel(self, h: int) -> Table:
        return self.transition if self.stationary else self.transition[h]

    def backup(self, h: int, values: Table) -> Table:
        size = (self.n_states, self.n_actions)
        product = values @ self.kernel(h).reshape(-1, self.n_states).T
        return product.reshape(*values.shape[:-1], *size)

    def push(self, h: int, flow: Table) -> Table:
        return np.asarray(flow.reshape(-1) @ self.kernel(h).reshape(-1, self.n_states))

    def closed_loop(self, policies: Sequence[Table]) -> tuple[Table, ...]:
        """Return (P_π[i, s, s'],) for a stationary model and tables π_i[s, a] (one matrix product per state)."""
        stacked = np.stack(policies, axis=1)
        result = np.empty((len(policies), self.n_states, self.n_states), dtype=stacked.dtype)
        np.matmul(stacked, self.kernel(0), out=result.transpose(1, 0, 2))
        return (result,)

    def first_steps(self, horizon: int) -> "TabularMDP":
        """Return the process cut after so many steps."""
        kernel = self.transition if self.stationary else self.transition[:horizon]
        return replace(self, transition=kernel, reward=self.reward[:horizon])

    def to_float(self) -> "TabularMDP":
        """Return the process in float64."""
        return TabularMDP(to_float(self.transition), to_float(self.reward), to_float(self.initial))
