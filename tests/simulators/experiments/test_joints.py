"""Joints that move on their own are recognised, and everything else is left to arrays."""

import dataclasses

import numpy as np
import pytest

from simulators.experiments.feedback import affine
from simulators.experiments.joints import joints
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.quantizers.learned import kmeans
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformNoise

OWN = LinearSystem(np.diag([0.5, 0.4]), np.diag([0.5, 0.6]), noise=UniformNoise(0.1))
FEEDBACK = LinearFeedback(0.25, 0.0, 0.5)
PAIR = affine([ClippedGaussian(FEEDBACK, 0.1, -0.5, 0.5)] * 2, OWN)
CROSSED = affine([Linear(np.eye(2)), Linear([[1.0, 0.1], [0.0, 1.0]])], OWN)
REWARD = ReachReward(0.0, 1.0, 1.0)


def test_a_gaussian_expert_keeps_its_clip_and_its_noise() -> None:
    found = joints(OWN, REWARD, PAIR, uniform(4))
    assert found is not None
    assert (found.expert.low, found.expert.high) == (-0.5, 0.5)
    assert found.expert.std.tolist() == [0.1, 0.1]
    assert found.expert.gain.tolist() == [-0.5, -0.5]
    assert found.expert.offset.tolist() == [0.25, 0.25]


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("system", LinearSystem([[0.5, 0.1], [0.0, 0.4]], np.eye(2))),
        ("system", LinearSystem(np.eye(2), [[1.0, 0.0], [0.1, 1.0]])),
        ("reward", dataclasses.replace(REWARD, norm="l2")),
        ("pair", CROSSED),
        ("quantizer", octo_normal(8)),  # values beyond its range get the lowest token
        ("quantizer", kmeans(np.eye(2), 2, rng=np.random.default_rng(0))),
    ],
)
def test_anything_else_is_none(changed: str, value: object) -> None:
    parts = {"system": OWN, "reward": REWARD, "pair": PAIR, "quantizer": uniform(4)}
    assert joints(**parts) is not None
    assert joints(**(parts | {changed: value})) is None
