"""Model-based augmentation: exact regret, the bound of arXiv:2603.20538, Theorem 7, and its scope."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.assumptions.gains import minimal_gains
from simulators.assumptions.smoothness import reward_lipschitz
from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, ProbabilityError, RealizabilityError, ShapeError
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import exact_total_variation
from simulators.exact.dp import expected_return, regret
from simulators.learners.models import (
    TransitionModel,
    augmented_regret,
    augmented_return,
    expert_noise_law,
    model_mle,
    noise_law,
    transition_counts,
    true_model,
)
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from tests.simulators.finite_cases import laws, problems
from tests.simulators.master_inequality import average_label_errors

HALF = Fraction(1, 2)


@st.composite
def models(draw, system, quantizer):
    shape = (system.n_states, len(quantizer.codebook), len(system.noise), system.n_states)
    table = np.empty(shape, dtype=object)
    for index in np.ndindex(shape[:-1]):
        table[index] = draw(laws(system.n_states))
    return TransitionModel(table)


@st.composite
def augmented_problems(draw, **sizes):
    system, expert, quantizer, learner = draw(problems(**sizes))
    model = true_model(system, expert, quantizer)
    if draw(st.booleans()):
        model = draw(models(system, quantizer))
    return system, expert, quantizer, learner, model


def drift(system, expert, quantizer):
    """Σ_h (L_u ē_h + L_x Σ_t g_{h−1−t} ē_t), by its formula."""
    L_x, L_u = reward_lipschitz(system)
    errors, gains = average_label_errors(system, expert, quantizer), minimal_gains(system)
    return sum(
        L_u * errors[h] + L_x * sum((gains[h - 1 - t] * errors[t] for t in range(h)), Fraction(0))
        for h in range(system.horizon)
    )


@given(augmented_problems())
@settings(deadline=None)
def test_regret_is_at_most_imitation_plus_average_drift(problem):
    """arXiv:2603.20538, Theorem 7 in explicit form, for any learner and model; no smoothness of the policy."""
    system, expert, quantizer, learner, model = problem
    tv = exact_total_variation(
        noise_law(system, learner, model, quantizer), expert_noise_law(system, expert, quantizer)
    )
    measured = augmented_regret(system, expert, learner, model, quantizer)
    assert measured <= system.horizon * tv + drift(system, expert, quantizer)


def test_the_roll_out_must_share_the_noise():
    """Scope: with its own noise the perfect model and learner lose (H − 1)/2 although every error is zero."""
    H = 5
    reward = [[[1, 0], [0, 1]]] * H
    system = FiniteSystem(
        states=[0, 1],
        actions=[0, 1],
        noise=[HALF, HALF],
        next_state=[[[0, 1]] * 2] * 2,
        initial=[HALF, HALF],
        reward=reward,
    )
    expert, quantizer = TabularPolicy.of_actions([0, 1], 2, exact=True), LabelMap.identity(2)
    shared = true_model(system, expert, quantizer)
    own = true_model(system, expert, quantizer, share_noise=False)
    assert augmented_regret(system, expert, expert, shared, quantizer) == 0
    assert augmented_regret(system, expert, expert, own, quantizer) == Fraction(H - 1, 2)
    assert drift(system, expert, quantizer) == 0


def test_the_distance_must_see_the_noise():
    """A model that swaps the two noises has the right law of states and labels, and the wrong regret."""
    H = 5
    system = FiniteSystem(
        states=[0, 1],
        actions=[0, 1],
        noise=[HALF, HALF],
        next_state=[[[0, 1]] * 2] * 2,
        initial=[HALF, HALF],
        reward=[[[1, 0], [0, 1]]] * H,
    )
    expert, quantizer = TabularPolicy.of_actions([0, 1], 2, exact=True), LabelMap.identity(2)
    swapped = TransitionModel(true_model(system, expert, quantizer).table[:, :, ::-1])
    assert augmented_regret(system, expert, expert, swapped, quantizer) == H - 1
    blind = np.tensordot(swapped.at(0), system.noise, axes=([2], [0]))
    assert np.array_equal(blind, observed_law(system, expert, quantizer).kernel)
    seen = noise_law(system, expert, swapped, quantizer)
    assert exact_total_variation(seen, expert_noise_law(system, expert, quantizer)) == 1


@given(problems())
@settings(deadline=None)
def test_averaging_the_noise_out_gives_the_observed_chain(problem):
    system, expert, quantizer, learner = problem
    shared, own = (true_model(system, expert, quantizer, share_noise=flag) for flag in (True, False))
    kernel = observed_law(system, expert, quantizer)
    for h in range(system.horizon):
        mean = np.tensordot(shared.at(h), system.noise, axes=([2], [0]))
        assert np.array_equal(mean, kernel.kernel_at(h))
        assert np.array_equal(own.at(h)[:, :, 0], kernel.kernel_at(h))
    seen = noise_law(system, learner, shared, quantizer)
    expected = exact_total_variation(learner_law(kernel, learner, quantizer), kernel)
    assert exact_total_variation(seen, expert_noise_law(system, expert, quantizer)) >= expected


@given(augmented_problems(max_horizon=2))
@settings(deadline=None, max_examples=50)
def test_the_joint_recursion_averages_over_all_joint_runs(problem):
    system, _, quantizer, learner, model = problem
    total = Fraction(0)
    spaces = [quantizer.codebook] * system.horizon
    pairs = [itertools.product(range(system.n_states), range(len(system.noise)))] * (system.horizon - 1)
    for x, *rest in itertools.product(range(system.n_states), *spaces, *pairs):
        codes, moves = rest[: system.horizon], rest[system.horizon :]
        auxiliary, real, chance, earned = x, x, system.initial[x], Fraction(0)
        for h, code in enumerate(codes):
            chance *= learner.at(h)[auxiliary, code]
            earned += system.reward[h, real, code]
            if h < len(moves):
                following, w = moves[h]
                column = list(quantizer.codebook).index(code)
                chance *= system.noise[w] * model.at(h)[auxiliary, column, w, following]
                auxiliary, real = following, system.step_table(h)[real, code, w]
        total += chance * earned
    assert augmented_return(system, learner, model, quantizer) == total
    floats = augmented_return(system.to_float(), learner.to_float(), model.to_float(), quantizer)
    assert floats == pytest.approx(float(total), abs=1e-12)


@given(problems())
@settings(deadline=None)
def test_the_real_dynamics_as_model_is_plain_deployment(problem):
    """If executing the code is what the model predicts, the auxiliary state is the real one."""
    system, _, quantizer, learner = problem
    coded = push_forward(learner, quantizer)
    model = true_model(system, coded, LabelMap(np.arange(system.n_actions), np.arange(system.n_actions)))
    restricted = TransitionModel(np.take(model.table, quantizer.codebook, axis=-3))
    assert augmented_return(system, coded, restricted, quantizer) == expected_return(system, coded)
    assert augmented_regret(system, learner, coded, restricted, quantizer) == regret(system, learner, coded)


def test_finite_model_classes_break_ties_by_index():
    data = Demonstrations([[0, 0], [1, 0]], [[0, 0], [0, 0]], [[0, 0], [0, 0]])
    even, odd = (TransitionModel([[[row]], [[row]]]) for row in ([0.5, 0.5], [0.9, 0.1]))
    quantizer = LabelMap([0], [0])
    assert model_mle([odd, even, even], data, quantizer) == 1
    with pytest.raises(RealizabilityError, match="probability zero"):
        model_mle([TransitionModel([[[[1.0, 0.0]]], [[[1.0, 0.0]]]])], data, quantizer)


def test_misfits_are_refused():
    system = FiniteSystem(
        states=[0], actions=[0, 1], noise=[1.0], next_state=[[[0], [0]]], initial=[1.0], reward=np.ones((2, 1, 2))
    )
    policy, quantizer = TabularPolicy([[1.0, 0.0]]), LabelMap([0, 0], [0])
    with pytest.raises(ShapeError, match="model must have shape"):
        augmented_return(system, policy, TransitionModel([[[[1.0]], [[1.0]]]]), quantizer)
    with pytest.raises(ShapeError, match="model must be indexed"):
        TransitionModel([1.0])
    with pytest.raises(ProbabilityError, match="model must sum to 1"):
        TransitionModel([[[[0.5]]]])
    with pytest.raises(DomainError, match="codes only"):
        augmented_return(system, TabularPolicy([[0.0, 1.0]]), TransitionModel([[[[1.0]]]]), quantizer)
    with pytest.raises(DomainError, match="labels must be codes"):
        transition_counts(Demonstrations([[0]] * 2, [[1]] * 2, [[0]] * 2), quantizer, n_states=1, n_noises=1)
    with pytest.raises(ShapeError, match="data must hold which of the 2 noises occurred"):
        transition_counts(Demonstrations([[0]] * 2, [[0]] * 2), quantizer, n_states=1, n_noises=2)
