"""Environments: the same pipeline, and everything said to be an estimate."""

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", reason="the extra `gym` is not installed: pip install quantbc[gym]")

from simulators.errors import DomainError, RealizabilityError  # noqa: E402
from simulators.experiments.base import Budget  # noqa: E402
from simulators.experiments.sampled import SampledExperiment  # noqa: E402
from simulators.learners.finite_class import FiniteClass, matrix_class  # noqa: E402
from simulators.policies.mixture import Mixture  # noqa: E402
from simulators.quantizers.scalar import uniform  # noqa: E402
from simulators.rewards import ReachReward  # noqa: E402
from simulators.systems.gym import SampledSystem, SystemEnv  # noqa: E402
from simulators.systems.linear import LinearSystem  # noqa: E402
from simulators.systems.noise import UniformNoise  # noqa: E402
from tests.leaving import Leaving, Whole  # noqa: E402

LINEAR = LinearSystem([[0.6, 0.1], [0.0, 0.5]], [[0.4], [0.3]], UniformNoise(0.05))
REWARD = ReachReward(0.0, 0.3, 0.1)


def members(std: float | None = None) -> FiniteClass:
    gains = [[[0.2, 0.1]], [[0.4, 0.3]], [[0.6, 0.1]]]
    return matrix_class(gains, target_action=0.0, target_state=0.0, low=-1.0, high=1.0, std=std)


def study(std: float | None = None, **change) -> SampledExperiment:
    def env() -> SystemEnv:
        return SystemEnv(LINEAR, REWARD, horizon=8, low=-1.0, high=1.0)

    parts = {"candidates": members(std), "truth": 1, "quantizer": uniform(16), "reward_range": (0.0, 1.0), "probes": 40}
    return SampledExperiment(SampledSystem(env), **(parts | change))


@pytest.mark.parametrize("std", [None, 0.3])
def test_every_fact_is_an_estimate_and_estimates_are_near_what_they_estimate(std: float | None) -> None:
    which = study(std)
    assert set(which.facts().values()) == {"estimated"}
    assert ("tvc" in which.facts()) == (std is not None)
    symbols = which.symbols(8)
    exact = [np.abs(np.linalg.matrix_power(LINEAR.A, j) @ LINEAR.B).sum(axis=1).max() for j in range(7)]
    if std is not None:  # a deterministic expert's actions say nothing apart from its states
        np.testing.assert_allclose(symbols["gains"], exact, atol=0.05)
    assert symbols["eps_q"] == pytest.approx(1 / 16)
    assert symbols["average_error"].max() <= symbols["eps_q"] + 1e-12
    assert 0 < symbols["L_x"] <= 0.3 + 1e-12
    assert which.symbols(8)["L_x"] == symbols["L_x"]


def test_the_learner_is_compared_on_the_same_seeds() -> None:
    fine = study(quantizer=uniform(4096)).measure(Budget(H=8, n=5, episodes=6), np.random.default_rng(0))
    assert fine.learnt["chosen"] == 1
    assert abs(fine.regret.mean) < 1e-3  # nothing but rounding to bins is left
    assert not fine.regret.exact
    coarse = study(quantizer=uniform(2)).measure(Budget(H=8, n=5, episodes=6), np.random.default_rng(0))
    assert abs(coarse.regret.mean) > 10 * abs(fine.regret.mean)
    assert coarse.notes["certificate"] == "the dynamics are not known"


def test_rewards_are_in_units_of_their_range() -> None:
    one = study(quantizer=uniform(2)).measure(Budget(H=8, n=2, episodes=3), np.random.default_rng(1))
    half = study(quantizer=uniform(2), reward_range=(-1.0, 1.0)).measure(
        Budget(H=8, n=2, episodes=3), np.random.default_rng(1)
    )
    assert half.regret.mean == pytest.approx(one.regret.mean / 2)


def test_an_environment_by_its_id() -> None:
    experts = matrix_class(
        [[[0.0, 2.0, 0.5]], [[0.0, 1.0, 0.5]]], target_action=0.0, target_state=0.0, low=-2.0, high=2.0
    )
    pendulum = SampledExperiment(
        SampledSystem(lambda: gymnasium.make("Pendulum-v1")), experts, 0, uniform(32, low=-2.0, high=2.0), (-17.0, 0.0)
    )
    measured = pendulum.measure(Budget(H=20, n=2, episodes=2), np.random.default_rng(0))
    assert measured.regret.low <= measured.regret.mean <= measured.regret.high
    assert set(pendulum.symbols(20)) >= {"eps_q", "L_x", "lipschitz"}


def test_a_class_of_unknown_smoothness_claims_none() -> None:
    mixed = FiniteClass((Mixture(members().policies[:2], np.array([0.5, 0.5])), *members().policies))
    facts = study(candidates=mixed).facts()
    assert not {"tvc", "quantized_lipschitz", "deterministic_class"} & set(facts)


def test_bad_parts_are_refused() -> None:
    with pytest.raises(RealizabilityError, match="truth must index"):
        study(truth=3)
    with pytest.raises(DomainError, match=r"reward_range\[1\] must exceed"):
        study(reward_range=(1.0, 0.0))
    with pytest.raises(DomainError, match="quantizer 'leaving' must execute codes only"):
        study(quantizer=Leaving())
    with pytest.raises(DomainError, match=r"must act dimension by dimension for Gaussian policies, .* got 'whole'"):
        study(0.3, quantizer=Whole())
    with pytest.raises(DomainError, match="probes must be an integer >= 1, got 0"):
        study(probes=0)
    with pytest.raises(DomainError, match="episodes must last 9 steps"):
        study().measure(Budget(H=9, n=1), np.random.default_rng(0))
