"""The master inequality holds on every finite system, and each of its terms is needed."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from simulators.errors import DomainError, ShapeError
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import exact_total_variation
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import enumerate_linear
from simulators.tables import number
from tests.simulators.finite_cases import problems, runs
from tests.simulators.master_inequality import average_label_errors, label_errors, master_ingredients


def quiet(gain, actions, horizon, reward):
    """x' = gain (x + u) from 0, without noise."""
    return enumerate_linear(
        a=gain, b=gain, initial={Fraction(0): 1}, actions=actions, noise={0: 1}, horizon=horizon, reward=reward
    )


def terms(found):
    """Imitation, decoupling and drift by their formulas."""
    radius = (found.k + 1) * found.eps_q
    survival, decoupling = 1, 0
    for cumulative in found.cumulative[1:]:
        survival *= 1 - min(1, found.kappa(number(cumulative * radius)))
        decoupling += 1 - survival
    return found.horizon * found.tv, decoupling, radius * sum(found.L_x * g + found.L_u for g in found.cumulative)


@pytest.mark.parametrize("k", [0, 1, 2])
@given(problems(min_actions=2))
@settings(deadline=None)
def test_regret_is_at_most_imitation_plus_decoupling_plus_drift(k, problem):
    found = master_ingredients(*problem, k=k)
    assert found.regret <= sum(terms(found))


def prefix_variations(system, expert, quantizer, learner):
    """TV_h for h = 1..H: between the laws of states and labels up to step h."""
    observed = observed_law(system, expert, quantizer)
    both = observed, learner_law(observed, learner, quantizer)

    def up_to(law, h):
        policy = law.policy if law.policy.ndim == 2 else law.policy[:h]
        return replace(law, policy=policy, kernel=law.kernel if law.kernel.ndim == 3 else law.kernel[:h], horizon=h)

    return [exact_total_variation(*(up_to(law, h) for law in both)) for h in range(1, system.horizon + 1)]


@given(problems(min_actions=2))
@settings(deadline=None, max_examples=40)
def test_the_variations_of_the_prefixes_may_stand_for_the_horizon_times_the_whole(problem):
    found, prefixes = master_ingredients(*problem), prefix_variations(*problem)
    whole, decoupling, drift = terms(found)
    assert prefixes == sorted(prefixes)
    assert prefixes[-1] == found.tv
    assert sum(prefixes) <= whole
    assert abs(found.regret) <= sum(prefixes) + decoupling + drift


def test_half_of_the_variations_of_the_prefixes_is_not_enough():
    """Mutant: a learner that slips with chance p a step and is lost for good attains their sum, which H TV exceeds."""
    p, horizon = Fraction(1, 5), 4
    system = quiet(Fraction(1), [0, 1], horizon, lambda h, x, u: int(x == u == 0))
    expert = TabularPolicy.of_actions([0] * system.n_states, 2, exact=True)
    learner = TabularPolicy([[1 - p, p]] * system.n_states)
    problem = system, expert, LabelMap.identity(2), learner
    found, prefixes = master_ingredients(*problem), prefix_variations(*problem)
    whole, *others = terms(found)
    assert others == [0, 0]
    assert found.regret == sum(prefixes) == sum(1 - (1 - p) ** h for h in range(1, horizon + 1))
    assert sum(prefixes) / 2 < found.regret < whole


def test_the_imitation_term_is_needed():
    """Mutant: without it, a learner that plays the wrong action with the identity quantizer would be free."""
    system = quiet(Fraction(0), [0, 1], 3, lambda h, x, u: 1 - u)
    expert, learner = (TabularPolicy.of_actions([a], 2, exact=True) for a in (0, 1))
    found = master_ingredients(system, expert, LabelMap.identity(2), learner)
    assert terms(found) == (found.regret, 0, 0)
    assert found.regret == 3


