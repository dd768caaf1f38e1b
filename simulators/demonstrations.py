"""Expert demonstrations as the learner sees them: states, labels and, where a system has a noise table, noises."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.errors import IntArray, ShapeError


@dataclass(frozen=True, eq=False)
class Demonstrations:
    """What the learner sees of n episodes: step h from 0, episode i last.

    Attributes:
        states: states[h, j, i], coordinate j; or states[h, i], indices of a finite system's states.
        labels: labels[h, j, i], the quantizer's tokens of the raw actions; or labels[h, i], indices of the codes.
        noises: noises[h, i], indices into a finite system's noise table; None where there is none.

    Raises:
        ShapeError: arrays that do not agree in h and i, or are empty.

    >>> Demonstrations([[0, 1]], [[1, 1]], [[0, 0]]).episodes
    2
    """

    states: npt.NDArray[Any]
    labels: IntArray
    noises: IntArray | None = None

    def __post_init__(self) -> None:
        states, labels = np.array(self.states), np.array(self.labels, dtype=np.int64)
        states = states.astype(np.int64 if states.dtype.kind in "iu" and states.ndim == 2 else np.float64)
        if not states.ndim == labels.ndim in (2, 3) or _steps(states) != _steps(labels) or not states.size:
            raise ShapeError(
                "states and labels must be indexed [h, i] or [h, j, i], agree in h and i and not be empty, "
                f"got shapes {states.shape} and {labels.shape}"
            )
        arrays = [("states", states), ("labels", labels)]
        if self.noises is not None:
            noises = np.array(self.noises, dtype=np.int64)
            if noises.shape != _steps(states):
                raise ShapeError(f"noises must be indexed [h, i] like states, got {noises.shape} and {states.shape}")
            arrays.append(("noises", noises))
        for name, value in arrays:
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    @property
    def horizon(self) -> int:
        """Number of steps H."""
        return len(self.states)

    @property
    def episodes(self) -> int:
        """Number of episodes n."""
        return int(self.states.shape[-1])


def _steps(array: npt.NDArray[Any]) -> tuple[int, int]:
    return array.shape[0], array.shape[-1]
