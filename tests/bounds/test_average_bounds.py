"""Statements on averages, by hand and against each other."""

import numpy as np
import pytest

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.gains import GainSequence, MaxTypeGain
from bounds.step_errors import StepErrors

DATA = {"H": 20, "n": 1000, "class_size": 256}
GAIN = {"C": 0.5, "eta": 0.9, "L": 2.0}


def test_the_horizons_average_is_all_errors_at_the_first_step():
    mean = 0.003
    first = StepErrors([20 * mean, *[0.0] * 19])
    averaged = evaluate(catalog["theorem_2_average"], **DATA, **GAIN, horizon_average_error=mean)
    by_step = evaluate(catalog["theorem_2_average"], **DATA, **GAIN, average_error=first)
    for name in averaged.terms:
        assert averaged.terms[name] == pytest.approx(float(by_step.terms[name]), rel=1e-13)


def test_any_order_of_the_errors_costs_less():
    rng = np.random.default_rng(3)
    for _ in range(20):
        errors = rng.uniform(0, 0.01, 20) * rng.integers(0, 2, 20)
        by_step = evaluate(catalog["theorem_2_average"], **DATA, **GAIN, average_error=StepErrors(errors))
        averaged = evaluate(catalog["theorem_2_average"], **DATA, **GAIN, horizon_average_error=errors.mean())
        assert by_step.total <= averaged.total * (1 + 1e-13)


def test_per_step_errors_are_those_of_the_per_step_statement():
    values = {**DATA, **GAIN, "average_error": 0.01}
    one, other = (evaluate(catalog[key], **values) for key in ("theorem_2_average", "average_error_stochastic"))
    assert one.total == other.total


def test_the_price_is_below_four_hellinger_distances():
    values = {**DATA, **GAIN, "average_error": 1e-4}
    sharp, simple = (evaluate(catalog["average_error_stochastic"], form, **values) for form in ("sharp", "simple"))
    assert sharp.terms["imitation"] < simple.terms["imitation"] / 1.2


def test_proposition_4_takes_the_learners_errors_step_by_step():
    errors = [0.1, 0.0, 0.05]
    gains = {"gains": GainSequence([0.5, 0.25]), "L": 0.2, "L_x": 1.0, "L_u": 2.0}
    found = evaluate(catalog["proposition_4"], H=3, action_error=StepErrors(errors), **gains)
    moved = [0.0, 0.05, 0.025]
    assert found.terms["decoupling"] == pytest.approx(0.2 * (2 * moved[1] + moved[2]))
    assert found.terms["drift"] == pytest.approx(sum(moved) + 2 * sum(errors))
    with pytest.raises(ParameterError, match="action_error must reach H = 4 steps, got 3"):
        evaluate(catalog["proposition_4"], H=4, action_error=StepErrors(errors), C=1, eta=0, L=1)


def test_theorem_1_with_two_disturbances_and_local_stability():
    values = {"H": 5, "tv": 0.0, "C": 0.5, "eta": 0.5, "L": 0.3}
    both = evaluate(catalog["theorem_1"], **values, average_error=StepErrors([0.1] * 5), eps_prime=0.02)
    plain = evaluate(catalog["theorem_1"], **values, average_error=0.12)
    for name in ("decoupling", "drift"):
        assert both.terms[name] == pytest.approx(float(plain.terms[name]), rel=1e-14)
    local = evaluate(catalog["theorem_1"], **values, average_error=0, excess_probability=0.1, local_failure=0.01)
    assert local.terms["locality"] == pytest.approx(5 * 0.1 + 15 * 0.01)
    uniform = evaluate(catalog["theorem_1"], **values, average_error=0, uniform_failure=0.01)
    assert uniform.terms["locality"] == pytest.approx(5 * 0.01)
    with pytest.raises(ParameterError, match="takes local_failure or uniform_failure"):
        evaluate(catalog["theorem_1"], **values, average_error=0, local_failure=0.1, uniform_failure=0.1)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("theorem_1", {"tv": 0, "average_error": 0.1}),
        ("theorem_2_average", {"n": 9, "class_size": 2, "horizon_average_error": 0.1}),
        ("proposition_4", {"action_error": 0.1}),
    ],
)
def test_averages_need_gains_that_add_up(key, values):
    with pytest.raises(AssumptionError, match=f"{key} requires linear gains"):
        evaluate(catalog[key], H=3, L=1.0, gains=MaxTypeGain(2.0), **values)
