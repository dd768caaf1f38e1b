"""Cloning measured beside its bound: constants are computed, bounds hold, and broken bounds would be seen."""

from dataclasses import replace

import numpy as np
import pytest

import bounds
from bounds.gains import LinearSystemGain
from proofs_check import cloning
from proofs_check.cloning import Experiment, measure
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, RealizabilityError
from simulators.learners.finite_class import gain_class
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem

SYSTEM = LinearSystem(np.diag([0.5, 0.6]), np.diag([0.5, 0.4]))
TARGET = (0.3, -0.2)


def experiment(std: float | None = None, bins: int = 16, norm: str = "linf") -> Experiment:
    candidates = gain_class([0.1, 0.2, 0.3], target_action=TARGET, target_state=TARGET, low=-1.0, high=1.0, std=std)
    return Experiment(SYSTEM, ReachReward(TARGET, 1.0, 0.5, norm), candidates, 1, uniform(bins), norm)


def cell(which: Experiment, H: int = 8, n: int = 50, seed: int = 0) -> cloning.Measurement:
    rng = np.random.default_rng(seed)
    return measure(which, horizon=H, demonstrations=n, delta=0.05, episodes=2000, confidence=0.99, rng=rng)


@pytest.mark.parametrize(("std", "key"), [(None, "binning_lipschitz"), (0.3, "theorem_2")])
def test_each_kind_of_expert_has_its_theorem(std: float | None, key: str) -> None:
    assert experiment(std).theorem.key == key


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_the_gain_envelope_dominates_the_exact_gains(norm: str) -> None:
    constants = experiment(norm=norm).constants(12)
    exact = [
        np.linalg.norm(np.linalg.matrix_power(SYSTEM.A, j) @ SYSTEM.B, np.inf if norm == "linf" else 2)
        for j in range(11)
    ]
    assert np.all(constants["C"] * constants["eta"] ** np.arange(11) >= exact)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_bounds_and_simulators_mean_the_same_gains(norm: str) -> None:
    simulated = gain_sequence(SYSTEM.A, SYSTEM.B, horizon=12, norm=norm)
    np.testing.assert_array_equal(LinearSystemGain(SYSTEM.A, SYSTEM.B, norm).sequence(12).values, simulated)


def test_the_norm_decides_the_quantization_error() -> None:
    assert experiment(norm="linf").constants(3)["eps_q"] == pytest.approx(1 / 16)
    assert experiment(norm="l2").constants(3)["eps_q"] == pytest.approx(np.sqrt(2) / 16)


@pytest.mark.parametrize("std", [None, 0.3])
@pytest.mark.parametrize("H", [1, 8])
def test_measured_regret_stays_below_the_bound(std: float | None, H: int) -> None:
    measured = cell(experiment(std), H)
    assert measured.holds
    assert measured.low <= measured.regret <= measured.high
    assert measured.bound == pytest.approx(sum(measured.terms.values()))


def test_a_bound_without_quantization_terms_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the theorem evaluated as if codes were exact must be refuted by the measurement."""
    honest = bounds.evaluate

    def without_quantization(theorem: bounds.Theorem, form: str | None = None, **values: float) -> bounds.Evaluation:
        return honest(theorem, form, **(values | {"eps_q": 0.0}))

    monkeypatch.setattr(cloning.bounds, "evaluate", without_quantization)
    assert not cell(experiment(bins=4), H=30, n=5000).holds


def test_the_learner_finds_the_expert_with_many_fine_labels() -> None:
    assert cell(experiment(bins=256), n=500).chosen == 1


def test_results_are_reproducible_from_the_generator() -> None:
    assert cell(experiment(0.3), seed=3) == cell(experiment(0.3), seed=3)
    assert cell(experiment(0.3), seed=3) != cell(experiment(0.3), seed=4)


def test_lower_bounds_vanish_where_their_assumption_fails() -> None:
    assert experiment(bins=4).lower_bound(horizon=5, demonstrations=5) is not None
    assert experiment(bins=3).lower_bound(horizon=5, demonstrations=5) is None


def test_bad_experiments_are_refused() -> None:
    good = experiment()
    with pytest.raises(RealizabilityError, match="truth must index a member of the class of 3, got 3"):
        replace(good, truth=3)
    with pytest.raises(DomainError, match="quantizer must cover the actions' range"):
        replace(good, quantizer=uniform(16, low=-0.5, high=0.5))
    with pytest.raises(DomainError, match="norm must be the reward's"):
        replace(good, norm="l2")


@pytest.mark.parametrize("truth", [0, 2])
def test_any_member_of_the_class_can_be_the_expert(truth: int) -> None:
    study = replace(experiment(), truth=truth)
    assert study.expert is study.candidates.policies[truth]
