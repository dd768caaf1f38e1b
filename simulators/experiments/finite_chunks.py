"""Chunks on a finite system: what an expert plays from the first state of each, and constants of chunk maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.errors import FloatArray, IntArray
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.quantizers.finite import ChunkLabels
from simulators.systems.finite import FiniteSystem
from simulators.tables import to_float


@dataclass(frozen=True, eq=False)
class ExpertChunks:
    """All that an expert plays where its actions follow from the first state.

    Attributes:
        starts: starts[j][k], state at the first step of chunk j from the k-th first state.
        raw: raw[j][k, i], its i-th raw action; the last chunk may be cut short.
        weights: weights[k], probability of the k-th first state.
    """

    starts: tuple[IntArray, ...]
    raw: tuple[IntArray, ...]
    weights: FloatArray

    def explained(self, maps: IntArray, quantizer: LabelMap | ChunkLabels) -> bool:
        """Whether some chunk map plays the expert's labels from every state that starts a chunk."""
        codes, right = quantizer.of_chunks(maps), np.ones(len(maps), dtype=np.bool_)
        for start, raw in zip(self.starts, self.raw, strict=True):
            right &= (codes[:, start, : raw.shape[1]] == quantizer.of_chunks(raw)).all(axis=(1, 2))
        return bool(right.any())

    def errors(self, distances: FloatArray, quantizer: ChunkLabels) -> dict[str, Any]:
        """Return eps_q and eps_max, the largest |q(u) − u| on what is played, and average_error by step."""
        gaps = np.concatenate([distances[raw, quantizer.of_chunks(raw)] for raw in self.raw], axis=1)
        return {"eps_q": gaps.max().item(), "eps_max": gaps.max().item(), "average_error": self.weights @ gaps}


def expert_chunks(system: FiniteSystem, expert: TabularPolicy, steps: int) -> ExpertChunks | None:
    """Return the expert's chunks; None where the expert or the dynamics are random.

    >>> line = FiniteSystem(states=[0, 1], actions=[0, 1], noise=[1.0], next_state=[[[0], [1]]] * 2, initial=[1.0, 0.0],
    ...                     reward=np.ones((3, 2, 2)))
    >>> [raw.tolist() for raw in expert_chunks(line, TabularPolicy.of_actions([1, 0], 2), 2).raw]
    [[[1, 0]], [[1]]]
    """
    if not expert.deterministic or np.count_nonzero(system.noise > 0) > 1:
        return None
    w, here = int(np.flatnonzero(system.noise > 0)[0]), np.flatnonzero(system.initial > 0)
    weights, states, actions = to_float(system.initial)[here], [], []
    for h in range(system.horizon):
        states.append(here)
        actions.append(np.argmax(expert.at(h) > 0, axis=1)[here])
        here = system.step_table(h)[here, actions[-1], w]
    raw = tuple(np.stack(actions[h : h + steps], axis=1) for h in range(0, system.horizon, steps))
    return ExpertChunks(tuple(states[::steps]), raw, weights)


def chunk_smoothness(system: FiniteSystem, maps: IntArray, quantizer: LabelMap | ChunkLabels) -> dict[str, float]:
    """Return L: TV between codes of two states is 0 or 1, so it is one over the distance of the nearest that differ."""
    codes = quantizer.of_chunks(maps)
    differ = (codes[:, :, None, :] != codes[:, None, :, :]).any(axis=(0, 3))
    gaps = system.state_distances[differ]
    return {} if gaps.size and gaps.min() == 0 else {"L": float(1 / gaps.min()) if gaps.size else 0.0}
