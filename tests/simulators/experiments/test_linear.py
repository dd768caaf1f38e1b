"""Linear experiments: constants are computed, measurements follow the definition, and what cannot be is refused."""

from dataclasses import replace

import numpy as np
import pytest

from simulators.errors import DomainError, RealizabilityError
from simulators.experiments.base import Budget
from simulators.experiments.linear import LinearExperiment
from simulators.learners.finite_class import FiniteClass, gain_class, matrix_class
from simulators.policies.linear import Linear
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import demonstrate, paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise, UniformBox, UniformNoise
from tests.leaving import Leaving
from tests.simulators.returns_of_pairs import paired_returns

TARGET = (0.3, -0.2)
SERVO = LinearSystem(np.diag([0.5, 0.6]), np.diag([0.5, 0.4]), UniformNoise(0.02))


def study(std: float | None = None, bins: int = 16, norm: str = "linf") -> LinearExperiment:
    candidates = gain_class([0.1, 0.2, 0.3], target_action=TARGET, target_state=TARGET, low=-1.0, high=1.0, std=std)
    return LinearExperiment(SERVO, ReachReward(TARGET, 1.0, 0.5, norm), candidates, 1, uniform(bins), norm)


def arm(std: float | None = None) -> LinearExperiment:
    """Two states, one action: A and B of any shape, a class of matrices, Gaussian noise."""
    gains = [[[0.2, 0.4]], [[0.3, 0.5]]]
    candidates = matrix_class(gains, target_action=0.1, target_state=[0.2, 0.0], low=-1.0, high=1.0, std=std)
    system = LinearSystem([[1.0, 0.1], [-0.2, 0.7]], [[0.0], [0.3]], GaussianNoise(0.01))
    return LinearExperiment(system, ReachReward(0.1, 0.5, 0.2), candidates, 0, uniform(32))


@pytest.mark.parametrize("make", [study, arm])
@pytest.mark.parametrize("std", [None, 0.3])
def test_facts_are_certified_and_tell_the_kinds_apart(make, std: float | None) -> None:
    facts = make(std).facts()
    assert set(facts.values()) == {"certified"}
    assert ("quantized_lipschitz" in facts) == ("deterministic_expert" in facts) == (std is None)
    assert ("tvc" in facts) == (std is not None)
    assert "deterministic_dynamics" not in facts
    assert "deterministic_dynamics" in replace(make(std), system=LinearSystem(SERVO.A, SERVO.B)).facts()


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_constants_are_those_of_system_and_class(norm: str) -> None:
    symbols = study(norm=norm).symbols(12)
    order = np.inf if norm == "linf" else 2
    exact = [np.linalg.norm(np.linalg.matrix_power(SERVO.A, j) @ SERVO.B, order) for j in range(11)]
    np.testing.assert_allclose(symbols["gains"], exact, rtol=1e-14)
    assert np.all(symbols["C"] * symbols["eta"] ** np.arange(11) >= exact)
    assert symbols["eps_q"] == pytest.approx((1 if norm == "linf" else np.sqrt(2)) / 16)
    assert symbols["lipschitz"] == 0.3
    assert (symbols["L_x"], symbols["L_u"], np.exp(symbols["log_class_size"])) == (1.0, 0.5, pytest.approx(3))


def test_a_quantizer_that_leaves_its_codebook_is_refused_before_any_work() -> None:
    with pytest.raises(DomainError, match=r"quantizer 'leaving' must execute codes only, got \[-0\.5\]"):
        replace(study(), quantizer=Leaving())


def unstable(low: float = -1.0) -> LinearExperiment:
    """x' = 1.2 x + u: it explodes by itself, and contracts under its experts."""
    system = LinearSystem([[1.2]], [[1.0]], UniformNoise(0.01), UniformBox(-0.3, 0.3))
    members = matrix_class([[[0.8]], [[0.9]]], target_action=0.0, target_state=0.0, low=low, high=1.0)
    return LinearExperiment(system, ReachReward(0.0, 1.0, 0.0), members, 0, uniform(64, low=min(low, -1.0), high=1.0))


