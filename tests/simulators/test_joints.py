"""Joints that move on their own are recognised, and everything else is left to arrays."""

import numpy as np
import pytest

from simulators.joints import joints
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.quantizers.learned import kmeans
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.scalar import uniform
from simulators.rewards import ImitationReward, ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformNoise

OWN = LinearSystem(np.diag([0.5, 0.4]), np.diag([0.5, 0.6]), noise=UniformNoise(0.1))
FEEDBACK = LinearFeedback(0.0, 0.0, 0.5, -1.0, 1.0)
REWARD = ReachReward(0.0, 1.0, 1.0)


def test_a_gaussian_expert_keeps_both_of_its_clips() -> None:
    found = joints(OWN, REWARD, ClippedGaussian(FEEDBACK, 0.1, -0.5, 0.5), FEEDBACK, uniform(4), norm="linf")
    assert found is not None
    assert (found.expert.inner, found.expert.outer) == ((-1.0, 1.0), (-0.5, 0.5))
    assert found.expert.std.tolist() == [0.1, 0.1]
    assert found.learner.std.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("system", LinearSystem([[0.5, 0.1], [0.0, 0.4]], np.eye(2))),
        ("system", LinearSystem(np.eye(2), [[1.0, 0.0], [0.1, 1.0]])),
        ("reward", ReachReward(0.0, 1.0, 1.0, "l2")),
        ("reward", ImitationReward(FEEDBACK, 1.0)),
        ("expert", Linear(np.eye(2))),
        ("learner", Linear(np.eye(2))),
        ("quantizer", octo_normal(8)),  # values beyond its range get the lowest token
        ("quantizer", kmeans(np.eye(2), 2, rng=np.random.default_rng(0))),
    ],
)
def test_anything_else_is_none(changed: str, value: object) -> None:
    parts = {"system": OWN, "reward": REWARD, "expert": FEEDBACK, "learner": FEEDBACK, "quantizer": uniform(4)}
    assert joints(**parts, norm="linf") is not None
    assert joints(**(parts | {changed: value}), norm="linf") is None
    assert joints(**parts, norm="l2") is None
