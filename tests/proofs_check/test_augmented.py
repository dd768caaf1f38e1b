"""Theorem 7 on random systems and random data, and what must be refuted."""

import numpy as np
import pytest

from proofs_check.augmented import (
    AugmentedCase,
    Setting,
    augmented_core,
    augmented_coverage,
    augmented_failures,
    random_augmented,
    random_family,
)
from proofs_check.intervals import binomial_interval
from simulators.learners.models import augmented_regret


@pytest.mark.slow
@pytest.mark.parametrize("share_noise", [True, False])
def test_the_inequality_holds_for_any_policy_and_any_model(share_noise):
    rng = np.random.default_rng(77)
    check = augmented_core(random_augmented(rng, share_noise=share_noise) for _ in range(200))
    assert check.cases == 200
    assert check.holds, check.found
    assert not augmented_core([]).holds


def own_noise(rng, *, sees_noise):
    """The expert itself with the observed chain's model, whose roll-out draws its own noise."""
    family = random_family(rng, policies=1, models=1, deterministic=False, share_noise=False)
    parts = family.system, family.expert, family.quantizer, family.policies[-1]
    return AugmentedCase(*parts, model=family.models[-1], sees_noise=sees_noise)


def test_a_distance_that_does_not_see_the_noise_is_refuted():
    """Mutant: the independent-noise counterexample, as a claim about random systems."""
    sighted, blind = (
        [own_noise(np.random.default_rng(seed), sees_noise=sees) for seed in range(20)] for sees in (True, False)
    )
    assert max(case.tv for case in blind) < 1e-9
    assert augmented_core(sighted).holds
    assert not augmented_core(blind).holds


@pytest.mark.parametrize("term", ["imitation", "drift"])
def test_a_term_that_is_left_out_is_refuted(term):
    rng = np.random.default_rng(3)
    assert not augmented_core((random_augmented(rng) for _ in range(60)), without=term).holds


def test_regrets_of_a_family_are_those_of_its_members():
    family = random_family(np.random.default_rng(5), policies=3, models=2, deterministic=False)
    again = augmented_regret(family.system, family.expert, family.policies[0], family.models[1], family.quantizer)
    assert family.regrets[0, 1] == pytest.approx(again)
    assert family.learnt(50_000, np.random.default_rng(0)) == (2, 1)


@pytest.mark.slow
def test_the_probability_of_theorem_7_holds():
    check = augmented_coverage(np.random.default_rng(9))
    assert check.holds, check.found
    assert check.cases == 8 * 240


@pytest.mark.slow
@pytest.mark.parametrize("deterministic", [True, False])
@pytest.mark.parametrize("form", ["sharp", "simple"])
def test_a_bound_twenty_times_smaller_fails_too_often(deterministic, form):
    setting = Setting(10, 16, 8, 1e-3, deterministic)
    count = augmented_failures(setting, form, np.random.default_rng(4), factor=0.05, trials=400, systems=20)
    assert binomial_interval(count, 400)[0] > 1e-3


def test_a_roll_out_on_its_own_noise_fails_too_often():
    rng = np.random.default_rng(4)
    setting, effort = Setting(50, 1, 1, 0.05, False), {"trials": 200, "systems": 40}
    count = augmented_failures(setting, "sharp", rng, share_noise=False, **effort)
    assert binomial_interval(count, 200)[0] > 0.05
    assert augmented_failures(setting, "sharp", rng, **effort) == 0
