"""Held-out errors: weights, their sum, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import ParameterError, catalog, evaluate
from bounds.step_errors import StepErrors
from bounds.validated import error_weights

CASES = {
    "validated_error": ("action_error", {"C": 0.7, "eta": 0.8, "coupled_lipschitz": 0.3, "jump": 0.05}),
    "validated_closed_loop": ("map_error", {"loop_C": 0.7, "loop_eta": 0.8, "lipschitz": 0.3, "eps_q": 0.05}),
    "wasserstein_average": (
        "average_error",
        {"n": 50, "class_size": 9, "C": 0.7, "eta": 1.1, "coupled_lipschitz": 0.3, "jump": 0.0, "eps_max": 1.0},
    ),
}


@pytest.mark.parametrize("key", CASES)
@settings(deadline=None, max_examples=25)
@given(errors=st.lists(st.floats(0, 1), min_size=1, max_size=30), L_x=st.floats(0, 2), L_u=st.floats(0, 2))
def test_the_bound_is_the_weighted_sum_of_the_errors_and_the_rest(key, errors, L_x, L_u):
    name, values = CASES[key]
    H = len(errors)
    values = values | {"L_x": L_x, "L_u": L_u}
    weights, rest = error_weights(catalog[key], H=H, **values)
    bound = evaluate(catalog[key], H=H, **values, **{name: StepErrors(errors)}).total
    assert weights @ np.array(errors) + rest == pytest.approx(bound, rel=1e-12, abs=1e-300)
    assert (weights >= 0).all()
    assert (np.diff(weights) <= 1e-15).all()  # earlier errors have more steps to cost


def test_a_policy_that_is_never_off_costs_what_binning_does():
    shared = {"H": 40, "C": 0.5, "eta": 0.5, "eps_q": 0.01, "lipschitz": 0.3}
    binned = evaluate(catalog["binning_lipschitz"], n=1, class_size=1, **shared).terms["drift"]
    seen = evaluate(catalog["validated_mismatch"], mismatch=0.25, **shared)
    assert seen.terms["drift"] == binned
    assert seen.terms["imitation"] == 10.0
    assert evaluate(catalog["validated_mismatch"], mismatch=0.25, return_range=1, **shared).terms["imitation"] == 0.25
    wider = evaluate(catalog["validated_mismatch"], mismatch=0.25, bins_off=3, **shared).terms["drift"]
    assert wider == pytest.approx(3 * binned, rel=1e-14)


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("theorem_2", {}, "theorem_2 is not linear in errors by step"),
        ("theorem_8", {}, "theorem_8 is not linear in errors by step"),
        ("validated_error", {"action_error": 0.1}, "action_error must be left out for its weights, got 0.1"),
        ("validated_error", CASES["validated_error"][1] | {"C": [1.0, 2.0]}, r"weights take scalar values, got shape"),
        ("validated_error", {}, "validated_error needs C with eta or gains"),
    ],
)
def test_weights_of_something_else_are_refused(key, values, message):
    with pytest.raises(ParameterError, match=message):
        error_weights(catalog[key], H=5, **values)
