"""The formulas and numbers of the traps' statements; that they hold is tested on their witnesses."""

import functools

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, Sense, catalog, evaluate, symbol
from bounds.traps import THEOREMS

KEYS = [theorem.key for theorem in THEOREMS]
ARCTAN = {"eps": 0.01, "A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6}
NOISY = {"eps": 0.01, "A": 0.2, "B": 0.3, "c": 1.0, "W": 0.1, "x_c": 0.525}
EXAMPLE = {
    "theorem_6": ARCTAN | {"H": 200},
    "theorem_6_error": ARCTAN | {"H": 200},
    "theorem_6_noisy": NOISY | {"H": 200},
    "theorem_6_noisy_error": NOISY,
}


@st.composite
def arctan_values(draw):
    A, contraction = draw(st.just(0.0) | st.floats(1e-3, 0.95)), draw(st.floats(0.05, 0.99))
    assume(contraction > A + 0.01)
    B = contraction - A
    least, most = B / (1 - A - B) * 1.01, 0.99 / max(A, 1e-3)
    assume(least < most)
    k = least + draw(st.floats(0, 1)) * (min(most, 10 * least) - least)
    d = k / 2 * (1.01 + draw(st.floats(0, 3)))
    eps = B / (1 + d * (1 - A)) * 10 ** draw(st.floats(-9, -0.01))
    return {"A": A, "B": B, "k": k, "d": d, "eps": eps}


@st.composite
def noisy_values(draw):
    A, contraction = draw(st.floats(0, 0.95)), draw(st.floats(0.05, 0.99))
    assume(contraction > A + 0.01)
    c, W = draw(st.floats(0.2, 5)), 10 ** draw(st.floats(-3, 2))
    B = (contraction - A) / c
    assume(B < 1)
    x_c = W / (1 - A) + W / (1 - contraction) + W * draw(st.floats(0.01, 10))
    return {"A": A, "B": B, "c": c, "W": W, "eps": W * 10 ** draw(st.floats(-9, -0.31)), "x_c": x_c}


def values_of(key):
    values = noisy_values() if "noisy" in key else arctan_values()
    if key == "theorem_6_noisy_error":
        return values
    return st.tuples(values, st.integers(1, 80)).map(lambda pair: pair[0] | {"H": pair[1]})


@functools.cache
def formula(key, form, names):
    return sympy.lambdify([symbol(name) for name in names], catalog[key].expression(form), "mpmath")


def in_fifty_digits(key, form, values):
    names = tuple(sorted(values))
    function = formula(key, form, names)
    with mpmath.workdps(50):
        return function(*(values[name] if name == "H" else mpmath.mpf(values[name]) for name in names))


def near_a_jump(values):
    """Whether a rounded-up logarithm is within rounding of the next whole number."""
    A, B, d, eps = (mpmath.mpf(values.get(name, 0)) for name in ("A", "B", "d", "eps"))
    s = A + B * values.get("c", 1)
    logs = [mpmath.log((1 - s) / 2) / mpmath.log(s)]
    if d:
        logs = [mpmath.log(1 + 1 / d) / -mpmath.log(s), mpmath.log(1 + A * eps / (B + A * d * eps)) / -mpmath.log(s)]
    return any(abs(value - mpmath.nint(value)) < 1e-9 and value > 0.5 for value in logs)


@pytest.mark.parametrize("form", ["sharp", "simple"])
@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_the_number_is_the_formula(key, form, data):
    values = data.draw(values_of(key))
    assume(not near_a_jump(values))
    exact = in_fifty_digits(key, form, values)
    assert float(evaluate(catalog[key], form, **values).total) == pytest.approx(float(exact), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None)
@given(data=st.data())
def test_the_sharp_form_says_more(key, data):
    values = data.draw(values_of(key))
    sharp, simple = (evaluate(catalog[key], form, **values).total for form in ("sharp", "simple"))
    ordered = (simple, sharp) if catalog[key].sense is Sense.LOWER else (sharp, simple)
    assert 0 <= ordered[0] <= ordered[1] * (1 + 1e-12)


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None)
@given(data=st.data())
def test_values_move_as_declared(key, data):
    values = data.draw(values_of(key))
    theorem = catalog[key]
    for names, up in ((theorem.increasing, True), (theorem.decreasing, False)):
        for name in names:
            more = values | {name: values[name] + 1 if name == "H" else values[name] * 1.001}
            for form in theorem.forms:
                try:
                    after = evaluate(theorem, form, **more).total
                except AssumptionError:
                    continue
                before = evaluate(theorem, form, **values).total
                assert (after >= before * (1 - 1e-12)) if up else (after <= before * (1 + 1e-12))


