"""Chunks and Algorithm 1: codes are read off a model, learnt from what it explains."""

from itertools import islice

import numpy as np
import pytest

from simulators.errors import RealizabilityError
from simulators.learners.finite_class import gain_class
from simulators.planning import ClosedLoop, chunk_mle, explaining, planned, planned_pairs
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.scalar import uniform
from simulators.rollouts import demonstrate, paired
from simulators.systems.linear import LinearSystem

SYSTEM = LinearSystem(np.diag([0.5, 0.6]), np.diag([0.5, 0.4]))
MEMBERS = gain_class([0.1, 0.2, 0.3], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
EXPERT = MEMBERS.policies[1]
LOOP = ClosedLoop(SYSTEM, EXPERT)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_chunks_of_one_step_are_the_policy_that_always_looks() -> None:
    run = {"horizon": 5, "episodes": 6}
    ours = planned_pairs(SYSTEM, EXPERT, EXPERT, LOOP, uniform(4), every=1, rng=rng(), **run)
    for one, other in zip(ours, paired(SYSTEM, EXPERT, EXPERT, uniform(4), rng=rng(), **run), strict=True):
        np.testing.assert_array_equal(one.y, other.y)


def test_a_plan_never_sees_the_real_state_and_a_chunk_sees_it_at_its_start() -> None:
    run = {"horizon": 6, "episodes": 4, "rng": rng()}
    steps = list(planned_pairs(SYSTEM, EXPERT, EXPERT, LOOP, uniform(4), every=6, **run))
    for step in steps:
        np.testing.assert_allclose(step.v, uniform(4).quantize(step.u))  # the model is right, so its path the expert's
    halves = list(planned_pairs(SYSTEM, EXPERT, EXPERT, LOOP, uniform(4), every=3, horizon=6, episodes=4, rng=rng()))
    np.testing.assert_array_equal(halves[3].v, uniform(4).quantize(EXPERT.act(halves[3].y)))
    assert not np.array_equal(halves[3].y, halves[3].x)


def test_a_chunk_quantizer_gets_whole_chunks() -> None:
    q, x = FastDCT(3, gamma=2.0), np.array([[0.9], [-0.5]])
    raw = [EXPERT.act(x), EXPERT.act(LOOP.step(x)), EXPERT.act(LOOP.step(LOOP.step(x)))]
    found = np.array(list(islice(planned(EXPERT, LOOP.step, q, x), 3)))
    np.testing.assert_array_equal(found[..., 0], q.quantize(np.array(raw)[..., 0]))


@pytest.mark.parametrize("quantizer", [uniform(64), FastDCT(4, gamma=100.0)])
def test_members_with_other_chunks_are_dropped(quantizer) -> None:
    fit = chunk_mle(MEMBERS, 1, SYSTEM, quantizer, steps=4, horizon=10, episodes=20, rng=rng())
    assert (fit.index, fit.maximisers) == (1, (1,))
    blind = chunk_mle(MEMBERS, 1, SYSTEM, uniform(1), steps=4, horizon=10, episodes=20, rng=rng())
    assert blind.maximisers == (0, 1, 2)


def test_the_model_behind_the_demonstrations_is_found() -> None:
    data = demonstrate(SYSTEM, EXPERT, uniform(4), horizon=4, episodes=10, rng=rng())
    slow = LinearSystem(np.diag([0.75, 0.8]), np.diag([0.25, 0.2]))
    wrong = (ClosedLoop(slow, EXPERT), ClosedLoop(SYSTEM, MEMBERS.policies[0]))
    assert explaining((*wrong, LOOP), data) == 2
    with pytest.raises(RealizabilityError, match="must contain one that explains every transition"):
        explaining(wrong, data)