def test_the_decoupling_term_is_needed():
    """Mutant: without it, small drift that sets off a steep stochastic policy would be free."""
    half, eps, slope = Fraction(1, 2), Fraction(1, 1000), 20
    system = quiet(half, [0, eps, 1], 4, lambda h, x, u: max(0, 1 - 2 * x - u))
    play = [min(Fraction(1), slope * x) for x in system.states[:, 0]]
    expert = TabularPolicy([[1 - p, 0, p] for p in play])
    quantizer = LabelMap([1, 1, 2], [1, 2])
    found = master_ingredients(system, expert, quantizer, push_forward(expert, quantizer))
    imitation, decoupling, drift = terms(found)
    assert imitation == 0
    assert drift < found.regret <= decoupling + drift


def test_a_wider_radius_lowers_the_modulus():
    """Neighbouring codes ε_q apart: κ is 1 at k = 0 and 0 at k = 1."""
    system = quiet(Fraction(1), [0, 1], 2, lambda h, x, u: 0)
    expert = TabularPolicy.of_actions([0, 1], 2, exact=True)
    swap = LabelMap([1, 0], [0, 1])
    costs = [master_ingredients(system, expert, swap, expert, k=k).kappa(Fraction(1)) for k in (0, 1)]
    assert costs == [1, 0]


@given(problems())
@settings(deadline=None)
def test_floats_agree_with_fractions(problem):
    system, expert, quantizer, learner = problem
    exact = master_ingredients(system, expert, quantizer, learner, k=1)
    floats = master_ingredients(system.to_float(), expert.to_float(), quantizer, learner.to_float(), k=1)
    for name in ("regret", "tv", "L_x", "L_u", "eps_q"):
        assert getattr(floats, name) == pytest.approx(float(getattr(exact, name)), abs=1e-12)
    for name in ("gains", "cumulative", "average_errors"):
        assert np.allclose(getattr(floats, name), getattr(exact, name).astype(float), rtol=1e-12)
    for distance in exact.kappa.thresholds:
        assert floats.kappa(float(distance)) == pytest.approx(float(exact.kappa(distance)), abs=1e-12)


@given(problems())
@settings(deadline=None)
def test_average_errors_are_means_over_the_experts_runs(problem):
    system, expert, quantizer, _ = problem
    errors = label_errors(system, quantizer)
    means = [Fraction(0)] * system.horizon
    for chance, _, actions, _ in runs(system, expert):
        for h, a in enumerate(actions):
            means[h] += chance * errors[a]
    assert list(average_label_errors(system, expert, quantizer)) == means
    assert max(means) <= errors.max()


def test_the_drift_term_is_attained():
    """Same-sign errors and a linear reward below saturation: regret = drift, exactly."""
    half, eps = Fraction(1, 2), Fraction(1, 64)
    system = quiet(half, [0, eps], 5, lambda h, x, u: 1 - x - u)
    expert = TabularPolicy.of_actions([0] * system.n_states, 2, exact=True)
    learner = TabularPolicy.of_actions([1] * system.n_states, 2, exact=True)
    found = master_ingredients(system, expert, LabelMap([1, 1], [1]), learner)
    assert (found.eps_q, found.L_x, found.L_u, found.tv) == (eps, 1, 1, 0)
    assert terms(found) == (0, 0, found.regret)


def test_misfits_are_refused():
    system = quiet(Fraction(1), [0, 1], 2, lambda h, x, u: 0)
    policy = TabularPolicy.of_actions([1] * system.n_states, 2, exact=True)
    quantizer = LabelMap([1, 1], [1])
    with pytest.raises(ShapeError, match="quantizer must act on"):
        master_ingredients(system, policy, LabelMap([0], [0]), policy)
    with pytest.raises(DomainError, match="codes only"):
        master_ingredients(system, policy, quantizer, TabularPolicy.of_actions([0] * system.n_states, 2, exact=True))
    with pytest.raises(DomainError, match="k must be"):
        master_ingredients(system, policy, quantizer, policy, k=-1)
    with pytest.raises(DomainError, match="mixture"):
        master_ingredients(system, policy.to_float(), quantizer, policy)
    with pytest.raises(ShapeError, match="gains must have shape"):
        replace(master_ingredients(system, policy, quantizer, policy), gains=np.ones(3))
