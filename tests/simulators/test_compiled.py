"""The compiled loop gives the numbers of the arrays, to the last bit, and leaves the generator where they leave it."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.joints import joints
from simulators.policies.base import Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import LinearFeedback
from simulators.quantizers.scalar import ScalarQuantizer, openvla, uniform
from simulators.rewards import ReachReward
from simulators.rollouts import Compared, compared, paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, Law, NoNoise, UniformNoise

pytest.importorskip("numba", reason="compiled loops need quantbc[fast]")

from simulators import compiled
from simulators.compiled import cell, compiled_pairs

REWARD = ReachReward([0.3, -0.2], 1.0, 0.5)
UNEVEN = ScalarQuantizer(
    "uneven", [-0.7, -0.1, 0.0, 0.65], [-0.9, -0.2, 0.0, 0.3, 0.8], low=-1.0, high=1.0, closed="left"
)
ONE = ScalarQuantizer("sign", [0.0], [-0.5, 0.5], low=-1.0, high=1.0)
FEEDBACK = LinearFeedback([0.3, -0.2], [0.3, -0.2], 0.4, -0.8, 0.8)
OTHER = LinearFeedback([0.3, -0.2], [0.3, -0.2], 0.45)
NOISY = ClippedGaussian(OTHER, [0.2, 0.6], -1.0, 1.0)


def system(noise: Law) -> LinearSystem:
    return LinearSystem(np.diag([0.5, 1.02]), np.diag([0.5, -0.3]), noise=noise, initial=GaussianInitial(0.5))


def both(
    noise: Law, expert: Policy, learner: Policy, quantizer: ScalarQuantizer
) -> tuple[list[Compared], list[Compared], bool]:
    one, other = np.random.default_rng(7), np.random.default_rng(7)
    plant, size = system(noise), {"horizon": 37, "episodes": 50, "block": 20}
    model = joints(plant, REWARD, expert, learner, quantizer, norm="linf")
    assert model is not None
    ours = list(compiled_pairs(model, **size, rng=one))
    theirs = list(compared(paired(plant, expert, learner, quantizer, **size, rng=other), REWARD, "linf"))
    return ours, theirs, one.bit_generator.state == other.bit_generator.state


@pytest.mark.parametrize(
    "noise", [NoNoise(), UniformNoise([0.1, 0.02]), GaussianNoise(0.05)], ids=lambda n: type(n).__name__
)
@pytest.mark.parametrize("quantizer", [uniform(8), openvla(16), UNEVEN, ONE], ids=lambda q: q.name)
@pytest.mark.parametrize(("expert", "learner"), [(FEEDBACK, OTHER), (NOISY, NOISY), (FEEDBACK, NOISY)])
def test_gaps_rewards_and_draws_are_those_of_the_arrays(
    noise: Law, quantizer: ScalarQuantizer, expert: Policy, learner: Policy
) -> None:
    ours, theirs, same_state = both(noise, expert, learner, quantizer)
    assert same_state
    for mine in ours:
        steps = [s for s in theirs if s.block == mine.block and mine.h <= s.h < mine.h + len(mine.gaps)]
        np.testing.assert_array_equal(mine.gaps, np.concatenate([s.gaps for s in steps]))
        np.testing.assert_array_equal(mine.earned, sum(s.earned for s in steps))
    assert sum(len(mine.gaps) for mine in ours) == len(theirs)


def test_the_comparison_sees_a_threshold_that_is_one_ulp_off() -> None:
    """The mutant that takes cells closed on the left for cells closed on the right."""
    cuts = np.array([-0.5, 0.0, 0.5])
    below = np.nextafter(cuts, -np.inf)
    values = [-0.5, 0.0, 0.5]
    assert [cell(below, -0.5, 2.0, u) for u in values] == np.searchsorted(cuts, values, side="right").tolist()
    assert [cell(cuts, -0.5, 2.0, u) for u in values] == np.searchsorted(cuts, values, side="left").tolist()


def test_states_that_leave_the_finite_numbers_are_refused() -> None:
    wild, feedback = LinearSystem([[1e200]], [[1.0]]), LinearFeedback(0.0, 0.0, 0.4)
    model = joints(wild, ReachReward(0.0, 1.0, 1.0), feedback, feedback, uniform(4), norm="linf")
    assert model is not None
    with pytest.raises(DomainError, match="states must stay finite"):
        list(compiled_pairs(model, horizon=5, episodes=3, rng=np.random.default_rng(0), block=3))


def test_without_a_place_for_what_is_compiled_it_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed read-only, for a user without a home."""
    from numba.core import caching

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert compiled._fast(lambda x: x + 1)(2) == 3
