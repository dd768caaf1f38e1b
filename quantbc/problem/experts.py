"""Experts of a problem file, each with the class that the learner chooses from."""

from __future__ import annotations

from dataclasses import dataclass

from quantbc.problem.learners import GainClass, MatrixClass, read_gains, read_matrices
from quantbc.problem.reading import Table
from quantbc.problem.rewards import TaskSpec
from simulators.learners.finite_class import FiniteClass


@dataclass(frozen=True)
class FeedbackExpert:
    """A member of a class of feedback policies u = target + K (target - x), clipped to the action box.

    Attributes:
        name: name in tables.
        truth: which member.
        candidates: the class.
        std: of Gaussian noise before clipping; None for a deterministic expert.
    """

    name: str
    truth: int
    candidates: GainClass | MatrixClass
    std: float | None = None

    def build(self, task: TaskSpec) -> FiniteClass:
        """The simulator's class."""
        return self.candidates.build(task, self.std)


def read_feedback(table: Table, *, states: int, actions: int) -> FeedbackExpert:
    """One of the [[experts]] of a linear system: of one gain for all joints, or ``type = "linear"`` with a matrix K.

    Raises:
        ProblemError: a key that is missing, unknown or out of range, or an expert outside its class.
    """
    name = table.text("name")
    kind = table.text("type", allowed=("reach", "linear", "gaussian"), default="reach")
    noisy = kind == "gaussian" or table.has("std")
    std = table.number("std", low=0, inside=True) if noisy else None
    candidates: GainClass | MatrixClass
    if table.has("K"):
        K = table.matrix("K", shape=(actions, states))
        candidates = read_matrices(table, K)
        truth = candidates.matrices.index(K)
    else:
        if states != actions:
            raise table.fail("K", f"a matrix of shape {actions} x {states}, one row per action", None)
        candidates, gain = read_gains(table, table.number("gain"))
        truth = candidates.gains.index(gain)
    table.close()
    return FeedbackExpert(name, truth, candidates, std)
