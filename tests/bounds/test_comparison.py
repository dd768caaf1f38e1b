"""Dominant terms, and upper bounds over lower bounds."""

import numpy as np
import pytest

from bounds import AssumptionError, ParameterError, Sense, catalog, evaluate
from bounds.comparison import dominant_term, gap, matching_lower
from bounds.terms import Imitation
from bounds.values import collect

BASE = {"H": 50, "n": 1000, "class_size": 256, "eps_q": 0.001, "C": 0.5, "eta": 0.5}


def test_the_dominant_term_has_the_shape_of_the_evaluation():
    result = evaluate(catalog["theorem_2"], **(BASE | {"n": [[1], [1e12]], "eps_q": [1e-9, 0.5]}), L=[2.0, 0.0])
    assert dominant_term(result).tolist() == [["imitation", "imitation"], ["imitation", "drift"]]
    noisy = evaluate(catalog["theorem_2"], **(BASE | {"n": 1e12}), L=2.0)
    assert dominant_term(noisy) == "decoupling"


def test_nothing_dominates_nothing():
    zero = evaluate(catalog["theorem_7"], **(BASE | {"class_size": 1, "eps_q": [0.0, 0.1]}), model_class_size=1)
    assert dominant_term(zero).tolist() == ["none", "drift"]


COMPARED = [
    key for key, t in catalog.items() if t.sense is Sense.UPPER and isinstance(t.terms.get("imitation"), Imitation)
]


@pytest.mark.parametrize("key", COMPARED)
def test_the_lower_bound_of_a_setting_falls_at_the_rate_of_the_upper_one(key):
    """1/n for deterministic labels, 1/sqrt(n) for stochastic ones."""
    radius, n = catalog[key].terms["imitation"].radius, np.array([1e6, 1e8])
    sizes = {name: 3.0 for wanted in radius.needs for (name, *_) in wanted.alternatives if name.endswith("class_size")}
    values = collect(key, radius.needs, {"n": n} | sizes)
    upper = radius.numeric(values, "sharp")
    lower = evaluate(matching_lower(catalog[key]), H=1, n=n, eps_q=0).terms["imitation"]
    assert upper[0] / upper[1] == pytest.approx(lower[0] / lower[1], rel=1e-3)


def test_what_is_no_imitation_of_labels_has_no_lower_bound():
    for key in ("theorem_8", "proposition_5", "ross_bagnell"):
        with pytest.raises(ParameterError, match=f"{key} has no matching lower bound"):
            matching_lower(catalog[key])


def test_ratios_in_numbers():
    """2 log(255/.05)/n over (1 - .004)/(2 e n) is 4 e log(5100)/.996; the total's lies between those of the parts."""
    both = gap(catalog["theorem_3"], **(BASE | {"n": [10, 1000, 1e9]}), L=2.0, k=1.0)
    assert both.ratios["imitation"][2] == pytest.approx(4 * np.e * np.log(5100) / 0.996, rel=1e-6)
    parts = np.stack(np.broadcast_arrays(both.ratios["imitation"], both.ratios["quantization"]))
    assert (parts.min(axis=0) <= both.ratios["total"]).all()
    assert (both.ratios["total"] <= parts.max(axis=0)).all()
    assert both.ratios["total"].shape == (3,)


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
