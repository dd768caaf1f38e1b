"""Optimal and nearly optimal policies of finite models, by backward induction."""

from __future__ import annotations

import numpy as np

from simulators.errors import positive_number
from simulators.exact.dp import Model
from simulators.policies.tabular import TabularPolicy
from simulators.tables import Table


def optimal_policy(model: Model, *, temperature: float | None = None, stationary: bool = False) -> TabularPolicy:
    """Return the policy that plays an action of largest value in every state and step, the first one on ties.

    Args:
        model: finite dynamics and rewards; float64 or Fraction.
        temperature: if given, π(a|s) ∝ exp(Q(s, a) / temperature) instead, Q the value of a and of optimal actions
            after it; in float64.
        stationary: play at every step what is best at the first, with all H steps to go.

    Raises:
        DomainError: a temperature that is not positive.

    >>> from simulators.systems.tabular import TabularMDP
    >>> transition = [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]
    >>> mdp = TabularMDP(transition, [[[0.0, 0.0], [1.0, 0.5]]] * 2, [1.0, 0.0])
    >>> optimal_policy(mdp).probabilities[0].tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if temperature is not None:
        positive_number("temperature", temperature)
    horizon, tables = model.horizon, []
    values = model.reward[0].max(axis=1) * 0
    for h in reversed(range(horizon)):
        worth = model.reward[h] + (model.backup(h, values) if h + 1 < horizon else 0)
        values = worth.max(axis=1)
        tables.append(_greedy(worth) if temperature is None else _soft(worth, temperature))
    tables.reverse()
    return TabularPolicy(tables[0] if stationary else np.array(tables))


def _greedy(worth: Table) -> Table:
    best = worth.argmax(axis=1)
    return TabularPolicy.of_actions(best, worth.shape[1], exact=worth.dtype == object).probabilities


def _soft(worth: Table, temperature: float) -> Table:
    logits = np.asarray(worth, dtype=np.float64) / temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