def test_loops_have_gains_of_their_own_as_long_as_nothing_is_clipped() -> None:
    symbols = unstable().symbols(20)
    np.testing.assert_allclose(symbols["loop_gains"], 0.4 ** np.arange(19))
    assert symbols["gains"][-1] > 20
    assert {"loop_stable", "linear_loop_gains"} <= set(unstable().facts())
    assert "loop_gains" not in unstable(low=-0.26).symbols(20)  # 0.9 times 0.3 is more
    assert "loop_stable" not in study(0.3).facts()
    gains = [np.linalg.norm(np.linalg.matrix_power(SERVO.A - SERVO.B * 0.1, j) @ SERVO.B, np.inf) for j in range(5)]
    np.testing.assert_allclose(study(bins=256).symbols(6)["loop_gains"], gains)  # of the smallest feedback


def test_a_deployed_path_stays_as_near_as_the_loop_says() -> None:
    which, H = unstable(), 15
    measured = which.measure(Budget(H=H, n=40, episodes=2000), np.random.default_rng(0))
    allowed = 3 * which.eps_q * np.concatenate([[0.0], np.cumsum(which.symbols(H)["loop_gains"])])
    assert np.all(measured.deviation["surely"].values <= allowed)
    assert measured.certificates["certificate"] < 0.5


def test_matrices_make_a_class_with_their_own_norms() -> None:
    assert arm().symbols(3)["lipschitz"] == pytest.approx(0.8)
    assert arm(0.5).symbols(3)["lipschitz"] == pytest.approx(0.8)
    assert arm(0.5).symbols(3)["L"] == pytest.approx(0.8 / (0.5 * np.sqrt(2 * np.pi)))
    x = np.array([[0.7], [-0.4]])
    assert arm().expert.act(x)[0, 0] == pytest.approx(0.1 + 0.2 * (0.2 - 0.7) + 0.4 * (0.0 + 0.4))


