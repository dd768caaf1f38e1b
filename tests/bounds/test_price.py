"""The price of random hazards, on the two systems that show that it has to be paid, in fractions."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from bounds.gains import GainSequence
from bounds.step_errors import StepErrors
from simulators.assumptions.ingredients import MasterIngredients, master_ingredients
from simulators.assumptions.smoothness import tv_lipschitz
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem

F = Fraction


@dataclass(frozen=True, eq=False)
class Problem:
    """A finite system, an expert on raw actions, a quantizer and a learner on codes."""

    system: FiniteSystem
    expert: TabularPolicy
    quantizer: LabelMap
    learner: TabularPolicy

    @cached_property
    def ingredients(self) -> MasterIngredients:
        return master_ingredients(self.system, self.expert, self.quantizer, self.learner, k=0)


TINY = F(1, 10**6)


def stepwise(horizon, otherwise, rows):
    """A policy from {(step, state): {action: probability}}; elsewhere the action ``otherwise[state]``."""
    size = len(otherwise)
    table = np.full((horizon, size, size), F(0), dtype=object)
    for h in range(horizon):
        for state in range(size):
            for action, mass in rows.get((h, state), {otherwise[state]: F(1)}).items():
                table[h, state, action] += mass
    return TabularPolicy(table)


def repeater(positions, horizon, reward, start):
    """The next state is the action: x_(h+1) = u_h, gains 1, 0, 0, ..."""
    size = len(positions)
    return FiniteSystem(
        states=positions,
        actions=positions,
        noise=np.array([F(1)], dtype=object),
        next_state=np.tile(np.arange(size)[None, :, None], (size, 1, 1)),
        initial=np.array([F(int(s == start)) for s in range(size)], dtype=object),
        reward=reward,
    )


def two_steps(p, kappa, horizon):
    """Witness (i): half of the hazard sits where the learner's first label is wrong already."""
    zero, near, ten, twenty, more = range(5)
    positions = np.array([F(0), TINY, F(10), F(20), F(21)], dtype=object)
    paid = np.full((horizon, 5, 5), F(1), dtype=object)
    paid[1:] = np.maximum(F(0), 1 - abs(positions - 20))[None, None, :]
    system = repeater(positions, horizon, paid, zero)
    both = {(1, ten): {twenty: F(1)}}
    expert = {(0, zero): {near: p, ten: 1 - p}, (1, near): {twenty: kappa / p, more: 1 - kappa / p}, **both}
    learner = {
        (0, zero): {zero: F(1)},
        (1, near): {twenty: kappa, more: 1 - kappa},
        (1, zero): {more: F(1)},
        **both,
    }
    labels = [zero, zero, ten, twenty, more]
    quantizer = LabelMap(labels, [zero, ten, twenty, more])
    return Problem(system, stepwise(horizon, range(5), expert), quantizer, stepwise(horizon, labels, learner))


def geometric_falls(rho, falls, horizon):
    """Witness (ii): the learner's risk goes on, step after step, where the expert has all but left."""
    raw, code, far = range(3)
    positions = np.array([F(0), TINY, F(1)], dtype=object)
    paid = np.zeros((horizon, 3, 3), dtype=object) + F(0)
    paid[:, :, far] = F(1)
    system = repeater(positions, horizon, paid, raw)
    left = rho**falls
    expert = {(0, raw): {far: left, raw: 1 - left}}
    learner = {}
    for h in range(1, falls + 1):
        chance = (rho ** (h - 1) - rho**h) / (rho ** (h - 1) - left)
        expert[h, raw] = {far: chance, raw: 1 - chance}
        learner[h, raw] = {far: 1 - rho, code: rho}
    labels = [code, code, far]
    quantizer = LabelMap(labels, [code, far])
    return Problem(system, stepwise(horizon, range(3), expert), quantizer, stepwise(horizon, labels, learner))


def smoothness(problem, steps):
    """Largest TV slope of the learner between the states 0 and 1e-6 and others, at the steps that matter."""
    table = problem.learner.probabilities
    return max(tv_lipschitz(problem.system, TabularPolicy(table[h])) for h in steps)


def ingredients(problem, steps):
    """A, B under the expert's law, and the other symbols of theorem_1."""
    found = problem.ingredients
    H, L = found.horizon, smoothness(problem, steps)
    gap = TINY * found.gains[0]
    slopes = [F(0), *(smoothness(problem, [h]) for h in range(1, H))]
    means = found.average_errors
    B = sum((H - t) * slopes[t] * means[t - 1] * found.gains[0] for t in range(1, H))
    return found, L, gap, H * found.tv, B


