"""Deviations of the state: from the terms of the regret, with their sense and the event on which they hold."""

import numpy as np
import pytest

from bounds import ParameterError, catalog, evaluate
from bounds.deviation import deviation
from bounds.gains import GainSequence
from bounds.step_errors import StepErrors

GAINS = {"C": 0.5, "eta": 0.6}
DATA = {"H": 12, "n": 400, "class_size": 9}


def test_the_deviation_is_what_the_drift_charges_the_state_for():
    values = DATA | GAINS | {"eps_q": 0.01, "lipschitz": 0.3}
    found = deviation(catalog["binning_lipschitz"], **values)
    drift = evaluate(catalog["binning_lipschitz"], **values, L_x=1.0, L_u=0.0).terms["drift"]
    assert found.values.sum() == pytest.approx(drift, rel=1e-13)
    assert (found.sense, found.largest) == ("surely", found.values[-1])
    assert found.values[0] == 0


def test_its_probability_is_that_no_label_differs():
    """TV + 1 - prod (1 - p_t), by hand; a reward paid once cannot cost more."""
    values = DATA | GAINS | {"eps_q": 1e-3, "L": 2.0}
    found = deviation(catalog["theorem_2"], **values)
    tv = evaluate(catalog["theorem_2"], **values).terms["imitation"] / 12
    hazards = [2.0 * 1e-3 * 0.5 * sum(0.6**j for j in range(h)) for h in range(12)]
    assert found.probability == pytest.approx(1 - tv - (1 - np.prod(1 - np.array(hazards))), rel=1e-12)
    assert deviation(catalog["theorem_2"], **(values | {"n": 1})).probability == 0.0


def test_held_out_errors_bound_the_mean_with_certainty_and_mismatches_all_but_theirs():
    smooth = {"coupled_lipschitz": 0.3, "jump": 0.0}
    mean = deviation(catalog["validated_error"], H=3, **GAINS, **smooth, action_error=StepErrors([0.1, 0.2, 0.0]))
    assert mean.values == pytest.approx([0, 0.05, 0.6 * 0.05 + 0.5 * (0.3 * 0.05 + 0.2)], rel=1e-13)
    assert (mean.sense, mean.probability) == ("mean", 1.0)
    seen = {"eps_q": 0.01, "lipschitz": 0.3, "mismatch": 0.2}
    sure = deviation(catalog["validated_mismatch"], H=3, **GAINS, **seen)
    assert (sure.sense, sure.probability) == ("surely", 0.8)


def test_bins_under_noise_deviate_in_root_mean_square():
    bins = {"half_width": 0.1, "density": 1.0, "bias": 0.0, "rms_error": 0.1, "lipschitz": 0.0}
    found = deviation(catalog["wasserstein_rms"], H=2, **GAINS, **bins)
    assert (found.sense, found.values.tolist()) == ("rms", [0.0, 0.05])


def test_exact_gains_serve_as_well():
    values = DATA | {"eps_q": 0.01, "lipschitz": 0.3}
    exact = deviation(catalog["common_noise"], **values, gains=GainSequence(0.5 * 0.6 ** np.arange(11))).values
    assert exact == pytest.approx(deviation(catalog["common_noise"], **values, **GAINS).values, rel=1e-13)


def test_equal_states_do_not_deviate():
    found = deviation(catalog["smooth_kernel"], **DATA, eps_q=0.01, L_P=0.1)
    assert not found.values.any()
    assert 0 < found.probability < 1


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("theorem_8", {"H": 5, "n": 9, "eps_q": 0.1}, "theorem_8 bounds no deviation of the state"),
        ("ross_bagnell", {"H": 5, "step_error": 0.1}, "ross_bagnell bounds no deviation of the state"),
        (
            "theorem_2",
            DATA | GAINS | {"eps_q": [0.1, 0.2], "L": 1.0},
            r"deviations take scalar values, got shape \(2,\)",
        ),
        ("theorem_2", DATA, "theorem_2 needs"),
    ],
)
def test_what_bounds_no_deviation_is_refused(key, values, message):
    with pytest.raises(ParameterError, match=message):
        deviation(catalog[key], **values)
