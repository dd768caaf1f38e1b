"""Rewards of a problem file that are not tables: what reaching a target is worth."""

from __future__ import annotations

from dataclasses import dataclass

from quantbc.problem.reading import Table
from simulators.rewards import ReachReward

Vector = tuple[float, ...]


@dataclass(frozen=True)
class TaskSpec:
    """Where to reach, the box of actions, and the reward; the target is a number where states and actions share it."""

    target: Vector | float
    action_low: float
    action_high: float
    state_weight: float
    action_weight: float
    norm: str

    def build(self) -> ReachReward:
        """The simulator's reward."""
        return ReachReward(self.target, self.state_weight, self.action_weight, self.norm)

    @property
    def box(self) -> tuple[float, float]:
        return self.action_low, self.action_high


def read(root: Table, *, states: int, actions: int) -> TaskSpec:
    """The tables [task] and [reward], and the norm.

    Args:
        root: the document.
        states: dimension of the state.
        actions: dimension of the action; where the two differ, the target is one number.

    Raises:
        ProblemError: a key that is missing, unknown or out of range.
    """
    norm = root.text("norm", allowed=("linf", "l2"), default="linf")
    task, reward = root.table("task"), root.table("reward")
    low = task.number("action_low")
    high = task.number("action_high")
    if high <= low:
        raise task.fail("action_high", f"greater than action_low ({low:g})", high)
    one = states != actions
    spec = TaskSpec(
        target=task.number("target", low=low, high=high) if one else _targets(task, states, low, high),
        action_low=low,
        action_high=high,
        state_weight=reward.number("state_weight", low=0),
        action_weight=reward.number("action_weight", low=0),
        norm=norm,
    )
    task.close()
    reward.close()
    return spec


def _targets(task: Table, dimension: int, low: float, high: float) -> Vector:
    return task.numbers("target", length=dimension, low=low, high=high)