def test_witness_one_breaks_the_sum():
    problem = two_steps(F(1, 2), F(3, 10), 8)
    found, _, _, A, B = ingredients(problem, [1])
    assert (found.regret, A, B) == (F(28, 5), 4, F(21, 20))
    assert found.regret > A + B == F(101, 20)
    assert found.average_errors[0] == TINY / 2


def test_witness_two_breaks_twice_the_variation_as_well():
    problem = geometric_falls(F(1, 4), 2, 8)
    found, _, _, A, B = ingredients(problem, [1, 2])
    assert (found.regret, A) == (F(55, 8), F(1, 2))
    assert float(B) == pytest.approx(5.766, abs=5e-4)
    assert found.regret > 2 * A + B
    K = 2 * (1 - F(1, 4))
    assert found.regret <= (1 + K) * A + B


def test_no_constant_times_the_variation_will_do():
    ratios = []
    for falls in (1, 2, 3, 4):
        problem = geometric_falls(F(1, 20), falls, 24)
        found, _, _, A, B = ingredients(problem, range(1, falls + 1))
        ratios.append(float((found.regret - B) / A))
    assert all(after > before + 0.5 for before, after in pairwise(ratios))


def test_a_long_horizon_attains_the_path_sum():
    """rho = 1/4, N = 4, H = 200: the excess over B is 3.96 A, and (1 + K) A = 4 A."""
    falls, horizon = 4, 200
    problem = geometric_falls(F(1, 4), falls, horizon)
    found, _, _, A, B = ingredients(problem, range(1, falls + 1))
    excess = float((found.regret - B) / A)
    assert excess == pytest.approx(3.96, abs=0.005)
    assert excess <= 1 + falls * 0.75


@pytest.mark.parametrize(
    ("problem", "steps", "K"),
    [(two_steps(F(1, 2), F(3, 10), 8), [1], 0.3), (geometric_falls(F(1, 4), 2, 8), [1, 2], 1.5)],
    ids=["two_steps", "geometric_falls"],
)
def test_the_catalogs_price_covers_both(problem, steps, K):
    found, L, _, A, _ = ingredients(problem, steps)
    H = found.horizon
    values = {
        "H": H,
        "tv": float(found.tv),
        "average_error": StepErrors(np.array(found.average_errors, dtype=float)),
        "gains": GainSequence(np.array(found.gains, dtype=float)),
        "L": float(L),
        "L_x": float(found.L_x),
        "L_u": float(found.L_u),
    }
    for known in ({}, {"hazard_sum": K}):
        result = evaluate(catalog["theorem_1"], **values, **known)
        assert float(found.regret) <= result.total
    cases = ({"hazard_sum": K}, {})
    paid = [float(evaluate(catalog["theorem_1"], **values, **more).terms["imitation"]) for more in cases]
    assert paid[0] == pytest.approx((1 + K) * float(A), rel=1e-12)
    assert paid[0] < paid[1]


@given(st.floats(1e-9, 1), st.floats(0, 100), st.integers(1, 1000))
def test_the_forms_are_ordered_as_they_must_be(tv, L, H):
    """Between A and 4 A + B; the forms in one place are the least of themselves."""
    values = {"H": H, "tv": tv, "average_error": 1e-3, "C": 0.5, "eta": 0.5, "L": L}
    sharp, simple = (evaluate(catalog["theorem_1"], form, **values).terms for form in ("sharp", "simple"))
    A, B = H * tv, float(sharp["decoupling"])
    assert A * (1 - 1e-12) <= sharp["imitation"] <= simple["imitation"]
    assert simple["imitation"] <= (3 * A + B) * (1 + 1e-12)
    assert sharp["imitation"] <= A * (2 - np.log(tv)) * (1 + 1e-12)


def test_without_hazards_nothing_is_added():
    for key, data in (("theorem_1", {"tv": 0.1}), ("average_error_stochastic", {"n": 100, "class_size": 8})):
        values = {"H": 9, "average_error": 0.1, "C": 0.5, "eta": 0.5, "L": 0.0, "hazard_sum": 0.0} | data
        found = evaluate(catalog[key], **values)
        expected = (
            0.9
            if key == "theorem_1"
            else evaluate(catalog["theorem_2"], H=9, n=100, class_size=8, eps_q=0, C=0, eta=0, L=0).terms["imitation"]
        )
        assert found.terms["imitation"] == pytest.approx(float(expected), rel=1e-14)
