"""Finite experiments: exact numbers, facts that fit the deployment, and bad input told in one line."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ProbabilityError, RealizabilityError, ShapeError
from simulators.exact.dp import expected_return, regret
from simulators.exact.returns import deviations
from simulators.experiments.base import Budget
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_learners import ChunkMaps, Counts, Given, PolicyClass, Regression
from simulators.learners.demonstrations import demonstrate
from simulators.learners.models import TransitionModel, augmented_regret, true_model
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from simulators.systems.linear_mdp import LinearMDP
from simulators.systems.sparse import SparseMDP
from simulators.systems.tabular import TabularMDP
from tests.simulators.finite_cases import as_mdp, problems
from tests.simulators.master_inequality import master_ingredients

LINE = FiniteSystem(
    states=np.arange(5) / 4,
    actions=[-1.0, -0.25, 0.0, 0.25, 1.0],
    noise=[1.0],
    next_state=np.clip(np.arange(5)[:, None] + np.array([-2, -1, 0, 1, 2]), 0, 4)[:, :, None],
    initial=np.full(5, 0.2),
    reward=np.broadcast_to(1 - np.abs(np.arange(5) / 4 - 0.5)[:, None], (6, 5, 5)) * 1.0,
)
HOME = TabularPolicy.of_actions([4, 3, 2, 1, 0], 5)
COARSE = LabelMap([1, 1, 2, 3, 3], [1, 2, 3])


def line(**change) -> FiniteExperiment:
    return replace(FiniteExperiment(LINE, HOME, COARSE, Counts(deterministic=True)), **change)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@given(problems(), st.integers(0, 2))
@settings(deadline=None, max_examples=30)
def test_a_given_learner_is_measured_exactly_and_all_constants_are_computed(problem, k) -> None:
    system, expert, quantizer, learner = problem
    study = FiniteExperiment(system, expert, quantizer, Given(learner), k=k)
    measured = study.measure(Budget(H=system.horizon, n=1), rng())
    known = master_ingredients(system, expert, quantizer, learner, k=k)
    assert measured.regret.mean == known.regret
    assert measured.regret.exact
    assert isinstance(measured.regret.mean, Fraction)
    symbols = study.symbols(system.horizon)
    for name, value in (("eps_q", known.eps_q), ("L_x", known.L_x), ("L_u", known.L_u)):
        assert symbols[name] == pytest.approx(float(value))
    np.testing.assert_allclose(symbols["gains"], known.gains.astype(float))
    distances = np.linspace(0, 2, 30)
    np.testing.assert_array_equal(symbols["modulus"](distances), [float(known.kappa(Fraction(d))) for d in distances])
    for found, exact in zip(("surely", "mean"), deviations(system, expert, learner), strict=False):
        np.testing.assert_array_equal(measured.deviation[found].values, exact.astype(float))
    assert "iid_demonstrations" not in study.facts()
    assert ("tvc" in study.facts()) == (k == 0)


def test_learning_on_a_line_is_exact_whatever_the_tables_are() -> None:
    dense = as_mdp(LINE)
    kernel = LINE.kernel(0).reshape(25, 5)
    models = [dense, TabularMDP(LINE.kernel(0), LINE.reward, LINE.initial)]
    models.append(SparseMDP(kernel, LINE.reward, LINE.initial))
    models.append(LinearMDP(np.eye(25).reshape(5, 5, 25), kernel, LINE.reward.reshape(6, 25), LINE.initial))
    found = line().measure(Budget(H=6, n=3), rng())
    for model in models:
        other = line(model=model, actions=LINE.actions).measure(Budget(H=6, n=3), rng())
        assert other.regret.mean == pytest.approx(found.regret.mean, rel=1e-12)
        assert other.learnt == found.learnt
        assert other.deviation == {}
        symbols = line(model=model, actions=LINE.actions).symbols(6)
        assert symbols["eps_q"] == line().symbols(6)["eps_q"] == 0.75
        assert symbols["L_P"] == pytest.approx(line().symbols(6)["L_P"])
        assert "gains" not in symbols


def test_fewer_steps_are_the_first_steps() -> None:
    short = line().measure(Budget(H=2, n=5), rng()).regret.mean
    assert short == pytest.approx(regret(LINE.first_steps(2), HOME, push_forward(HOME, COARSE)))
    assert len(line().symbols(3)["gains"]) == 2
    with pytest.raises(DomainError, match="H must be at most the 6 steps that the rewards cover, got 7"):
        line().measure(Budget(H=7, n=5), rng())


def test_what_regression_learnt_is_measured_again_as_given() -> None:
    study = line(learner=Regression(LINE.actions), quantizer=LabelMap.identity(5))
    learnt = study.learner.fit(LINE, study.quantizer, demonstrate(LINE, HOME, study.quantizer, episodes=30, rng=rng()))
    assert "realizable" not in study.facts()
    again = replace(study, learner=Given(learnt.policy))
    assert {"held_out_errors", "tvc_deployed"} <= set(again.facts())
    np.testing.assert_array_equal(again.symbols(6)["action_error"], np.zeros(6))  # every state was seen
    coarse = replace(study, learner=Given(TabularPolicy.of_actions([2] * 5, 5)))
    assert coarse.symbols(6)["action_error"][0] == pytest.approx((1 + 0.25 + 0 + 0.25 + 1) / 5)


def test_greedy_deployment_plays_the_likeliest_code() -> None:
    table = np.zeros((5, 5))
    table[:, [1, 2, 3]] = [0.3, 0.3, 0.4]
    study = line(learner=Given(TabularPolicy(table)), deployment="greedy")
    always = TabularPolicy.of_actions([3] * 5, 5)
    assert study.measure(Budget(H=6, n=1), rng()).regret.mean == pytest.approx(regret(LINE, HOME, always))
    assert {"greedy_deployment", "greedy_rtvc"} <= set(study.facts())
    assert not {"rtvc", "tvc", "smooth_kernel", "coupled_lipschitz"} & set(study.facts())
    assert study.symbols(6)["L"] == 0.0
    assert "rtvc" in line(deployment="greedy").facts()  # nothing changes for a deterministic class


def test_augmented_deployment_rolls_the_learnt_model() -> None:
    own = true_model(LINE, HOME, COARSE)
    blind = TransitionModel(np.full(own.table.shape, 0.2))
    study = line(deployment="augmented", models=(blind, own))
    measured = study.measure(Budget(H=6, n=50), rng())
    assert measured.learnt["model"] == 1
    labels = push_forward(HOME, COARSE)
    assert measured.regret.mean == pytest.approx(augmented_regret(LINE, HOME, labels, own, COARSE))
    assert {"realizable_models", "shared_noise", "deterministic_dynamics"} <= set(study.facts())
    assert not {"tvc", "rtvc", "smooth_kernel"} & set(study.facts())
    assert study.symbols(6)["log_model_class_size"] == pytest.approx(np.log(2))
    with pytest.raises(RealizabilityError, match="models must contain the observed chain's own"):
        line(deployment="augmented", models=(blind,))


def test_chunked_deployment_executes_codes_open_loop() -> None:
    right = np.array([[4, 2], [3, 2], [2, 2], [1, 2], [0, 2]])  # home in one step, then stay
    study = line(learner=ChunkMaps(np.stack([right * 0, right])), deployment="chunked")
    assert {"chunked_deployment", "realizable_chunks"} <= set(study.facts())
    assert "realizable" not in study.facts()
    assert "realizable_chunks" not in line(learner=ChunkMaps(right[None] * 0), deployment="chunked").facts()
    measured = study.measure(Budget(H=6, n=20), rng())
    assert measured.learnt["chosen"] == 1
    one_step_short = [0.5, 0.75, 1.0, 0.75, 0.5], [0.75, 1.0, 1.0, 1.0, 0.75], [0.75, 1.0, 1.0, 1.0, 0.75]
    best = [0.5 + 5, 0.75 + 5, 6, 0.75 + 5, 0.5 + 5]
    learner = [sum(row[s] for row in one_step_short) for s in range(5)]
    learner = [value + 3 for value in learner]  # at the next chunk's first step they go on, and are home from then
    assert measured.regret.mean == pytest.approx(np.mean(best) - np.mean(learner))
    assert study.symbols(6)["chunk"] == 2


def test_the_certificate_is_the_worst_expert_that_the_data_leave() -> None:
    members = [TabularPolicy.of_actions(row, 5) for row in ([4, 3, 2, 1, 0], [4, 3, 2, 1, 1], [3, 3, 2, 1, 0], [0] * 5)]
    study = line(learner=PolicyClass(tuple(members)))
    measured = study.measure(Budget(H=6, n=40), rng())
    learner = push_forward(members[0], COARSE)
    worst = max(expected_return(LINE, member) for member in members[:3]) - expected_return(LINE, learner)
    assert measured.certificates["certificate"] == pytest.approx(worst)
    assert measured.certificates["certificate"] >= measured.regret.mean
    assert "surely" in measured.notes["certificate"]
    codes_only = line(learner=PolicyClass((learner,)))
    assert "not its raw actions" in codes_only.measure(Budget(H=6, n=4), rng()).notes["certificate"]


def test_a_certificate_needs_the_expert_among_the_members() -> None:
    assert line().measure(Budget(H=6, n=4), rng()).notes["certificate"] == "the class is not a finite list of experts"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"deployment": "sampled"}, DomainError, "deployment must be one of"),
        ({"deployment": "chunked"}, DomainError, "'chunked' with ChunkMaps and only then"),
        (
            {"deployment": "augmented"},
            DomainError,
            "for augmented deployment and only then, got 0",
        ),
        ({"quantizer": LabelMap([0], [0])}, ShapeError, "quantizer must act on 5 actions, got 1"),
        ({"expert": TabularPolicy([[1.0]])}, ShapeError, r"policy must have shape \(5, 5\), got \(1, 1\)"),
        ({"actions": [0.0] * 5}, ShapeError, "actions must be 5 positions of a model without any"),
        (
            {"learner": PolicyClass((TabularPolicy.of_actions([0] * 5, 5),))},
            RealizabilityError,
            "must contain the expert",
        ),
        ({"k": -1}, DomainError, "k must be an integer >= 0, got -1"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        line(**change)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"noise": [0.9]}, ProbabilityError, "noise must sum to 1"),
        ({"next_state": np.full((5, 5, 1), 5)}, DomainError, r"next_state must lie in 0\.\.4, got 5"),
        ({"reward": np.full((6, 5, 5), 1.5)}, DomainError, r"reward must lie in \[0, 1\], got 1.5"),
        ({"states": np.zeros((5, 1, 1))}, ShapeError, "states must be positions"),
    ],
)
def test_tables_that_are_no_system_are_refused(change: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        replace(LINE, **change)


def test_a_deterministic_label_is_no_deterministic_action() -> None:
    half = np.zeros((5, 5))
    half[:, :2] = 0.5  # two raw actions of one label
    facts = line(expert=TabularPolicy(half)).facts()
    assert "deterministic_expert" in facts
    assert "deterministic_actions" not in facts
    assert "deterministic_actions" in line().facts()
