"""Dominant terms, and upper bounds over lower bounds."""

import numpy as np
import pytest

from bounds import AssumptionError, ParameterError, Sense, catalog, evaluate
from bounds.comparison import dominant_term, gap, matching_lower
from bounds.terms import Imitation

BASE = {"H": 50, "n": 1000, "class_size": 256, "eps_q": 0.001, "C": 0.5, "eta": 0.5}


def test_the_dominant_term_has_the_shape_of_the_evaluation():
    result = evaluate(catalog["theorem_2"], **(BASE | {"n": [[1], [1e12]], "eps_q": [1e-9, 0.5]}), L=[2.0, 0.0])
    assert dominant_term(result).tolist() == [["imitation", "imitation"], ["imitation", "drift"]]
    noisy = evaluate(catalog["theorem_2"], **(BASE | {"n": 1e12}), L=2.0)
    assert dominant_term(noisy) == "decoupling"


def test_nothing_dominates_nothing():
    zero = evaluate(catalog["theorem_7"], **(BASE | {"class_size": 1, "eps_q": [0.0, 0.1]}), model_class_size=1)
    assert dominant_term(zero).tolist() == ["none", "drift"]


def test_deterministic_experts_meet_theorem_8_and_stochastic_ones_theorem_9():
    expected = {
        "theorem_2": "theorem_9",
        "theorem_7": "theorem_9",
        "smooth_kernel": "theorem_9",
        "average_error": "theorem_8",
        "average_error_stochastic": "theorem_9",
        "theorem_2_average": "theorem_9",
        "foster_log_loss": "theorem_8",
        "theorem_3": "theorem_8",
        "theorem_3_deterministic_class": "theorem_8",
        "theorem_7_deterministic": "theorem_8",
        "binning_lipschitz": "theorem_8",
        "small_gain": "theorem_8",
        "proposition_5_corollary": "theorem_8",
        "common_noise": "theorem_9",
        "chunked": "theorem_9",
        "chunked_lipschitz": "theorem_8",
        "wasserstein": "theorem_9",
        "wasserstein_deterministic": "theorem_8",
        "wasserstein_greedy": "theorem_8",
        "wasserstein_average": "theorem_9",
        "closed_loop": "theorem_9",
        "closed_loop_deterministic": "theorem_8",
        "theorem_3_greedy": "theorem_8",
    }
    found = {
        key: matching_lower(theorem).key
        for key, theorem in catalog.items()
        if theorem.sense is Sense.UPPER and isinstance(theorem.terms.get("imitation"), Imitation)
    }
    assert found == expected
    for key in ("theorem_8", "proposition_5", "ross_bagnell"):
        with pytest.raises(ParameterError, match=f"{key} has no matching lower bound"):
            matching_lower(catalog[key])


def test_ratios_are_upper_over_lower_term_by_term():
    n = np.array([10, 1000, 10**6])
    both = gap(catalog["theorem_3"], **(BASE | {"n": n}), L=2.0, k=1.0)
    upper = evaluate(catalog["theorem_3"], **(BASE | {"n": n}), L=2.0, k=1.0)
    lower = evaluate(catalog["theorem_8"], H=50, n=n, eps_q=0.001)
    assert both.ratios["imitation"] == pytest.approx(upper.terms["imitation"] / lower.terms["imitation"])
    rest = upper.terms["decoupling"] + upper.terms["drift"]
    assert both.ratios["quantization"] == pytest.approx(rest / lower.terms["quantization"])
    assert both.ratios["total"] == pytest.approx(upper.total / lower.total)
    assert all(ratio.shape == (3,) for name, ratio in both.ratios.items() if name != "quantization")


def test_the_ratio_stays_bounded_as_the_data_grows():
    both = gap(catalog["theorem_7"], **(BASE | {"n": 10.0 ** np.arange(1, 13)}), model_class_size=64)
    assert both.ratios["total"].max() < 20
    assert (both.ratios["total"] >= 1).all()
    assert both.ratios["quantization"] == pytest.approx(1.96)


def test_ratios_of_vanishing_terms_are_no_nan():
    both = gap(catalog["theorem_2"], **(BASE | {"eps_q": [0.0, 0.1], "class_size": 1}), L=1.0)
    assert both.ratios["quantization"][0] == 1.0
    assert both.ratios["imitation"][0] == 0.0
    assert not any(np.isnan(ratio).any() for ratio in both.ratios.values())


def test_both_sets_of_assumptions_apply():
    with pytest.raises(AssumptionError, match="theorem_8 requires eps_q <= 1/4"):
        gap(catalog["binning_lipschitz"], **(BASE | {"eps_q": 0.3}), lipschitz=0.1)
    values = {name: value for name, value in BASE.items() if name != "eps_q"}
    with pytest.raises(ParameterError, match="theorem_8 needs eps_q to be compared with average_error"):
        gap(catalog["average_error"], **values, average_error=0.1, L=1.0)


@pytest.mark.parametrize("form", ["sharp", "simple"])
def test_the_upper_bound_is_in_the_form_that_was_asked_for(form):
    both = gap(catalog["theorem_2"], form, **BASE, L=2.0)
    assert both.upper.form == form
    assert both.upper.total == evaluate(catalog["theorem_2"], form, **BASE, L=2.0).total
