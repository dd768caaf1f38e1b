"""Total rewards of expert and learner, pair by pair: the plain way, beside which the experiments are held."""

import numpy as np

from simulators.errors import FloatArray
from simulators.policies.base import Policy
from simulators.quantizers.base import Quantizer
from simulators.rollouts import Reward, paired, require_finite, require_reward
from simulators.systems.linear import System


@np.errstate(over="ignore", invalid="ignore")
def paired_returns(
    system: System,
    reward: Reward,
    expert: Policy,
    learner: Policy,
    quantizer: Quantizer,
    *,
    horizon: int,
    episodes: int,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """(expert returns, learner returns), each of shape (episodes,), totals over the horizon."""
    steps = paired(system, expert, learner, quantizer, horizon=horizon, episodes=episodes, rng=rng)
    require_reward(system, reward)
    totals = np.zeros((2, episodes))
    for step in steps:
        totals[0, step.block] += reward(step.x, step.u)
        totals[1, step.block] += reward(step.y, step.v)
    require_finite(totals)
    return totals[0], totals[1]