@pytest.mark.parametrize("key", [key for key in KEYS if "H" in catalog[key].symbols])
def test_horizons_and_parameters_broadcast(key):
    H, eps = np.array([1, 2, 7, 300])[:, None], np.array([0.001, 0.003, 0.01])
    table = evaluate(catalog[key], **(EXAMPLE[key] | {"H": H, "eps": eps})).total
    for i, j in np.ndindex(4, 3):
        one = evaluate(catalog[key], **(EXAMPLE[key] | {"H": int(H[i, 0]), "eps": float(eps[j])})).total
        assert table[i, j] == pytest.approx(float(one), rel=1e-13)


@pytest.mark.parametrize("key", KEYS)
def test_extremes_give_finite_numbers(key):
    for eps in (1e-300, 1e-12, 0.02):
        for H in (1, 10**6):
            values = EXAMPLE[key] | {"eps": eps}
            values |= {"H": H} if "H" in values else {}
            for form in ("sharp", "simple"):
                total = evaluate(catalog[key], form, **values).total
                assert np.isfinite(total)
                assert total >= 0


def test_the_floors_are_linear_in_the_horizon_in_the_end():
    for key, rate in (
        ("theorem_6", 0.5 * (1 - 0.016 + 0.2 + np.arctan(0.3) - 1.6 * 0.96 * 0.01 / 0.3)),
        ("theorem_6_noisy", 0.873),
    ):
        long = [float(evaluate(catalog[key], **(EXAMPLE[key] | {"H": H})).total) for H in (10**5, 10**6)]
        assert long[1] - long[0] == pytest.approx(rate * 9e5, rel=1e-6)


def test_the_error_of_the_arctan_trap_has_two_scales():
    terms = evaluate(catalog["theorem_6_error"], **EXAMPLE["theorem_6_error"]).terms
    assert terms["quantization"] == pytest.approx(1.1 * 0.01 / 0.3)
    halved = evaluate(catalog["theorem_6_error"], **(EXAMPLE["theorem_6_error"] | {"eps": 0.005})).terms
    assert halved["quantization"] == pytest.approx(terms["quantization"] / 2)
    assert halved["transient"] == pytest.approx(terms["transient"], rel=0.02)
    later = evaluate(catalog["theorem_6_error"], **(EXAMPLE["theorem_6_error"] | {"H": 400})).terms
    assert later["transient"] == pytest.approx(terms["transient"] / 2)


@pytest.mark.parametrize(
    ("key", "wrong", "requirement"),
    [
        ("theorem_6", {"B": 0.85}, "A + B < 1"),
        ("theorem_6", {"d": 0.5}, "d > k / 2"),
        ("theorem_6", {"k": 5.0, "d": 3.0}, "A * k < 1"),
        ("theorem_6_error", {"k": 0.6}, "k / 2 > B"),
        ("theorem_6_error", {"eps": 0.25}, "eps"),
        ("theorem_6_noisy", {"c": 2.7}, "A + B * c < 1"),
        ("theorem_6_noisy", {"x_c": 0.32}, "x_c > W"),
        ("theorem_6_noisy_error", {"eps": 0.051}, "eps <= W / 2"),
    ],
)
def test_violated_conditions_are_named(key, wrong, requirement):
    with pytest.raises(AssumptionError) as caught:
        evaluate(catalog[key], **(EXAMPLE[key] | wrong))
    assert requirement in str(caught.value)
    assert all(f"{name} = {value!r}" in str(caught.value) for name, value in list(wrong.items())[:1])
