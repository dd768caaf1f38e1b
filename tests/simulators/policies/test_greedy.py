"""Greedy decoding plays the code of the largest probability."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.greedy import Greedy
from simulators.policies.linear import LinearFeedback
from simulators.policies.pushforward import label_log_probability
from simulators.quantizers.base import PerStep
from simulators.quantizers.scalar import ScalarQuantizer, uniform

POLICY = ClippedGaussian(LinearFeedback(0.0, 0.0, 1.0), 0.5, -1.0, 1.0)


def test_no_code_is_likelier() -> None:
    x = np.random.default_rng(0).uniform(-2, 2, (2, 200))
    q = uniform(8)
    played = label_log_probability(POLICY, q, x, q.encode(Greedy(POLICY, q, 2).act(x)))
    for token in range(8):
        other = label_log_probability(POLICY, q, x, np.full((2, 200), token))
        assert np.all(other <= played + 1e-12)
    assert not np.allclose(Greedy(POLICY, q, 2).act(x), q.quantize(POLICY.mean.act(x)))  # clipped mass counts


class Whole(PerStep):
    name = "whole"

    def encode(self, u):
        return np.zeros(np.shape(u)[:-1], int)

    def decode(self, token):
        return np.zeros((*np.shape(token), 1))


def test_quantizers_without_cells_or_with_moving_codes_are_refused() -> None:
    with pytest.raises(DomainError, match="must act entry by entry for greedy deployment, got 'whole'"):
        Greedy(POLICY, Whole(), 1)
    moving = ScalarQuantizer("moving", [0.0], [0.5, 0.75], low=-1.0, high=1.0)
    with pytest.raises(DomainError, match="must keep its own codes for greedy deployment, got 'moving'"):
        Greedy(POLICY, moving, 1)
