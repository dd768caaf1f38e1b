"""The experts solve their tasks, and roll-outs repeat themselves."""

import numpy as np
import pytest

pytest.importorskip("gymnasium", reason="control tasks need quantbc[gym]")

from examples.control_tasks import EXPERT_NOISE, TASKS, Rollouts, Task, roll
from simulators.errors import DomainError

MUJOCO = ("inverted_pendulum", "reacher")
ENOUGH = {"pendulum": -400.0, "mountain_car": 85.0, "inverted_pendulum": 199.0, "reacher": -8.0}
"""Mean returns that random actions are far from: about −1200, −20, 6 and −40."""


def made(name: str) -> Task:
    if name in MUJOCO:
        pytest.importorskip("mujoco", reason="this task needs mujoco, in quantbc[gym]")
    return TASKS[name]


def expert_rollouts(task: Task, seeds: range, *, noise: float = EXPERT_NOISE, seed: int = 0) -> Rollouts:
    import gymnasium

    env = gymnasium.make(task.env)
    act = task.expert(env)
    env.close()
    return roll(task, act, seeds, noise=noise, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("name", list(TASKS))
def test_experts_solve_their_tasks(name: str) -> None:
    task = made(name)
    found = expert_rollouts(task, range(8))
    assert found.returns.mean() > ENOUGH[name]
    for x, u in zip(found.observations, found.actions, strict=True):
        assert len(x) == len(u) <= task.horizon
        assert np.isfinite(x).all()
        assert np.isfinite(u).all()


def test_random_actions_do_not_solve_them() -> None:
    task = TASKS["pendulum"]
    rng = np.random.default_rng(0)
    found = roll(task, lambda x: rng.uniform(-2, 2, (len(x), 1)), range(8), noise=0.0, rng=rng)
    assert found.returns.mean() < ENOUGH["pendulum"] - 300


def test_rollouts_repeat_and_share_first_states() -> None:
    task = TASKS["pendulum"]
    first, again = (expert_rollouts(task, range(3)) for _ in range(2))
    np.testing.assert_array_equal(first.returns, again.returns)
    quiet = expert_rollouts(task, range(3), noise=0.0)
    for one, other in zip(first.observations, quiet.observations, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
    assert not np.array_equal(first.returns, quiet.returns)


def test_actions_are_clipped_to_the_action_space() -> None:
    found = roll(TASKS["pendulum"], lambda x: np.full((len(x), 1), 9.0), [0], noise=0.0, rng=np.random.default_rng(0))
    assert found.actions[0].max() == 2.0


def test_no_seeds_is_an_error() -> None:
    with pytest.raises(DomainError, match="number of seeds"):
        roll(TASKS["pendulum"], lambda x: x, [], noise=0.0, rng=np.random.default_rng(0))
