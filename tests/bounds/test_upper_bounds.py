"""Relations between the upper bounds."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from bounds import catalog, evaluate
from bounds.gains import GainSequence

BASE = {"H": [1, 2, 10, 100], "n": 1000, "class_size": 256, "eps_q": 0.001, "C": 0.5, "eta": 0.5}


def total(key, form="sharp", **values):
    return evaluate(catalog[key], form, **values).total


def test_deterministic_labels_and_classes_need_less_data():
    stochastic = total("theorem_2", **BASE, L=1.0)
    labels = total("theorem_3", **BASE, L=1.0, k=0.0)
    both = total("theorem_3_deterministic_class", **BASE, L=1.0, k=0.0)
    assert (both < labels).all()
    assert (labels < stochastic).all()


def test_theorem_3_without_relaxation_has_the_terms_of_theorem_2():
    second, third = (
        evaluate(catalog[key], **BASE, L=1.0, **more) for key, more in (("theorem_2", {}), ("theorem_3", {"k": 0}))
    )
    for name in ("decoupling", "drift"):
        assert np.array_equal(second.terms[name], third.terms[name])


def test_model_based_augmentation_drops_the_decoupling():
    plain = evaluate(catalog["theorem_2"], **BASE, L=1.0)
    augmented = evaluate(catalog["theorem_7"], **BASE, model_class_size=1)
    assert np.array_equal(plain.terms["imitation"], augmented.terms["imitation"])
    assert np.array_equal(plain.terms["drift"], augmented.terms["drift"])
    assert (augmented.total <= plain.total).all()


def test_model_classes_add_their_logarithm():
    split = total("theorem_7", **(BASE | {"class_size": 16}), model_class_size=16)
    assert split == pytest.approx(total("theorem_7", **BASE, model_class_size=1), rel=1e-14)


def test_an_undelayed_loop_recovers_the_open_one():
    """Without feedback the binning corollary is Theorem 7's drift at three times the error."""
    closed = evaluate(catalog["binning_lipschitz"], **BASE, lipschitz=0.0)
    opened = evaluate(catalog["theorem_7"], **(BASE | {"eps_q": 0.003}), model_class_size=1)
    assert closed.terms["drift"] == pytest.approx(opened.terms["drift"], rel=1e-14)


@pytest.mark.parametrize(("lipschitz", "growth"), [(0.99, 1.0), (1.0, 2.0), (1.1, 9.0)])
def test_the_closed_loop_decides_between_polynomial_and_exponential(lipschitz, growth):
    values = BASE | {"H": [2000, 4000], "eta": 0.5}
    short, long = evaluate(catalog["binning_lipschitz"], **values, lipschitz=lipschitz).terms["drift"]
    exponent = np.log2(long / short)
    if growth < 9:
        assert exponent == pytest.approx(growth, abs=0.1)
    else:
        assert exponent > 100


def test_average_errors_of_theorem_7_enter_like_sup_errors():
    values = {name: value for name, value in BASE.items() if name != "eps_q"}
    sup = total("theorem_7", **values, model_class_size=3, eps_q=0.01)
    average = total("theorem_7", **values, model_class_size=3, average_error=0.01)
    assert np.array_equal(sup, average)


def test_rates_in_the_horizon():
    """Imitation and drift are linear, unsaturated decoupling quadratic, where the dynamics are stable."""
    values = BASE | {"H": [10_000, 20_000], "eps_q": 1e-12}
    result = evaluate(catalog["theorem_2"], **values, L=1.0)
    ratios = {name: np.log2(term[1] / term[0]) for name, term in result.terms.items()}
    assert ratios == pytest.approx({"imitation": 1.0, "decoupling": 2.0, "drift": 1.0}, abs=1e-3)


def test_theorem_7_without_the_square_root_needs_more_than_deterministic_labels():
    """Two raw actions of one label decide for ever; models give the first one the chances 1/2 (true) and 0.45."""
    n, H, delta, other = 100, 10, 0.3, 0.45
    switch = n * math.log((1 - other) / 0.5) / (math.log((1 - other) / 0.5) + math.log(0.5 / other))
    chance = binom.cdf(math.floor(switch), n, 0.5)  # that the other model has the larger likelihood
    theorem = catalog["theorem_7_deterministic"]
    gains = GainSequence((1.0, *[0.0] * (H - 2)))
    symbols = {"class_size": 1, "model_class_size": 2, "eps_q": 0.0, "gains": gains, "L_x": 0.0, "L_u": 1.0}
    bound = float(evaluate(theorem, H=H, n=n, delta=delta, **symbols).total)
    assert chance > delta
    assert (H - 1) * (0.5 - other) > bound
    assert {"deterministic_expert", "deterministic_actions"} <= {assumed.name for assumed in theorem.assumptions}
