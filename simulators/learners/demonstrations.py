"""Expert demonstrations on finite systems: states, labels and (if the system has a noise table) noises."""

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import FloatArray, IntArray, ShapeError, positive_int
from simulators.exact.dp import Model
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.quantizers.finite import ChunkLabels
from simulators.systems.finite import FiniteSystem
from simulators.systems.sparse import SparseMDP
from simulators.tables import to_float


def demonstrate(
    model: Model,
    expert: TabularPolicy,
    quantizer: LabelMap | ChunkLabels,
    *,
    episodes: int,
    rng: np.random.Generator,
) -> Demonstrations:
    """Draw episodes in which the expert executes raw actions and the learner sees their labels.

    Args:
        model: a finite system, or a tabular or linear MDP.
        expert: π*, on raw actions.
        quantizer: the label map; or of chunks, which the horizon holds a whole number of.
        episodes: number of independent episodes.
        rng: source of randomness.

    Raises:
        ShapeError: the expert or the quantizer does not fit the model.
        DomainError: episodes < 1.

    >>> from simulators.systems.tabular import TabularMDP
    >>> mdp = TabularMDP([[[0.0, 1.0]], [[0.0, 1.0]]], np.ones((3, 2, 1)), [1.0, 0.0])
    >>> data = demonstrate(mdp, TabularPolicy([[1.0], [1.0]]), LabelMap([0], [0]), episodes=2,
    ...                    rng=np.random.default_rng(0))
    >>> data.states.tolist()
    [[0, 0], [1, 1], [1, 1]]
    """
    expert.require_fit(model.horizon, model.n_states, model.n_actions)
    if quantizer.n_actions != model.n_actions:
        raise ShapeError(f"quantizer must act on {model.n_actions} actions, got {quantizer.n_actions}")
    shape = (model.horizon, positive_int("episodes", episodes))
    states, raw, noises = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    here = _draw(np.broadcast_to(to_float(model.initial), (episodes, model.n_states)), rng)
    for h in range(model.horizon):
        actions = _draw(to_float(expert.at(h))[here], rng)
        states[h], raw[h] = here, actions
        if isinstance(model, FiniteSystem):
            noises[h] = _draw(np.broadcast_to(to_float(model.noise), (episodes, len(model.noise))), rng)
            here = model.step_table(h)[here, actions, noises[h]]
        elif isinstance(model, SparseMDP):
            here = model.draw(h, here, actions, rng)
        else:
            here = _draw(to_float(model.kernel(h))[here, actions], rng)
    chunks = raw.T.reshape(episodes, -1, quantizer.steps)
    labels = quantizer.of_chunks(chunks).reshape(episodes, -1).T
    return Demonstrations(states, labels, noises if isinstance(model, FiniteSystem) else None)


def _draw(rows: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one index from each row of probabilities; never one of probability zero."""
    cumulative = rows.cumsum(axis=1)
    points = rng.random((len(rows), 1)) * cumulative[:, -1:]
    drawn: IntArray = (cumulative <= points).sum(axis=1)
    return drawn
