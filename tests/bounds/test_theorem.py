"""Descriptions: what a statement needs, and formulas that are the numbers."""

import dataclasses

import pytest
import sympy

from bounds import ParameterError, Sense, catalog, evaluate, symbol
from bounds.symbols import SYMBOLS

EXAMPLE = {
    "H": 4,
    "n": 50.0,
    "delta": 0.125,
    "log_class_size": 2.5,
    "log_model_class_size": 1.25,
    "eps_q": 0.0625,
    "C": 0.5,
    "eta": 0.25,
    "L": 3.0,
    "L_P": 1.5,
    "L_x": 0.75,
    "L_u": 1.25,
    "lipschitz": 0.5,
    "k": 5.0,
    "average_error": 0.03125,
    "horizon_average_error": 0.03125,
    "action_error": 0.03125,
    "eps_prime": 0.0625,
    "jump": 0.0625,
    "coupled_lipschitz": 0.5,
    "eps_max": 0.25,
    "loop_C": 0.5,
    "loop_eta": 0.25,
    "map_error": 0.03125,
    "mismatch": 0.125,
    "bins_off": 1.0,
    "chunk": 2,
    "chunk_decay": 0.5,
    "half_width": 0.0625,
    "density": 1.5,
    "bias": 0.03125,
    "rms_error": 0.03125,
    "tv": 0.125,
    "log_misspecification": 0.0625,
    "log_cover": 0.125,
    "tube": 2.0,
    "state_dimension": 3,
    "dimension": 2,
    "sigma_w": 0.125,
    "noise_share": 0.5,
    "excess_probability": 0.0625,
    "local_failure": 0.03125,
    "step_error": 0.03125,
    "distance": 0.5,
    "sigma": 0.25,
    "eps": 0.015625,
    "A": 0.25,
    "B": 0.25,
    "d": 1.5,
    "c": 1.0,
    "W": 0.125,
    "x_c": 0.75,
    "reach": 2.0,
}
RECURSIVE = {key for key, theorem in catalog.items() if theorem.expression().atoms(sympy.core.function.AppliedUndef)}
"""Statements whose formula names a sequence that a recursion defines; tests of that recursion hold the number to it."""
FORMS = [(key, form) for key, theorem in catalog.items() if key not in RECURSIVE for form in theorem.forms]


@pytest.mark.slow
@pytest.mark.parametrize(("key", "form"), FORMS)
def test_the_formula_and_the_recursion_are_the_same_number(key, form):
    theorem = catalog[key]
    values = {name: EXAMPLE[name] for name in theorem.symbols}
    if key == "theorem_6_error" or key == "theorem_6":
        values["k"] = 2.0
    result = evaluate(theorem, form, **values)
    exact = {symbol(name): sympy.Rational(value) for name, value in values.items()}
    for name, formula in theorem.parts(form).items():
        number = formula.subs(exact).doit().evalf(30)
        assert float(result.terms[name]) == pytest.approx(float(number), rel=1e-13, abs=0)
    assert float(result.total) == pytest.approx(float(theorem.expression(form).subs(exact).doit().evalf(30)), rel=1e-13)


LOOSE = {
    "n": 1.0,
    "H": 6,
    "step_error": 0.5,
    "delta": 0.015625,
    "eps_q": 0.25,
    "average_error": 0.5,
    "L": 8.0,
    "L_P": 8.0,
    "tv": 0.875,
}
"""Values at which every minimum and maximum of a formula takes its other side."""


@pytest.mark.slow
@pytest.mark.parametrize(("key", "form"), [(key, form) for key, form in FORMS if not key.startswith("theorem_6")])
def test_the_formula_is_the_number_where_the_bound_says_nothing(key, form):
    theorem = catalog[key]
    values = {name: (EXAMPLE | LOOSE)[name] for name in theorem.symbols}
    result = evaluate(theorem, form, **values)
    exact = {symbol(name): sympy.Rational(value) for name, value in values.items()}
    for name, formula in theorem.parts(form).items():
        assert float(result.terms[name]) == pytest.approx(float(formula.subs(exact).doit().evalf(30)), rel=1e-13, abs=0)


def test_one_statement_is_defined_by_a_recursion():
    assert {"wasserstein_rms"} == RECURSIVE


@pytest.mark.parametrize("key", catalog)
def test_formulas_use_the_symbols_that_are_declared(key):
    theorem = catalog[key]
    used = {str(s) for form in theorem.forms for s in theorem.expression(form).free_symbols}
    required = " ".join(assumption.requirement or "" for assumption in theorem.assumptions)
    assert used <= set(theorem.symbols) <= set(SYMBOLS)
    inside = {"C", "eta", "bias"} if key in RECURSIVE else set()  # of the recursion
    assert all(name in required for name in set(theorem.symbols) - used - inside)


def test_terms_moved_by_a_symbol():
    assert catalog["theorem_2"].moved_by("eps_q") == ("decoupling", "drift")
    assert catalog["theorem_2"].moved_by("gains") == ("decoupling", "drift")
    assert catalog["theorem_2"].moved_by("H") == ("imitation", "decoupling", "drift")
    assert catalog["theorem_2"].moved_by("k") == ()


def test_descriptions_are_frozen():
    theorem = catalog["theorem_2"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        theorem.key = "other"
    with pytest.raises(TypeError):
        theorem.terms["drift"] = None
    with pytest.raises(TypeError):
        catalog["theorem_1"] = theorem


def test_forms_and_ceilings():
    assert catalog["theorem_2"].form(None) == "sharp"
    assert catalog["average_error"].form(None) == "simple"
    with pytest.raises(ParameterError, match="form of average_error must be simple, got 'sharp'"):
        catalog["average_error"].form("sharp")
    assert catalog["theorem_2"].ceiling == "H"
    assert catalog["proposition_5_gaussian"].ceiling == 1
    assert catalog["proposition_5"].ceiling is None
    assert catalog["theorem_9"].sense is Sense.LOWER