@pytest.mark.parametrize("make", [study, arm])
@pytest.mark.parametrize("std", [None, 0.3])
def test_measured_numbers_are_those_of_the_pairs_themselves(make, std: float | None) -> None:
    """Demonstrations first, then pairs, from one generator: recomputed here without the experiment."""
    which, budget = make(std), Budget(H=7, n=4, episodes=300)
    measured = which.measure(budget, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    demonstrate(which.system, which.expert, which.quantizer, horizon=7, episodes=4, rng=rng)
    learner = which.candidates.policies[int(measured.learnt["chosen"])]
    state = rng.bit_generator.state
    run = {"horizon": 7, "episodes": 300, "rng": rng}
    best, ours = paired_returns(which.system, which.reward, which.expert, learner, which.quantizer, **run)
    assert measured.regret.mean == np.mean(best - ours)
    rng.bit_generator.state = state
    steps = list(paired(which.system, which.expert, learner, which.quantizer, **run))
    gaps = np.array([np.abs(step.y - step.x).max(axis=0) for step in steps])
    np.testing.assert_allclose(measured.deviation["mean"].values, gaps.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(measured.deviation["rms"].values, np.sqrt((gaps**2).mean(axis=1)), rtol=1e-12)
    np.testing.assert_array_equal(measured.deviation["surely"].values, gaps.max(axis=1))
    for deviation in measured.deviation.values():
        assert np.all((deviation.low <= deviation.values) & (deviation.values <= deviation.high))
    assert np.isfinite(measured.deviation["surely"].high).all()


def test_roll_outs_stop_at_the_precision_asked_for() -> None:
    which = study(bins=4)
    loose = which.measure(Budget(H=6, n=5, episodes=40_000, precision=0.02), np.random.default_rng(0))
    full = which.measure(Budget(H=6, n=5, episodes=40_000), np.random.default_rng(0))
    assert 0.02 < loose.regret.high - loose.regret.low <= 0.04
    assert loose.regret.low <= full.regret.mean <= loose.regret.high
    assert full.regret.high - full.regret.low < loose.regret.high - loose.regret.low


@pytest.mark.parametrize("std", [None, 0.3])
def test_certificates_stay_above_the_measured_regret_and_know_their_set(std: float | None) -> None:
    which = study(std, bins=64)
    measured = which.measure(Budget(H=8, n=20, episodes=4000), np.random.default_rng(1))
    certificates = measured.certificates
    assert measured.regret.low <= certificates["rollout"] <= certificates["certificate"]
    assert ("surely" in measured.notes["certificate"]) == (std is None)
    assert "roll-outs' interval with 0.99" in measured.notes["rollout"]
    only = replace(which, candidates=FiniteClass((which.expert,)), truth=0)
    alone = only.measure(Budget(H=8, n=20, episodes=4000), np.random.default_rng(1)).certificates
    assert alone["certificate"] <= certificates["certificate"]
    assert (alone["certificate"] < certificates["certificate"]) == (std is not None)


def test_policies_of_different_clips_have_no_certificate() -> None:
    members = [*study().candidates.policies]
    members[0] = replace(members[0], low=-0.9)
    measured = replace(study(), candidates=FiniteClass(tuple(members))).measure(
        Budget(H=3, n=5, episodes=50), np.random.default_rng(0)
    )
    assert measured.certificates == {}
    assert "no linear feedback with one clip" in measured.notes["rollout"]


def test_the_interval_knows_how_far_pairs_can_be_apart() -> None:
    """The range of the differences is proved from gains and bins; H would make the interval many times as wide."""
    measured = study(bins=256).measure(Budget(H=30, n=50, episodes=2000), np.random.default_rng(0))
    assert measured.regret.high - measured.regret.low < 0.02


def test_the_learner_finds_the_expert_with_many_fine_labels() -> None:
    assert study(bins=256).measure(Budget(H=8, n=500, episodes=10), np.random.default_rng(0)).learnt["chosen"] == 1


def test_results_are_reproducible_from_the_generator() -> None:
    one, other, third = (
        study(0.3).measure(Budget(H=3, n=2, episodes=50), np.random.default_rng(seed)).regret for seed in (3, 3, 4)
    )
    assert one == other != third


def test_what_cannot_be_an_experiment_is_refused() -> None:
    good = study()
    with pytest.raises(RealizabilityError, match="truth must index a member of the class of 3, got 3"):
        replace(good, truth=3)
    with pytest.raises(DomainError, match=r"quantizer must cover the actions' range \[-1, 1\]"):
        replace(good, quantizer=uniform(16, low=-0.5, high=0.5))
    with pytest.raises(DomainError, match="norm must be the reward's"):
        replace(good, norm="l2")
    with pytest.raises(DomainError, match=r"cover the actions' range \[-inf, inf\]"):
        replace(good, candidates=FiniteClass((Linear(np.eye(2)), Linear(np.eye(2)))))
    with pytest.raises(DomainError, match="all deterministic or all ClippedGaussian"):
        replace(good, candidates=FiniteClass((*good.candidates.policies, *study(0.3).candidates.policies)))


def test_an_exploding_loop_is_told() -> None:
    wild = LinearSystem([[1e200]], [[1.0]], initial=UniformBox(1.0, 1.0))
    which = LinearExperiment(
        wild,
        ReachReward(0.0, 1.0, 1.0),
        gain_class([0.1], target_action=0, target_state=0, low=-1, high=1),
        0,
        uniform(4),
    )
    with pytest.raises(DomainError, match="states must stay finite"):
        which.measure(Budget(H=5, n=2, episodes=5), np.random.default_rng(0))
