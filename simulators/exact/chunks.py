"""Chunks on finite systems: several codes, chosen at the start of a chunk, executed open loop."""

import numpy as np
import numpy.typing as npt

from simulators.errors import ShapeError
from simulators.exact.dp import Model
from simulators.tables import Number, indices, number, zeros


def chunked_return(model: Model, codes: npt.ArrayLike) -> Number:
    """Return the expected total reward of a deterministic chunk map, exactly.

    Args:
        model: the system, deterministic or not.
        codes: codes[s, i], the i-th action of a chunk that starts in state s; the last chunk may be cut short.

    Raises:
        ShapeError: not one row for each state, or no steps.
        DomainError: an index outside the actions.

    >>> from simulators.systems.tabular import TabularMDP
    >>> walk = TabularMDP([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]], [[[0, 1], [1, 0]]] * 3, [1.0, 0.0])
    >>> chunked_return(walk, [[1, 1], [0, 0]])
    2.0
    """
    chosen = indices("codes", codes, below=model.n_actions)
    if chosen.ndim != 2 or len(chosen) != model.n_states or not chosen.shape[1]:
        raise ShapeError(f"codes must have shape ({model.n_states}, steps), got {chosen.shape}")
    exact = bool(model.initial.dtype == object)
    S, steps = chosen.shape
    value = zeros((S,), exact=exact)
    for start in reversed(range(0, model.horizon, steps)):
        earned = zeros((S,), exact=exact)
        law = zeros((S, S), exact=exact)  # law[s, x]: where a chunk that started in s is now
        law[np.arange(S), np.arange(S)] += 1
        for h in range(start, min(start + steps, model.horizon)):
            actions = chosen[:, h - start]
            earned = earned + (law * model.reward[h][:, actions].T).sum(axis=1)
            if h + 1 < model.horizon:
                law = _moved(model, h, law, actions)
        value = earned + law @ value
    return number(model.initial @ value)


def _moved(model: Model, h: int, law: npt.NDArray, actions: npt.NDArray) -> npt.NDArray:  # type: ignore[type-arg]
    after = zeros(law.shape, exact=law.dtype == object)
    for action in np.unique(actions):
        kernel = model.kernel(h)[:, action]
        mine = actions == action
        after[mine] = law[mine] @ kernel
    return after
