"""The best number of bins for a class that grows with them."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from bounds import ParameterError, catalog, evaluate
from bounds.bin_choice import best_bins, best_deterministic, best_stochastic
from bounds.classes import SoftmaxClass, TabularClass
from bounds.quantization import eps_q

VALUES = {"H": 50, "n": 10**5, "C": 0.5, "eta": 0.5}
BOX = {"low": -1.0, "high": 1.0}
properties = settings(deadline=None, max_examples=80)
logs = st.floats(-6, 3).map(lambda exponent: 10.0**exponent)


@properties
@given(a=logs, b=logs)
def test_the_deterministic_closed_form_is_stationary(a, b):
    best = best_deterministic(a, b)
    around = [a * math.log(best * factor) + b / (best * factor) for factor in (0.5, 0.99, 1.0, 1.01, 2.0)]
    assert min(around) == around[2]


@properties
@given(a=logs, b=logs)
def test_the_stochastic_closed_form_is_lambert_w(a, b):
    argument = -a / (2 * b * b)
    if argument < -1 / math.e * 0.999:
        return
    expected = math.exp(-0.5 * float(lambertw(argument, -1).real))
    assert best_stochastic(a, b) == pytest.approx(max(1.0, expected), rel=1e-7 if argument < -0.3 else 1e-12)


@properties
@given(a=logs, b=logs, offset=st.floats(0, 5))
def test_an_offset_shifts_the_logarithm(a, b, offset):
    """With K' = K e^offset the sum is sqrt(a log K') + b e^offset / K'."""
    best = best_stochastic(a, b, offset)
    with mpmath.mp.workdps(40):
        argument = -a / (2 * mpmath.mpf(b) ** 2) * mpmath.exp(-2 * mpmath.mpf(offset))
        if argument < -0.999 / mpmath.e:
            return
        expected = mpmath.exp(-offset - mpmath.lambertw(argument, -1).real / 2)
    assert best == pytest.approx(max(1.0, float(expected)), rel=1e-6 if argument < -0.3 else 1e-11)


@properties
@given(a=logs, b=logs)
def test_the_stochastic_closed_form_is_a_local_minimum(a, b):
    best = best_stochastic(a, b)
    if best <= 1.01:
        return
    around = [math.sqrt(a * math.log(best * f)) + b / (best * f) for f in (0.995, 1.0, 1.005)]
    assert around[1] <= min(around) * (1 + 1e-13)


def test_no_local_minimum_means_one_bin():
    assert best_stochastic(1.0, 1.0) == 1.0
    K = np.geomspace(1, 1e6, 1000)
    assert (np.sqrt(np.log(K)) + 1.0 / K >= 1.0).all()


def test_arguments_that_underflow_lambert_w():
    assert best_stochastic(1e-300, 1.0) == pytest.approx(2e150 * math.sqrt(math.log(1.1e152)), rel=1e-2)
    assert best_stochastic(1.0, 1e3, offset=400.0) < 1e6


def test_a_best_number_beyond_the_floats_is_refused():
    """The exponential once overflowed."""
    with pytest.raises(ParameterError, match="a and b must have their best K within the floats, got 1e-300 and 1e"):
        best_stochastic(1e-300, 1e300)
    assert best_stochastic(1e-290, 1e150) > 1e290


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf)])
def test_coefficients_must_be_positive(a, b):
    for solve in (best_deterministic, best_stochastic):
        with pytest.raises(ParameterError, match="a and b must be positive numbers"):
            solve(a, b)


@pytest.mark.parametrize("form", ["sharp", "simple"])
@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("theorem_2", {"L": 0.1}),
        ("theorem_3", {"L": 0.1, "k": 1.0}),
        ("theorem_7", {"model_class_size": 7}),
        ("theorem_7_deterministic", {"model_class_size": 7}),
        ("smooth_kernel", {"L_P": 0.01}),
    ],
)
@pytest.mark.parametrize("growth", [TabularClass(10, 2), TabularClass(2, 1, 50), SoftmaxClass(5), lambda K: 3 * K**0.5])
def test_the_best_is_the_best_of_all_whole_numbers(key, more, growth, form):
    values = {name: v for name, v in (VALUES | more).items() if key != "smooth_kernel" or name not in ("C", "eta")}
    found = best_bins(catalog[key], growth, form, **BOX, limit=8192, **values)
    every = np.arange(1, 8193).astype(float)
    sizes = growth(every)
    totals = evaluate(catalog[key], form, eps_q=eps_q(every, **BOX), log_class_size=sizes, **values).total
    assert found.evaluation.total == totals.min()
    assert found.bins == every[np.argmin(totals)]
    assert found.limited == (found.bins == 8192)


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("theorem_2", {"L": 0.001}),
        ("theorem_3", {"L": 0.001, "k": 1.0}),
        ("theorem_3_deterministic_class", {"L": 0.001, "k": 1.0}),
        ("theorem_7", {"model_class_size": 7}),
        ("theorem_7_deterministic", {"model_class_size": 7}),
        ("binning_lipschitz", {"lipschitz": 0.3}),
    ],
)
def test_the_closed_form_is_beside_the_numeric_optimum_of_the_simple_form(key, more):
    found = best_bins(catalog[key], TabularClass(10, 2), "simple", **BOX, **VALUES, **more)
    assert abs(found.bins - found.closed_form) <= 1


def test_other_classes_have_no_closed_form():
    assert best_bins(catalog["theorem_2"], SoftmaxClass(5), **BOX, **VALUES, L=0.1).closed_form is None


def test_what_follows_from_the_bins_is_not_given():
    for name in ("eps_q", "log_class_size"):
        with pytest.raises(ParameterError, match=f"{name} follows from the bins and must be left out, got 0.5"):
            best_bins(catalog["theorem_2"], TabularClass(2), **BOX, **VALUES, **{name: 0.5}, L=1.0)


def test_bins_that_do_not_matter_are_not_chosen():
    for key, name in (("theorem_8", "log_class_size"), ("foster_log_loss", "eps_q")):
        with pytest.raises(ParameterError, match=f"{key} cannot be minimised over bins: it does not grow with {name}"):
            best_bins(catalog[key], TabularClass(2), **BOX, H=5, n=5)


def test_one_bin_and_the_largest_number_can_be_the_best():
    """With one demonstration every bin costs more than it is worth, with endless data none does."""
    theorem, growth = catalog["theorem_7_deterministic"], TabularClass(states=1000)
    few = best_bins(theorem, growth, "simple", **BOX, **(VALUES | {"n": 1}), model_class_size=1, L_u=1e-6, L_x=1e-6)
    assert (few.bins, few.limited) == (1, False)
    many = best_bins(theorem, growth, "simple", **BOX, **(VALUES | {"n": 1e18}), model_class_size=1, limit=300)
    assert (many.bins, many.limited) == (300, True)
