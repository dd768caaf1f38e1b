"""Constants of classes are maxima over their members; the class of all deterministic policies attains its own."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from simulators.assumptions.smoothness import rtvc_modulus, tv_lipschitz
from simulators.exact.dp import occupancy
from simulators.exact.returns import quantile_coupling
from simulators.experiments.finite_symbols import (
    class_symbols,
    deployment_errors,
    label_symbols,
    model_symbols,
    tabular_class_symbols,
)
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from tests.simulators.finite_cases import problems
from tests.simulators.master_inequality import average_label_errors

SYSTEM = FiniteSystem(
    states=[0.0, 0.5, 2.0],
    actions=[0.0, 0.25, 1.0],
    noise=[1.0],
    next_state=np.zeros((3, 3, 1), int),
    initial=[1.0, 0.0, 0.0],
    reward=np.ones((2, 3, 3)),
)
CODES = LabelMap([0, 0, 2], [0, 2])


def test_all_deterministic_policies_have_the_constants_of_the_positions() -> None:
    every = [TabularPolicy.of_actions(codes, 3) for codes in itertools.product((0, 2), repeat=3)]
    for radius in (0.0, 1.0):
        listed, known = class_symbols(SYSTEM, every, radius), tabular_class_symbols(SYSTEM, CODES, radius)
        for name in ("L", "coupled_lipschitz", "jump"):
            assert known[name] == pytest.approx(listed[name])
        distances = np.array([0.0, 0.4, 0.5, 1.0, 1.5, 2.0])
        np.testing.assert_array_equal(known["modulus"](distances), listed["modulus"](distances))
    only = tabular_class_symbols(SYSTEM, LabelMap([0, 0, 0], [0]), 0.0)
    assert (only["L"], only["coupled_lipschitz"], only["modulus"](5.0)) == (0.0, 0.0, 0.0)


@given(problems(max_horizon=2))
@settings(deadline=None, max_examples=30)
def test_label_errors_are_those_of_the_occupancy(problem) -> None:
    system, expert, quantizer, _ = problem
    found = label_symbols(system, expert, system.action_distances, quantizer)
    np.testing.assert_allclose(found["average_error"], average_label_errors(system, expert, quantizer).astype(float))


@given(problems())
@settings(deadline=None, max_examples=30)
def test_errors_on_the_experts_states_are_those_of_the_best_coupling(problem) -> None:
    """On a line the quantile coupling is optimal; recomputed from the occupancy of the expert."""
    system, expert, _, learner = problem
    found = deployment_errors(system, expert, learner)
    order = np.argsort(system.actions[:, 0])
    gaps = system.action_distances[np.ix_(order, order)]
    for h, flow in enumerate(occupancy(system, expert)):
        cost = 0
        for s, mass in enumerate(flow.sum(axis=1)):
            cost += mass * (quantile_coupling(expert.at(h)[s][order], learner.at(h)[s][order]) * gaps).sum()
        assert found[h] == pytest.approx(float(cost), abs=1e-12)


def test_a_class_is_as_rough_as_its_roughest_member() -> None:
    smooth, rough = TabularPolicy(np.full((3, 3), 1 / 3)), TabularPolicy([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]])
    both = class_symbols(SYSTEM, [smooth, rough], 0.25)
    assert both["L"] == tv_lipschitz(SYSTEM, rough) == 2.0
    assert both["coupled_lipschitz"] == 2.0  # from 0 to 1 over half a unit
    assert both["modulus"](0.6) == rtvc_modulus(SYSTEM, rough, 0.25)(0.6) == 1.0
    assert both["modulus"](0.4) == 0.0


def test_constants_that_do_not_exist_are_left_out() -> None:
    doubled = FiniteSystem(
        states=[0.0, 0.0],
        actions=[0.0, 1.0],
        noise=[1.0],
        next_state=[[[0], [1]], [[1], [0]]],
        initial=[0.5, 0.5],
        reward=np.arange(8.0).reshape(2, 2, 2) / 8,
    )
    found = model_symbols(doubled, doubled.action_distances)
    assert "L_x" not in found
    assert found["L_P"] == 1.0
