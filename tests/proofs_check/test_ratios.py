"""Every upper bound on random systems, by the catalog's own expression; a bound without one of its terms is broken."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bounds import Sense, catalog, evaluate
from proofs_check import empirical
from proofs_check.cases import Case
from proofs_check.random_cases import build, mutate, random_genome
from proofs_check.random_loops import build_loop, mutate_loop, random_loop
from proofs_check.ratios import Ratios, climb, ratios
from proofs_check.tightness import spelled
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem

LOOPS = {"closed_loop", "closed_loop_deterministic", "validated_closed_loop"}
ELSEWHERE = {"theorem_7", "theorem_7_deterministic"}
NOT_SEARCHED = {
    "theorem_1": "two pairs of policies: `benchmarks.searches`",
    "chunked": "chunk maps are no policies of single steps: `benchmarks.searches`",
    "chunked_lipschitz": "chunk maps are no policies of single steps: `benchmarks.searches`",
    "wasserstein_rms": "noise with a density is not finite: `benchmarks.searches`",
}
REGRET = {key for key, theorem in catalog.items() if theorem.sense is Sense.UPPER and theorem.ceiling == "H"}
SEARCHED = REGRET - LOOPS - ELSEWHERE - set(NOT_SEARCHED)


@cache
def search(seed, systems, steps, **options):
    rng = np.random.default_rng(seed)
    return climb(random_genome, mutate, lambda g: ratios(build(g), **options), rng, systems=systems, steps=steps)


@cache
def search_loops(seed, systems, steps, **options):
    rng = np.random.default_rng(seed)
    return climb(
        random_loop, mutate_loop, lambda g: ratios(build_loop(g), **options), rng, systems=systems, steps=steps
    )


def test_every_upper_bound_on_regret_is_searched():
    assert set(empirical._CLIMBED) == SEARCHED
    assert LOOPS | ELSEWHERE | set(NOT_SEARCHED) <= REGRET


def test_no_ratio_exceeds_one_and_some_are_close_to_it():
    found = search(2603, 40, 40)
    assert set(found.largest) <= SEARCHED
    assert len(found.largest) > 12
    assert max(found.largest.values()) <= 1
    assert max(found.largest.values()) > 0.99


def test_no_ratio_exceeds_one_on_loops():
    found = search_loops(2603, 15, 15)
    assert set(found.largest) >= LOOPS
    assert max(found.largest.values()) <= 1


@pytest.mark.slow
def test_no_ratio_exceeds_one_in_a_long_search():
    """A part of what `benchmarks.searches` does in minutes, with its numbers in docs/searches.md."""
    found = search(0, 200, 200)
    assert set(found.largest) <= SEARCHED
    assert max(found.largest.values()) <= 1, found.largest


@pytest.mark.slow
def test_no_ratio_exceeds_one_in_a_long_search_of_loops():
    found = search_loops(0, 100, 60)
    assert set(found.largest) >= LOOPS
    assert max(found.largest.values()) <= 1, found.largest


def test_a_bound_on_loops_without_its_drift_is_broken():
    found = search_loops(1, 20, 0, without="drift")
    assert max(found.largest.get(key, 0.0) for key in LOOPS) > 1


@pytest.mark.parametrize("term", ["imitation", "decoupling", "drift"])
def test_a_bound_without_one_of_its_terms_is_broken(term):
    found = search(1, 25, 15, without=term)
    assert max(found.largest.values()) > 1


def test_climbing_raises_the_ratios():
    start, end = search(5, 10, 0), search(5, 10, 80)
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


def cut(policy, steps):
    """A policy's first steps."""
    table = policy.probabilities
    return TabularPolicy(table[:steps]) if table.ndim == 3 else policy


def prefix(case, steps):
    """The same problem, ended after some steps."""
    system = replace(case.system, reward=case.system.reward[:steps])
    return replace(case, system=system, expert=cut(case.expert, steps), learner=cut(case.learner, steps))


@pytest.mark.parametrize("seed", range(40))
def test_upper_bounds_hold_for_regret_of_either_sign(seed):
    """1 - r is as good a reward as r: regret changes its sign, and no bound notices."""
    case = build(random_genome(np.random.default_rng(seed)))
    other = replace(case, system=replace(case.system, reward=1 - case.system.reward))
    assert float(other.regret) == pytest.approx(-float(case.regret), abs=1e-12)
    assert max(ratios(other).values()) <= 1
    assert max(ratios(case).values()) <= 1


@pytest.mark.parametrize("seed", range(40))
def test_where_hazards_are_numbers_the_variations_of_the_prefixes_do_for_the_horizon_times_the_whole(seed):
    """Sum of TV_h, the variation of the laws up to step h, in place of H TV."""
    case = build(random_genome(np.random.default_rng(seed)))
    prefixes = [prefix(case, h).tv for h in range(1, case.system.horizon + 1)]
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(prefixes))
    assert prefixes[-1] == pytest.approx(case.tv)
    terms = evaluate(
        catalog["theorem_2"], **spelled(catalog["theorem_2"], {**case.symbols(), "n": 1.0, "log_class_size": 0.0})
    ).terms
    rest = float(terms["decoupling"]) + float(terms["drift"])
    assert abs(float(case.regret)) <= sum(prefixes) + rest + 1e-9


def test_a_late_mismatch_costs_what_its_prefixes_say():
    """Three free choices, the last one wrong: the horizon times the whole variation is three times as much."""
    system = FiniteSystem(
        states=np.zeros(1), actions=np.array([0.0, 1.0]), noise=np.ones(1), next_state=np.zeros((1, 2, 1), dtype=int),
        initial=np.ones(1), reward=np.broadcast_to([1.0, 0.0], (3, 1, 2)),
    )  # fmt: skip
    right, wrong = [[1.0, 0.0]], [[0.0, 1.0]]
    case = Case(system, TabularPolicy([right] * 3), LabelMap([0, 1], [0, 1]), TabularPolicy([right, right, wrong]))
    prefixes = [prefix(case, h).tv for h in (1, 2, 3)]
    assert prefixes == [0, 0, 1]
    assert float(case.regret) == sum(prefixes) == 3 * case.tv - 2
