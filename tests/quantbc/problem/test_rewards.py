"""The task and its reward."""

from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from quantbc.problem.rewards import read


def document(**task: Any) -> Table:
    given = {"target": [0.5, 0.25], "action_low": -1.0, "action_high": 1.0} | task
    return Table({"task": given, "reward": {"state_weight": 1.0, "action_weight": 0.5}})


def test_the_reward_is_one_at_the_target() -> None:
    reward = read(document(), states=2, actions=2).build()
    target = np.array([[0.5], [0.25]])
    assert reward(target, target).item() == 1.0
    assert reward.lipschitz == (1.0, 0.5)


def test_where_dimensions_differ_the_target_is_one_number() -> None:
    reward = read(document(target=0.5), states=3, actions=1).build()
    assert reward(np.full((3, 1), 0.5), np.full((1, 1), 0.5)).item() == 1.0
    with pytest.raises(ProblemError, match=r"task\.target must be a finite number in \[-1, 1\], got \[0\.5, 0\.25\]"):
        read(document(), states=3, actions=1)


def test_the_box_is_not_empty() -> None:
    with pytest.raises(ProblemError, match=r"task\.action_high must be greater than action_low"):
        read(document(action_high=-1.0), states=2, actions=2)
