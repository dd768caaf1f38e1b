from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from proofs_check.problems import Problem, decoupling, random_problem
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem


def same_sign():
    """x' = clip(x + u), rewards falling in state and action, every code one unit too large: the drift term exactly."""
    states = [Fraction(i) for i in range(4)]
    following = [[[min(3, s + a)] for a in range(2)] for s in range(4)]
    reward = [[[Fraction(10 - s - a, 10) for a in range(2)] for s in range(4)] for _ in range(3)]
    system = FiniteSystem(
        states=np.array(states, dtype=object), actions=np.array([Fraction(0), Fraction(1)], dtype=object),
        noise=[Fraction(1)], next_state=following, initial=[Fraction(1), Fraction(0), Fraction(0), Fraction(0)],
        reward=np.array(reward, dtype=object),
    )  # fmt: skip
    rest, push = (TabularPolicy.of_actions([a] * 4, 2, exact=True) for a in (0, 1))
    return Problem(system, rest, LabelMap([1, 1], [1]), push)


def test_the_master_bound_is_attained_by_errors_of_one_sign():
    slacks = same_sign().slacks()
    assert slacks["master"] == 0
    assert slacks["average_error"] == 0


def test_hazards_start_with_zero():
    assert same_sign().hazards()[0] == 0


def test_decoupling_is_the_sum_of_lost_survival():
    assert decoupling([Fraction(0), Fraction(1), Fraction(0)]) == 2
    assert decoupling([Fraction(0)] * 3) == 0


@pytest.mark.parametrize("deterministic", [True, False])
def test_random_problems_are_of_the_kind_asked_for(deterministic):
    rng = np.random.default_rng(11)
    problems = [random_problem(rng, deterministic_expert=deterministic) for _ in range(40)]
    assert all(problem.expert.deterministic for problem in problems) == deterministic
    assert len({problem.system.horizon for problem in problems}) > 2


@pytest.mark.parametrize("deterministic", [True, False])
def test_slacks_are_named_by_what_they_belong_to(deterministic):
    problem = replace(random_problem(np.random.default_rng(1), deterministic_expert=deterministic), k=0)
    always = {"master", "simple over sharp", "smooth_kernel", "lemma_s2"}
    assert set(problem.slacks()) == always | ({"lemma_s3", "average_error"} if deterministic else set())


def choice(expert: list[float], learner: list[float]) -> Problem:
    """One state, one step, two actions that are their own codes."""
    system = FiniteSystem(
        states=np.zeros(1), actions=np.array([0.0, 1.0]), noise=np.ones(1), next_state=np.zeros((1, 2, 1), dtype=int),
        initial=np.ones(1), reward=np.zeros((1, 1, 2)),
    )  # fmt: skip
    return Problem(system, TabularPolicy([expert]), LabelMap([0, 1], [0, 1]), TabularPolicy([learner]))


@pytest.mark.parametrize("p", [0.1, 0.3, 0.45])
def test_the_statistical_lemmas_are_attained(p):
    """S2 by a two-point law and its mirror image, S3 by any law beside a fixed label: a larger bound leaves slack."""
    assert choice([p, 1 - p], [1 - p, p]).slacks()["lemma_s2"] == pytest.approx(0, abs=1e-12)
    assert choice([1.0, 0.0], [p, 1 - p]).slacks()["lemma_s3"] == pytest.approx(0, abs=1e-12)
