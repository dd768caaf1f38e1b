"""The compiled loop gives the numbers of the arrays, to the last bit, and leaves the generator where they leave it."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.experiments.feedback import affine
from simulators.experiments.joints import Joints, joints
from simulators.policies.base import Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.quantizers.scalar import ScalarQuantizer, openvla, uniform
from simulators.rewards import ReachReward
from simulators.rollouts import compared, paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, Law, NoNoise, UniformNoise

pytest.importorskip("numba", reason="compiled loops need quantbc[fast]")

from simulators.experiments import compiled
from simulators.experiments.compiled import cell, compiled_pairs

REWARD = ReachReward([0.3, -0.2], 1.0, 0.5)
CODES = [-0.9, -0.2, 0.0, 0.3, 0.8]
UNEVEN = ScalarQuantizer("uneven", [-0.7, -0.1, 0.0, 0.65], CODES, low=-1.0, high=1.0, closed="left")
ONE = ScalarQuantizer("sign", [0.0], [-0.5, 0.5], low=-1.0, high=1.0)
CLIPPED = tuple(LinearFeedback([0.3, -0.2], [0.3, -0.2], gain, -0.8, 0.8) for gain in (0.4, 0.45))
UNCLIPPED = tuple(LinearFeedback([0.3, -0.2], [0.3, -0.2], gain) for gain in (0.4, 0.45))
MATRICES = tuple(Linear(np.diag(gains), 0.1) for gains in ([-0.4, 0.2], [-0.45, 0.3]))
NOISY = tuple(ClippedGaussian(mean, [0.2, 0.6], -1.0, 1.0) for mean in UNCLIPPED)


def model_of(plant: LinearSystem, reward: ReachReward, pair: tuple[Policy, ...], quantizer: ScalarQuantizer) -> Joints:
    known = affine(pair, plant)
    assert known is not None
    found = joints(plant, reward, known, quantizer)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "noise", [NoNoise(), UniformNoise([0.1, 0.02]), GaussianNoise(0.05)], ids=["none", "box", "bell"]
)
@pytest.mark.parametrize("quantizer", [uniform(8), openvla(16), UNEVEN, ONE], ids=lambda q: q.name)
@pytest.mark.parametrize(
    "pair", [CLIPPED, UNCLIPPED, MATRICES, NOISY], ids=["clipped", "unclipped", "matrices", "noisy"]
)
def test_gaps_rewards_and_draws_are_those_of_the_arrays(
    noise: Law, quantizer: ScalarQuantizer, pair: tuple[Policy, ...]
) -> None:
    plant = LinearSystem(np.diag([0.5, 1.02]), np.diag([0.5, -0.3]), noise=noise, initial=GaussianInitial(0.5))
    one, other = np.random.default_rng(7), np.random.default_rng(7)
    size = {"horizon": 37, "episodes": 50, "block": 20}
    ours = list(compiled_pairs(model_of(plant, REWARD, pair, quantizer), **size, rng=one))
    theirs = list(compared(paired(plant, *pair, quantizer, **size, rng=other), REWARD, "linf"))
    assert one.bit_generator.state == other.bit_generator.state
    for mine in ours:
        steps = [s for s in theirs if s.block == mine.block and mine.h <= s.h < mine.h + len(mine.gaps)]
        np.testing.assert_array_equal(mine.gaps, np.concatenate([s.gaps for s in steps]))
        np.testing.assert_array_equal(mine.earned, sum(s.earned for s in steps))
    assert sum(len(mine.gaps) for mine in ours) == len(theirs)


@pytest.mark.parametrize("quantizer", [uniform(8), openvla(16), UNEVEN, ONE], ids=lambda q: q.name)
def test_a_value_on_a_threshold_gets_the_code_of_the_arrays(quantizer: ScalarQuantizer) -> None:
    codes = model_of(LinearSystem(np.eye(2), np.eye(2)), REWARD, CLIPPED, quantizer).codes
    found = [codes.table[cell(codes.thresholds, codes.first, codes.density, u)] for u in quantizer.thresholds]
    assert found == quantizer.quantize(quantizer.thresholds).tolist()


def test_the_comparison_sees_a_threshold_that_is_one_ulp_off() -> None:
    """The mutant that takes cells closed on the left for cells closed on the right."""
    cuts = np.array([-0.5, 0.0, 0.5])
    below = np.nextafter(cuts, -np.inf)
    values = [-0.5, 0.0, 0.5]
    assert [cell(below, -0.5, 2.0, u) for u in values] == np.searchsorted(cuts, values, side="right").tolist()
    assert [cell(cuts, -0.5, 2.0, u) for u in values] == np.searchsorted(cuts, values, side="left").tolist()


def test_states_that_leave_the_finite_numbers_are_refused() -> None:
    wild, feedback = LinearSystem([[1e200]], [[1.0]]), LinearFeedback(0.0, 0.0, 0.4)
    model = model_of(wild, ReachReward(0.0, 1.0, 1.0), (feedback, feedback), uniform(4))
    with pytest.raises(DomainError, match="states must stay finite"):
        list(compiled_pairs(model, horizon=5, episodes=3, rng=np.random.default_rng(0), block=3))


def test_without_a_place_for_what_is_compiled_it_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed read-only, for a user without a home."""
    from numba.core import caching

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert compiled._fast(lambda x: x + 1)(2) == 3
