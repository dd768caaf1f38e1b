import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bounds import catalog
from bounds.terms import Radius
from bounds.values import Values
from proofs_check.cases import Case, NoisyMap, data_at, exponent
from proofs_check.random_cases import build, random_genome
from proofs_check.ratios import ratios
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem

CASES = [build(random_genome(np.random.default_rng(seed))) for seed in range(60)]
RADII = {key: catalog[key].terms["imitation"].radius for key in ("theorem_2", "theorem_3", "binning_lipschitz")}


def radius_at(radius, data):
    return float(radius.numeric(Values({name: np.asarray(value) for name, value in data.items()}, {}), "sharp"))


def same_sign():
    """x' = clip(x + u), rewards falling in state and action, every code one unit too large: the drift term exactly."""
    following = [[[min(3, s + a)] for a in range(2)] for s in range(4)]
    reward = [[[Fraction(10 - s - a, 10) for a in range(2)] for s in range(4)] for _ in range(3)]
    system = FiniteSystem(
        states=np.array([Fraction(i) for i in range(4)], dtype=object),
        actions=np.array([Fraction(0), Fraction(1)], dtype=object), noise=[Fraction(1)], next_state=following,
        initial=[Fraction(1), Fraction(0), Fraction(0), Fraction(0)], reward=np.array(reward, dtype=object),
    )  # fmt: skip
    rest, push = (TabularPolicy.of_actions([a] * 4, 2, exact=True) for a in (0, 1))
    return Case(system, rest, LabelMap([1, 1], [1]), push)


def choice(expert, learner):
    """One state, one step, two actions that are their own codes."""
    system = FiniteSystem(
        states=np.zeros(1), actions=np.array([0.0, 1.0]), noise=np.ones(1), next_state=np.zeros((1, 2, 1), dtype=int),
        initial=np.ones(1), reward=np.zeros((1, 1, 2)),
    )  # fmt: skip
    return Case(system, TabularPolicy([expert]), LabelMap([0, 1], [0, 1]), TabularPolicy([learner]))


def test_errors_of_one_sign_attain_the_open_loop_bounds():
    found = ratios(same_sign())
    assert found["theorem_2"] == pytest.approx(1, abs=1e-6)
    assert found["average_error"] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("distance", [0.0, 1e-12, 0.3, 0.999])
@pytest.mark.parametrize("radius", [*RADII.values(), Radius(multiplier=1, root=True, weight=32)])
def test_the_radius_says_the_distance_that_it_is_made_to_say(radius, distance):
    assert radius_at(radius, data_at(exponent(radius, distance))) == pytest.approx(distance, rel=1e-9, abs=1e-140)


@pytest.mark.parametrize("case", CASES)
def test_the_radius_at_the_true_affinity_covers_the_total_variation(case):
    """Lemmas S2, S3 and S4 as the catalog has them, on whatever learner."""
    facts = case.facts()
    for key, radius in RADII.items():
        wanted = {"deterministic_expert", "deterministic_class"} & {a.name for a in catalog[key].assumptions}
        if key == "binning_lipschitz":
            wanted.add("deterministic_class")
        if wanted <= facts and not case.greedy:
            assert radius_at(radius, data_at(case.hellinger_exponent)) >= case.tv - 1e-9


@pytest.mark.parametrize("p", [0.1, 0.3, 0.45])
def test_the_statistical_lemmas_are_attained(p):
    """S2 by a two-point law and its mirror image, S3 by any law beside a fixed label: a larger bound leaves slack."""
    for key, case in (("theorem_2", choice([p, 1 - p], [1 - p, p])), ("theorem_3", choice([1.0, 0.0], [p, 1 - p]))):
        found = radius_at(RADII[key], data_at(case.hellinger_exponent))
        assert found == pytest.approx(case.tv, abs=1e-12)


def test_facts_are_those_of_the_parts():
    facts = choice([0.5, 0.5], [1.0, 0.0]).facts()
    assert "deterministic_class" in facts
    assert not {"deterministic_expert", "noisy_lipschitz", "greedy_deployment"} & facts
    assert {"deterministic_expert", "greedy_deployment"} <= replace(choice([1.0, 0.0], [0.5, 0.5]), greedy=True).facts()


def test_a_noisy_map_is_the_law_of_its_codes():
    maps = NoisyMap(np.array([[0.1, 0.9]]), np.array([[0, 2]]), np.array([0.25, 0.75]))
    assert maps.policy(3).probabilities.tolist() == [[0.25, 0.0, 0.75]]


def test_greedy_decoding_deploys_the_likeliest_code():
    case = replace(choice([1.0, 0.0], [0.75, 0.25]), greedy=True)
    assert (case.tv, math.exp(-case.hellinger_exponent)) == (0.0, pytest.approx(math.sqrt(0.75)))


@pytest.mark.parametrize("case", [case for case in CASES if case.maps is not None][:20])
def test_slopes_are_slopes(case):
    """E|u - u'| <= coupled_lipschitz |x - x'| + jump for the mean actions, and |g - g'| <= ell |x - x'|."""
    found, states = case.symbols(), case.system.states[:, 0]
    mean = case.deployed.at(0) @ case.system.actions[:, 0]
    gaps = np.abs(states[:, None] - states)
    assert (np.abs(mean[:, None] - mean) <= found["coupled_lipschitz"] * gaps + found["jump"] + 1e-12).all()
    moved = np.abs(case.maps.raw[:, None] - case.maps.raw).max(axis=-1)
    assert (moved <= found["lipschitz"] * gaps + 1e-12).all()
