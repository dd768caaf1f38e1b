"""What the learner chooses from: the policy class of an expert."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from quantbc.problem.reading import Table
from quantbc.problem.rewards import TaskSpec
from simulators.experiments.linear_deployments import LEARNERS
from simulators.learners.finite_class import FiniteClass, gain_class, matrix_class

_MEMBER_TOLERANCE = 1e-9

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class GainClass:
    """Feedback by one gain for all joints, one policy for each gain; `learner` says how one is chosen."""

    gains: tuple[float, ...]
    learner: str = field(default=LEARNERS[0], metadata={"later": True})

    def build(self, task: TaskSpec, std: float | None) -> FiniteClass:
        """The simulator's class; Gaussian where std is given."""
        low, high = task.box
        return gain_class(self.gains, target_action=task.target, target_state=task.target, low=low, high=high, std=std)


@dataclass(frozen=True)
class MatrixClass:
    """Feedback u = target + K (target - x), one policy for each matrix K; `learner` says how one is chosen."""

    matrices: tuple[Matrix, ...]
    learner: str = field(default=LEARNERS[0], metadata={"later": True})

    def build(self, task: TaskSpec, std: float | None) -> FiniteClass:
        """The simulator's class; Gaussian where std is given."""
        low, high = task.box
        return matrix_class(
            self.matrices, target_action=task.target, target_state=task.target, low=low, high=high, std=std
        )


def read_gains(expert: Table, gain: float) -> tuple[GainClass, float]:
    """The ``class`` of an expert with one gain, and that gain as the member that it is.

    Raises:
        ProblemError: no such class, or one without the expert.
    """
    grid = expert.table("class")
    learner = grid.text("type", allowed=LEARNERS, default=LEARNERS[0])
    if grid.has("gains"):
        gains = grid.numbers("gains")
    else:
        low, high = grid.number("low"), grid.number("high")
        if high < low:
            raise grid.fail("high", f"at least low ({low:g})", high)
        gains = tuple(float(g) for g in np.linspace(low, high, grid.integer("count", low=1, high=1_000_000)))
    grid.close()
    nearest = min(gains, key=lambda g: abs(g - gain))
    if abs(nearest - gain) > _MEMBER_TOLERANCE:
        raise expert.fail("class", f"a class that contains the expert's gain {gain:g}", f"nearest member {nearest:g}")
    return GainClass(gains, learner), nearest


def read_matrices(expert: Table, K: Matrix) -> MatrixClass:
    """The ``class`` of an expert with a gain matrix.

    Raises:
        ProblemError: no such class, one without the expert, or matrices of another shape.
    """
    listed = expert.table("class")
    learner = listed.text("type", allowed=LEARNERS, default=LEARNERS[0])
    matrices = listed.matrices("matrices")
    listed.close()
    shape = (len(K), len(K[0]))
    for matrix in matrices:
        if (len(matrix), len(matrix[0])) != shape:
            raise listed.fail("matrices", f"matrices of shape {shape[0]} x {shape[1]}, as K is", matrix)
    if K not in matrices:
        raise expert.fail("class", "a class that contains the expert's K", f"{len(matrices)} other matrices")
    return MatrixClass(matrices, learner)
