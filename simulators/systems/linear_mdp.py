"""Linear Markov decision processes: P_h(s'|s, a) = ⟨φ(s, a), μ_h(s')⟩ and r_h(s, a) = ⟨φ(s, a), θ_h⟩.

Everything is evaluated in feature space, in O(S·K·d) a step; the S×K×S table exists only if `kernel` is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simulators.errors import PROBABILITY_SLACK, ProbabilityError, ShapeError
from simulators.systems.finite import unit_rewards
from simulators.tables import Sized, Table, holds_fractions, is_exact, probability_table, require_shape, table, to_float

BLOCK_ENTRIES = 2**22
"""How many transition probabilities are checked at a time."""


@dataclass(frozen=True, eq=False)
class LinearMDP(Sized):
    """A linear MDP (Jin, Yang, Wang, Jordan 2020); if any table holds a Fraction, all become exact.

    Attributes:
        phi: features φ[s, a, i].
        mu: μ[i, s'], or μ[h, i, s'] (h from 0; that of step H−1 is never used).
        theta: θ[h, i]; its length is the horizon H.
        initial: initial[s], the law of the first state.
        reward: reward[h, s, a] = ⟨φ, θ⟩.

    Raises:
        ShapeError: lengths that do not agree.
        ProbabilityError: ⟨φ, μ⟩ is negative or does not sum to one somewhere, or initial does not.
        DomainError: a reward ⟨φ, θ⟩ outside [0, 1], or a number that is not finite.

    >>> mdp = LinearMDP(phi=[[[1.0, 0.0], [0.5, 0.5]]] * 2, mu=[[1.0, 0.0], [0.0, 1.0]], theta=[[1.0, 0.0]] * 3,
    ...                 initial=[1.0, 0.0])
    >>> mdp.kernel(0)[0].tolist(), mdp.reward[0, 0].tolist()
    ([[1.0, 0.0], [0.5, 0.5]], [1.0, 0.5])
    """

    phi: Table
    mu: Table
    theta: Table
    initial: Table
    reward: Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        exact = holds_fractions(self.phi, self.mu, self.theta, self.initial)
        initial = probability_table("initial", self.initial, exact=exact, shape=(-1,))
        phi = table("phi", self.phi, exact=exact, shape=(len(initial), -1, -1))
        theta = table("theta", self.theta, exact=exact, shape=(-1, phi.shape[2]))
        mu = table("mu", self.mu, exact=exact)
        wanted = (phi.shape[2], len(initial))
        require_shape("mu", mu, wanted if mu.ndim == 2 else (len(theta), *wanted))
        if not phi.shape[1]:
            raise ShapeError("phi must have at least one action, got none")
        for values, name in ((phi, "phi"), (mu, "mu"), (theta, "theta"), (initial, "initial")):
            object.__setattr__(self, name, values)
        for measures in mu[None] if mu.ndim == 2 else mu:
            _require_probabilities(phi, measures)
        rewards = np.moveaxis(phi @ theta.T, -1, 0)
        object.__setattr__(self, "reward", unit_rewards(rewards, exact=exact, shape=(-1, *phi.shape[:2])))

    @property
    def stationary(self) -> bool:
        return self.mu.ndim == 2

    def measures(self, h: int) -> Table:
        """Return μ[i, s'] of step h (from 0)."""
        return self.mu if self.stationary else self.mu[h]

    def backup(self, h: int, values: Table) -> Table:
        weights = values @ self.measures(h).T
        product = weights @ self.phi.reshape(-1, self.phi.shape[2]).T
        return np.asarray(product.reshape(*values.shape[:-1], *self.phi.shape[:2]))

    def push(self, h: int, flow: Table) -> Table:
        return np.asarray(np.tensordot(flow, self.phi, axes=2) @ self.measures(h))

    def kernel(self, h: int) -> Table:
        return np.asarray(self.phi @ self.measures(h))

    def closed_loop(self, policies: Sequence[Table]) -> tuple[Table, ...]:
        """Return (φ_π[i, s, j], μ[j, s']), whose product is P_π[i, s, s'], for tables π_i[s, a]."""
        stacked = np.stack(policies, axis=1)
        return np.ascontiguousarray((stacked @ self.phi).transpose(1, 0, 2)), self.measures(0)

    def first_steps(self, horizon: int) -> "LinearMDP":
        """Return the process cut after so many steps."""
        return replace(self, mu=self.mu if self.stationary else self.mu[:horizon], theta=self.theta[:horizon])

    def to_float(self) -> "LinearMDP":
        """Return the process in float64."""
        return LinearMDP(to_float(self.phi), to_float(self.mu), to_float(self.theta), to_float(self.initial))


def _require_probabilities(phi: Table, measures: Table) -> None:
    """Check sums in feature space, and signs block by block unless both factors are non-negative."""
    slack = 0 if is_exact(phi) else PROBABILITY_SLACK * max(measures.shape)
    sums = phi @ measures.sum(axis=1)
    worst = sums.flat[int(np.argmax(np.abs(sums - 1)))]
    if abs(worst - 1) > slack:
        raise ProbabilityError(f"phi and mu must give probabilities that sum to 1, got a sum of {worst}")
    if phi.min() >= 0 and measures.min() >= 0:
        return
    rows = phi.reshape(-1, phi.shape[2])
    block = max(1, BLOCK_ENTRIES // measures.shape[1])
    for start in range(0, len(rows), block):
        lowest = (rows[start : start + block] @ measures).min()
        if lowest < -slack:
            raise ProbabilityError(f"phi and mu must give nonnegative probabilities, got {lowest}")
