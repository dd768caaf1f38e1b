"""Every upper bound on random systems, by the catalog's own expression; a bound without one of its terms is broken."""

from functools import cache

import numpy as np
import pytest

from bounds import Sense, catalog
from proofs_check.random_cases import build, mutate, random_genome
from proofs_check.ratios import Ratios, climb, ratios

SEARCHED = {
    "theorem_2", "theorem_3", "theorem_3_deterministic_class", "binning_lipschitz", "small_gain", "smooth_kernel",
    "average_error", "average_error_stochastic", "ross_bagnell", "foster_log_loss",
}  # fmt: skip
ELSEWHERE = {"theorem_7", "theorem_7_deterministic"}


@cache
def search(seed, systems, steps, **options):
    return climb(random_genome, mutate, build, np.random.default_rng(seed), systems=systems, steps=steps, **options)


def test_every_upper_bound_on_regret_is_searched():
    bounds = {key for key, theorem in catalog.items() if theorem.sense is Sense.UPPER and theorem.ceiling == "H"}
    assert bounds == SEARCHED | ELSEWHERE


def test_no_ratio_exceeds_one_and_some_are_close_to_it():
    found = search(2603, 40, 40)
    assert set(found.largest) == SEARCHED
    assert max(found.largest.values()) <= 1
    assert max(found.largest.values()) > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_no_ratio_exceeds_one_in_a_long_search(seed):
    found = search(seed, 1000, 500)
    assert set(found.largest) == SEARCHED
    assert min(found.cases.values()) >= 400  # five seeds: 2 000 systems a statement
    assert max(found.largest.values()) <= 1, found.largest


@pytest.mark.parametrize("term", ["imitation", "decoupling", "drift"])
def test_a_bound_without_one_of_its_terms_is_broken(term):
    found = search(1, 25, 15, without=term)
    assert max(found.largest.values()) > 1


def test_climbing_raises_the_ratios():
    start, end = search(2603, 40, 0), search(2603, 40, 40)
    assert all(end.largest[key] >= start.largest[key] for key in start.largest)
    assert sum(end.largest.values()) > sum(start.largest.values()) + 0.1


def test_the_worst_case_is_kept():
    found = search(2603, 40, 40)
    for key, ratio in found.largest.items():
        assert ratios(build(found.worst[key]))[key] == ratio


def test_a_violation_fails_the_check():
    found = Ratios()
    assert not found.check("name", "theorem_2", "nothing was tried").holds
    found.add({"theorem_2": 0.5}, None)
    assert found.check("name", "theorem_2", "a claim").found == "largest ratio by statement: theorem_2 0.500"
    found.add({"theorem_3": 1.01}, None)
    assert not found.check("name", "theorem_2", "a claim").holds
