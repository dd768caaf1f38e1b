"""One evaluator: reference values, fifty digits, order, range, monotonicity, broadcasting and refusals."""

import math
import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, ParameterError, Sense, catalog, evaluate
from bounds.gains import ExponentialGain, GainSequence, MaxTypeGain
from bounds.moduli import FunctionModulus, LinearModulus, ThresholdModulus
from bounds.step_errors import StepErrors
from bounds.terms import Zero

BASE = {"H": 50, "n": 1000, "class_size": 256, "delta": 0.05, "eps_q": 0.001, "C": 0.5, "eta": 0.5}
LOWER = {"H": 50, "n": 1000, "eps_q": 0.001}
ANCHORS = [
    (
        "theorem_2",
        BASE | {"L": 2.0, "L_x": 1.0, "L_u": 1.0},
        {"imitation": 6.505585501122808, "decoupling": 2.2819056230633223, "drift": 0.098, "total": 8.88549112418613},
    ),
    (
        "theorem_7",
        BASE | {"model_class_size": 64},
        {"imitation": 7.918271734644343, "decoupling": 0.0, "drift": 0.098, "total": 8.016271734644343},
    ),
    (
        "binning_lipschitz",
        BASE | {"lipschitz": 0.4},
        {
            "imitation": 0.42503295727186563,
            "decoupling": 0.0,
            "drift": 0.4766666670863085,
            "total": 0.9016996243581742,
        },
    ),
    (
        "smooth_kernel",
        {"H": 50, "n": 1000, "class_size": 256, "eps_q": 0.001, "L_P": 1.0, "L_u": 1.0},
        {"imitation": 6.505585501122808, "decoupling": 1.20562819703135, "drift": 0.05, "total": 7.761213698154158},
    ),
    ("theorem_8", LOWER, {"total": 0.05915562065613442}),
    ("theorem_9", LOWER, {"total": 0.641741207159008}),
]
SUMMED = tuple(key for key in catalog if not key.startswith("theorem_6"))  # traps have evaluators of their own
UPPER = tuple(key for key in SUMMED if catalog[key].sense is Sense.UPPER)
FORM_NAMES = ("sharp", "simple")
FORMS = [(key, form) for key in SUMMED for form in catalog[key].forms]
statements = pytest.mark.parametrize("key", SUMMED)
STEP_BY_STEP = {  # no closed form for long horizons
    *("chunked", "chunked_lipschitz", "wasserstein_rms"),
    *("theorem_1", "theorem_2_average", "proposition_4", "local_stability"),
}
forms = pytest.mark.parametrize(("key", "form"), FORMS)
properties = settings(deadline=None, max_examples=25)


@pytest.mark.parametrize(("key", "values", "expected"), ANCHORS, ids=[key for key, *_ in ANCHORS])
def test_reference_values(key, values, expected):
    result = evaluate(catalog[key], **values)
    found = {name: float(term) for name, term in result.terms.items()} | {"total": float(result.total)}
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-12, abs=0)


def test_reference_value_of_the_simple_decoupling():
    result = evaluate(catalog["theorem_2"], form="simple", **BASE, L=2.0)
    assert float(result.terms["decoupling"]) == pytest.approx(2.354, rel=1e-12, abs=0)


@forms
@properties
@given(data=st.data())
def test_every_term_agrees_with_fifty_digits(reference, strategies, key, form, data):
    values = data.draw(strategies(catalog[key], H=st.one_of(st.integers(1, 50), st.integers(1, 200))))
    result = evaluate(catalog[key], form=form, **values)
    for name, exact in reference.terms(key, values, form).items():
        assert reference.error(result.terms[name], exact) <= 1e-12, (name, result.terms[name], exact)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "form"), [(key, form) for key, form in FORMS if catalog[key].options])
@settings(deadline=None, max_examples=3)
@given(data=st.data())
def test_optional_symbols_agree_with_fifty_digits(reference, strategies, key, form, data):
    """Against the catalog's own formula with the optional symbols in it."""
    theorem = catalog[key]
    values = data.draw(strategies(theorem, more=theorem.options, H=st.integers(1, 12)))
    result = evaluate(theorem, form=form, **values)
    for name, exact in reference.refined(key, values, form).items():
        assert reference.error(result.terms[name], exact) <= 1e-12, (name, result.terms[name], exact)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "form"), [(key, form) for key, form in FORMS if key not in STEP_BY_STEP])
@settings(deadline=None, max_examples=4)
@given(data=st.data())
def test_long_horizons_agree_with_closed_forms(reference, strategies, key, form, data):
    steep = {name: st.floats(1e-12, 1e-10) for name in ("eps_q", "average_error", "L")}
    narrow = {"H": st.sampled_from([10**5, 10**6, 999_937])}
    if "C" in catalog[key].symbols and "L" in catalog[key].symbols:  # no hazard saturates, or all are equal
        narrow |= steep | {"C": st.floats(0.1, 10)}
        narrow["eta"] = st.just(0.0) if form == "sharp" else st.sampled_from([0.0, 0.999, 1 - 1e-6, 1 - 1e-12, 1.0])
    values = data.draw(strategies(catalog[key], **narrow))
    result = evaluate(catalog[key], form=form, **values)
    for name, exact in reference.terms(key, values, form).items():
        assert reference.error(result.terms[name], exact) <= 1e-12, (name, result.terms[name], exact)


@pytest.mark.slow
@pytest.mark.parametrize(("H", "eta"), [(2000, 0.999), (2000, 1 + 1e-6), (5000, 1 - 1e-12)])
@pytest.mark.parametrize("key", sorted(STEP_BY_STEP))
def test_long_horizons_agree_step_by_step(reference, key, H, eta):
    """What has no closed form, by its own recursion in 60 digits."""
    small = {"eps_q", "average_error", "horizon_average_error", "action_error", "eps_prime", "bias", "local_failure"}
    values = dict.fromkeys(small, 1e-6) | {"H": H, "n": 1000.0, "delta": 0.05, "log_class_size": 5.0, "C": 0.5}
    values |= {"eta": eta, "L": 0.7, "lipschitz": 1e-4, "tv": 0.1, "excess_probability": 0.01, "chunk": 7}
    values |= {"chunk_decay": 0.9, "half_width": 0.01, "density": 1.0, "dimension": 2, "state_dimension": 2}
    values |= {"rms_error": 0.01, "tube": 50.0, "noise_share": 0.4, "sigma_w": 0.01, "sigma": 0.01}
    theorem = catalog[key]
    values = {name: values[name] for name in theorem.symbols if name in values}
    result = evaluate(theorem, **values)
    for name, exact in reference.terms(key, values, theorem.forms[0]).items():
        assert reference.error(result.terms[name], exact) <= 1e-12, name


@pytest.mark.parametrize("eta", [0.0, 0.5, 1 - 1e-6, 1 - 1e-12, 1 - 2.0**-53, 1.0, 1 + 2.0**-52, 1 + 1e-12, 1.5])
@pytest.mark.parametrize("H", [1, 2, 3, 1023, 1024, 1025, 2500])
def test_decay_around_one_at_block_boundaries(reference, eta, H):
    values = {"H": H, "n": 10.0, "log_class_size": 5.0, "eps_q": 1e-6, "C": 0.3, "eta": eta, "L": 0.7}
    for form in ("sharp", "simple"):
        result = evaluate(catalog["theorem_2"], form=form, **values)
        for name, exact in reference.terms("theorem_2", values, form).items():
            assert reference.error(result.terms[name], exact) <= 1e-12, name


@pytest.mark.parametrize("key", [key for key in UPPER if len(catalog[key].forms) == 2])
@properties
@given(data=st.data())
def test_sharp_is_at_most_simple_exactly(strategies, key, data):
    values = data.draw(strategies(catalog[key]))
    sharp, simple = (evaluate(catalog[key], form=form, **values) for form in ("sharp", "simple"))
    assert all(sharp.terms[name] <= simple.terms[name] for name in sharp.terms)
    assert sharp.total <= simple.total


@pytest.mark.parametrize("H", [2, 3])
def test_sharp_is_at_most_simple_where_they_differ_by_rounding(H):
    """Two steps: 1 - (1 - p) against p; the logarithm and exponential in between round either way."""
    values = BASE | {"eps_q": np.linspace(1e-9, 0.1, 5000), "H": H}
    sharp, simple = (evaluate(catalog["theorem_2"], form, **values, L=1.0).terms["decoupling"] for form in FORM_NAMES)
    assert (sharp <= simple).all()


def test_the_first_step_has_no_hazard_whatever_the_modulus():
    result = evaluate(catalog["theorem_2"], **(BASE | {"H": [1, 2]}), modulus=FunctionModulus(lambda r: 0.5 + 0.0 * r))
    assert result.terms["decoupling"] == pytest.approx([0.0, 0.5], rel=1e-15)


@pytest.mark.parametrize("key", ["theorem_8", "theorem_9"])
@properties
@given(data=st.data())
def test_a_simple_lower_bound_is_at_most_the_sharp_one(strategies, key, data):
    values = data.draw(strategies(catalog[key]))
    assert evaluate(catalog[key], form="simple", **values).total <= evaluate(catalog[key], **values).total


@statements
@properties
@given(data=st.data())
def test_terms_are_numbers_in_their_range(strategies, key, data):
    values = data.draw(strategies(catalog[key]))
    for form in catalog[key].forms:
        result = evaluate(catalog[key], form=form, **values)
        assert all(term >= 0 for term in result.terms.values())  # false for NaN
        assert result.capped <= result.ceiling
        if form == "sharp" and catalog[key].ceiling == "H" and "hazard_sum" not in catalog[key].options:
            # random hazards are averaged, not capped, and have their price
            assert all(result.terms.get(name, 0) <= values["H"] for name in ("imitation", "decoupling"))


@statements
@properties
@given(data=st.data())
def test_monotone_as_declared(strategies, key, data):
    theorem = catalog[key]
    values = data.draw(strategies(theorem))
    declared = [(name, 1) for name in theorem.increasing] + [(name, -1) for name in theorem.decreasing]
    name, direction = data.draw(st.sampled_from(declared))
    other = data.draw(strategies(theorem))[name]
    below, above = sorted((values[name], other))
    try:
        low, high = (float(evaluate(theorem, **(values | {name: value})).total) for value in (below, above))
    except AssumptionError:
        assume(False)
    low, high = (low, high) if direction > 0 else (high, low)
    assert low <= high * (1 + 1e-13)


@statements
def test_every_symbol_is_declared_or_has_no_direction(key):
    theorem = catalog[key]
    directed = {*theorem.increasing, *theorem.decreasing}
    assert directed <= set(theorem.symbols)
    undirected = set(theorem.symbols) - directed
    assert undirected == set(theorem.undirected)


@statements
@properties
@given(data=st.data())
def test_broadcasting_equals_a_loop_over_scalars(strategies, key, data):
    theorem = catalog[key]
    names = data.draw(st.lists(st.sampled_from(theorem.symbols), min_size=1, max_size=3, unique=True))
    short = strategies(theorem, H=st.integers(1, 30))
    values = data.draw(short)
    columns = {name: [data.draw(short)[name] for _ in range(data.draw(st.integers(1, 3)))] for name in names}
    shared = data.draw(st.booleans())
    count = len(columns[names[0]])
    shaped = {}
    for axis, (name, column) in enumerate(columns.items()):
        shape = (count,) if shared else tuple(len(column) if a == axis else 1 for a in range(len(names)))
        shaped[name] = np.resize(np.asarray(column, dtype=float), shape)
    form = data.draw(st.sampled_from(theorem.forms))
    try:
        result = evaluate(theorem, form=form, **(values | shaped))
    except AssumptionError:
        assume(False)
    for index in np.ndindex(result.shape):
        one = {name: np.broadcast_to(array, result.shape)[index] for name, array in shaped.items()}
        alone = evaluate(theorem, form=form, **(values | one))
        # numpy's loops over arrays may round the last bit of exp and log otherwise than for one number
        for name in theorem.terms:
            np.testing.assert_allclose(result.terms[name][index], alone.terms[name], rtol=1e-14)
        np.testing.assert_allclose(result.total[index], alone.total, rtol=1e-14)
        np.testing.assert_allclose(result.capped[index], alone.capped, rtol=1e-14)
        assert result.vacuous[index] == alone.vacuous


@pytest.mark.parametrize("shapes", list(product([(1,), (3,), (3, 1), (2, 1, 1)], repeat=3)))
def test_shapes_follow_numpy(shapes):
    values = dict(zip(("H", "eps_q", "n"), (np.full(shape, 0.5) for shape in shapes), strict=True))
    values["H"], values["n"] = values["H"] * 40, values["n"] * 8
    result = evaluate(catalog["theorem_2"], **values, class_size=2, C=1.0, eta=0.5, L=1.0)
    assert result.total.shape == result.shape == np.broadcast_shapes(*shapes)
    assert {term.shape for term in result.terms.values()} == {result.shape}


def test_more_curves_than_fit_at_once_give_the_same_numbers():
    eps_q = np.geomspace(1e-6, 1e-2, 300)
    H = np.array([[700], [1], [513]])
    result = evaluate(catalog["theorem_2"], **(BASE | {"eps_q": eps_q, "H": H}), L=1.0)
    for row, column in [(0, 0), (0, 299), (1, 150), (2, 187), (2, 188)]:
        alone = evaluate(catalog["theorem_2"], **(BASE | {"eps_q": eps_q[column], "H": H[row, 0]}), L=1.0)
        assert result.total[row, column] == alone.total


def test_scalars_give_numbers_and_empty_arrays_give_empty_arrays():
    assert np.ndim(evaluate(catalog["theorem_2"], **BASE, L=1.0).total) == 0
    for name in ("H", "n", "eps_q", "eta"):
        result = evaluate(catalog["theorem_2"], **(BASE | {name: np.empty((0, 2))}), L=1.0)
        assert result.total.shape == result.terms["decoupling"].shape == result.vacuous.shape == (0, 2)


def test_one_step_costs_no_decoupling():
    result = evaluate(catalog["theorem_2"], **(BASE | {"H": 1}), L=5.0)
    assert result.terms["decoupling"] == 0
    assert result.terms["drift"] == 0.001


@pytest.mark.parametrize("H", [1, 7])
def test_a_class_of_one_policy_costs_no_imitation(H):
    for key in ("theorem_2", "theorem_3", "theorem_3_deterministic_class"):
        values = BASE | {"class_size": 1, "H": H, "L": 1.0} | ({"k": 2.0} if key != "theorem_2" else {})
        assert evaluate(catalog[key], **values).terms["imitation"] == 0


def test_overflow_is_inf_and_flagged():
    values = BASE | {"H": [10, 10**6], "eta": 1.5, "L": 1.0}
    result = evaluate(catalog["theorem_2"], **values)
    assert result.overflow.tolist() == [False, True]
    assert np.isposinf(result.total[1])
    assert result.capped[1] == 10**6
    assert result.terms["decoupling"][1] <= 10**6


@pytest.mark.parametrize("eps_q", [0.0, 1e-200, 1e-100, 1e-5])
def test_inf_only_where_the_true_value_overflows(reference, eps_q):
    H = np.array([1500, 1740, 1755, 1800, 2100, 2400, 2900, 4000])
    values = {"n": 5.0, "log_class_size": 3.0, "eps_q": eps_q, "C": 0.3, "eta": 1.5, "L_x": 0.01, "lipschitz": 0.1}
    for key in ("theorem_7", "binning_lipschitz"):
        theorem = catalog[key]
        chosen = {name: value for name, value in values.items() if name in theorem.symbols}
        chosen |= {"log_model_class_size": 0.0} if key == "theorem_7" else {}
        result = evaluate(theorem, H=H, **chosen)
        for column, horizon in enumerate(H):
            exact = reference.terms(key, chosen | {"H": int(horizon)})["drift"]
            assert reference.error(result.terms["drift"][column], exact) <= 1e-12


def test_an_absent_disturbance_stays_absent_however_unstable_the_system():
    values = BASE | {"eps_q": 0.0, "eta": 1.5, "H": 10**5}
    result = evaluate(catalog["theorem_2"], **values, L=1.0)
    assert result.terms["drift"] == result.terms["decoupling"] == 0.0
    values = BASE | {"eta": 1.5, "H": 10**5, "L_x": 0.0}
    assert evaluate(catalog["theorem_7"], **values, model_class_size=1).terms["drift"] == pytest.approx(100.0)


def test_huge_classes_are_given_as_integers_or_logarithms():
    exact = evaluate(catalog["theorem_2"], **(BASE | {"class_size": 10**10000, "n": 1e6}), L=1.0)
    logs = {name: value for name, value in BASE.items() if name != "class_size"}
    same = evaluate(catalog["theorem_2"], **(logs | {"log_class_size": 10000 * math.log(10), "n": 1e6}), L=1.0)
    assert exact.total == pytest.approx(same.total, rel=1e-14)
    many = evaluate(catalog["theorem_2"], **(BASE | {"class_size": [2, 10**400]}), L=1.0)
    assert many.total[1] > many.total[0]


def test_vacuous_at_the_ceiling():
    assert evaluate(catalog["theorem_2"], **(BASE | {"n": 1}), L=2.0).vacuous
    assert not evaluate(catalog["theorem_2"], **(BASE | {"n": 1e9}), L=2.0).vacuous
    assert not evaluate(catalog["theorem_8"], **LOWER).vacuous
    assert evaluate(catalog["ross_bagnell"], H=10, step_error=0.1).vacuous


def test_gain_objects_equal_their_symbols():
    plain = {name: value for name, value in BASE.items() if name not in ("C", "eta")}
    expected = evaluate(catalog["theorem_2"], **BASE, L=2.0)
    sequence = GainSequence(0.5 * 0.5 ** np.arange(60))
    for gains in (ExponentialGain(0.5, 0.5), sequence):
        result = evaluate(catalog["theorem_2"], **plain, gains=gains, L=2.0)
        assert result.total == pytest.approx(expected.total, rel=1e-14)
    both = evaluate(catalog["theorem_2"], **BASE, modulus=LinearModulus(2.0))
    assert both.total == expected.total


def test_max_type_modulus_in_theorem_3(reference):
    """H^2 kappa(gamma(r)) + H gamma(r) + H r with r = (k + 1) eps_q, the first step excepted."""
    plain = {name: value for name, value in BASE.items() if name not in ("C", "eta")}
    result = evaluate(catalog["theorem_3"], "simple", **plain, k=1.0, L=0.5, gains=MaxTypeGain(3.0))
    r = 2 * 0.001
    assert result.terms["decoupling"] == pytest.approx(50 * 49 / 2 * 0.5 * 3 * r, rel=1e-12)
    assert result.terms["drift"] == pytest.approx(49 * 3 * r + 50 * r, rel=1e-12)
    curved = evaluate(catalog["theorem_3"], **plain, k=1.0, L=0.5, gains=MaxTypeGain(np.sqrt))
    assert curved.terms["drift"] == pytest.approx(49 * math.sqrt(r) + 50 * r, rel=1e-12)


def test_threshold_modulus_cuts_the_hazards_to_zero_or_one():
    values = BASE | {"lipschitz": 0.4}
    roomy = evaluate(catalog["theorem_3"], **values, k=5.0)
    tight = evaluate(catalog["theorem_3"], **values, k=2.0)
    assert roomy.terms["decoupling"] == 0.0
    assert tight.terms["decoupling"] == 49.0
    plain = {name: value for name, value in values.items() if name != "lipschitz"}
    same = evaluate(catalog["theorem_3"], **plain, k=5.0, modulus=ThresholdModulus(0.4))
    assert same.total == roomy.total


def test_a_callable_modulus_is_read_at_the_displacement():
    step = FunctionModulus(lambda r: np.where(r > 6e-4, 0.25, 0.0))
    result = evaluate(catalog["theorem_2"], **BASE, modulus=step)
    # displacements are 0, 5e-4, 7.5e-4, …: the hazard is 1/4 from the third step on
    assert result.terms["decoupling"] == pytest.approx(sum(1 - 0.75**h for h in range(49)), rel=1e-12)


def test_constant_step_errors_equal_the_constant():
    values = {name: value for name, value in BASE.items() if name != "eps_q"}
    for key, more in (("average_error", {"L": 2.0}), ("theorem_7", {"model_class_size": 4})):
        for gains in ({"C": 0.5, "eta": 0.9}, {"gains": GainSequence(0.5 * 0.9 ** np.arange(50))}):
            chosen = {name: value for name, value in values.items() if name not in ("C", "eta")} | gains | more
            constant = evaluate(catalog[key], **chosen, average_error=0.01)
            by_step = evaluate(catalog[key], **chosen, average_error=StepErrors(np.full(50, 0.01)))
            assert by_step.total == pytest.approx(constant.total, rel=1e-13)


@properties
@given(
    errors=st.lists(st.floats(0, 1), min_size=1, max_size=40),
    C=st.floats(0, 2),
    eta=st.floats(0, 1.5),
    L=st.floats(0, 3),
)
@example(errors=[1.0], C=1.0, eta=1.0, L=1.0)
def test_step_errors_are_convolved_with_the_gains(errors, C, eta, L):
    H = len(errors)
    moved = [sum(C * eta ** (h - 1 - t) * errors[t] for t in range(h)) for h in range(H)]
    plain = {"H": np.arange(1, H + 1), "n": 9, "log_class_size": 1.0, "C": C, "eta": eta, "L": L, "L_x": 0.5}
    result = evaluate(catalog["average_error"], **plain, average_error=StepErrors(errors))
    for h in range(1, H + 1):
        decoupling = L * sum((h - t) * moved[t] for t in range(h))
        drift = 0.5 * sum(moved[:h]) + sum(errors[:h])
        assert result.terms["decoupling"][h - 1] == pytest.approx(decoupling, rel=1e-12, abs=1e-300)
        assert result.terms["drift"][h - 1] == pytest.approx(drift, rel=1e-12, abs=1e-300)


GOOD = {
    "theorem_3": BASE | {"lipschitz": 0.1},
    "theorem_2": BASE | {"L": 1.0},
    "theorem_8": LOWER,
    "theorem_9": LOWER,
    "small_gain": BASE | {"lipschitz": 0.4},
    "proposition_5_corollary": BASE | {"lipschitz": 0.5, "k": 5.0},
}
REFUSED = [
    ("theorem_2", {"L": None}, "theorem_2 needs L or modulus, but L was not given"),
    ("theorem_2", {"C": None, "eta": None}, "theorem_2 needs C with eta or gains, but C, eta were not given"),
    (
        "theorem_3",
        {"n": None, "C": None},
        "theorem_3 needs n, C with eta or gains, k, but n, C, k were not given \\(k = 0",
    ),
    ("theorem_2", {"C": None}, "theorem_2 needs C with eta or gains, but C was not given"),
    ("theorem_2", {"gains": ExponentialGain(1.0, 0.5)}, "takes C with eta or gains, got C and eta and gains"),
    ("theorem_2", {"modulus": LinearModulus(1.0)}, "theorem_2 takes L or modulus, got L and modulus"),
    ("theorem_2", {"eps_q": None, "eps": 0.1}, r"theorem_2 does not use eps \(did you mean eps_q\?\); it uses H, n,"),
    ("theorem_2", {"horizon": 2, "n": None}, "theorem_2 does not use horizon; it uses H, n"),
    (
        "theorem_3",
        {},
        "theorem_3 needs k, but k was not given \\(k = 0 for a TV-continuous policy; .* lipschitz, and k >= 2",
    ),
    ("theorem_2", {"k": 2}, "theorem_2 does not use k; it uses H, n, delta"),
    ("theorem_2", {"horizon": 2}, "theorem_2 does not use horizon"),
    ("theorem_2", {"log_class_size": 3.0}, "give class_size or log_class_size, not both: got 256 and 3.0"),
    ("theorem_2", {"H": 0}, "H must be a whole number >= 1, got 0"),
    ("theorem_2", {"H": 2.5}, "H must be a whole number >= 1, got 2.5"),
    ("theorem_2", {"H": [3, math.nan]}, "H must be a whole number >= 1, got nan"),
    ("theorem_2", {"H": 10**400}, "H must be a whole number >= 1, got 1000"),
    ("theorem_2", {"H": 10**8}, "H must be at most 10000000 where a bound sums over the steps, got 100000000"),
    ("theorem_2", {"n": 0.5}, "n must be a number >= 1, got 0.5"),
    ("theorem_2", {"n": math.inf}, "n must be a number >= 1, got inf"),
    ("theorem_2", {"n": "many"}, "n must be a number >= 1, got 'many'"),
    ("theorem_2", {"n": "5"}, "n must be a number >= 1, got '5'"),
    ("theorem_2", {"n": [[1], [2, 3]]}, r"n must be a number >= 1, got \[\[1\], \[2, 3\]\]"),
    ("theorem_2", {"n": True}, "n must be a number >= 1, got True"),
    ("theorem_2", {"n": 1j}, "n must be a number >= 1, got 1j"),
    ("theorem_2", {"delta": 0}, r"delta must be a number in \(0, 1\), got 0"),
    ("theorem_2", {"delta": 1}, r"delta must be a number in \(0, 1\), got 1"),
    ("theorem_2", {"eps_q": -1e-9}, "eps_q must be a number >= 0, got -1e-09"),
    ("theorem_2", {"class_size": 0}, "class_size must be a whole number >= 1, got 0"),
    ("theorem_2", {"class_size": 2.5}, "class_size must be a whole number >= 1, got 2.5"),
    ("theorem_2", {"class_size": "all"}, "class_size must be a whole number >= 1, got 'all'"),
    ("theorem_2", {"class_size": math.inf}, "class_size must be a whole number >= 1, got inf"),
    ("theorem_2", {"class_size": [2, -(10**400)]}, "class_size must be a whole number >= 1"),
    ("theorem_2", {"L": None, "modulus": 3.0}, "modulus must be a Modulus object of this package, got 3.0"),
    (
        "theorem_2",
        {"C": None, "eta": None, "gains": [1.0]},
        r"gains must be a Gain object of this package, got \[1.0\]",
    ),
    ("theorem_2", {"H": [1, 2], "n": [1, 2, 3]}, r"theorem_2: shapes must broadcast, got H \(2,\), n \(3,\)"),
    ("theorem_2", {"C": None, "eta": None, "gains": GainSequence([1.0])}, "gains must reach H - 1 = 49 entries, got 1"),
    ("theorem_2", {"form": "exact"}, "form of theorem_2 must be sharp or simple, got 'exact'"),
    ("theorem_8", {"delta": 0.1}, "theorem_8 does not use delta; it uses H, n, eps_q"),
]
ASSUMED = [
    ("theorem_8", {"eps_q": [0.1, 0.3]}, r"theorem_8 requires eps_q <= 1/4, got eps_q = 0.3$"),
    ("theorem_9", {"eps_q": 0.5}, "theorem_9 requires eps_q < 1/2, got eps_q = 0.5"),
    ("proposition_5_corollary", {"k": 4.9}, r"proposition_5_corollary requires lipschitz \* C .* got k = 4.9, C = 0.5"),
    ("small_gain", {"lipschitz": 1.0}, r"small_gain requires eta \+ C \* lipschitz < 1, got C = 0.5, eta = 0.5, lips"),
]


def _call(key, changes):
    values = GOOD[key] | changes
    form = values.pop("form", None)
    return evaluate(catalog[key], form, **values)


@pytest.mark.parametrize(("key", "changes", "message"), REFUSED)
def test_refused_input_is_named(key, changes, message):
    with pytest.raises(ParameterError, match=message):
        _call(key, changes)


@pytest.mark.parametrize(("key", "changes", "message"), ASSUMED)
def test_violated_assumptions_are_named(key, changes, message):
    with pytest.raises(AssumptionError, match=message):
        _call(key, changes)


def test_boundary_values_of_the_assumptions_are_admitted():
    assert evaluate(catalog["theorem_8"], **(LOWER | {"eps_q": 0.25})).total == 12.5
    assert evaluate(catalog["theorem_9"], **(LOWER | {"eps_q": np.nextafter(0.5, 0)})).total > 0


def test_average_errors_need_gains_that_add_up():
    for key, more in (("average_error", {"L": 1.0}), ("theorem_7", {"class_size": 3, "model_class_size": 3})):
        size = {} if key == "theorem_7" else {"class_size": 3}
        values = {"H": 3, "n": 9, "average_error": 0.1, "gains": MaxTypeGain(2.0)} | more | size
        with pytest.raises(
            AssumptionError, match=f"{key} requires linear gains with average_error, got gains = MaxTypeGain"
        ):
            evaluate(catalog[key], **values)


def test_step_errors_must_reach_the_horizon():
    values = {name: value for name, value in BASE.items() if name != "eps_q"}
    with pytest.raises(ParameterError, match="average_error must reach H = 50 steps, got 2"):
        evaluate(catalog["average_error"], **values, L=1.0, average_error=StepErrors([0.1, 0.2]))


def test_later_changes_to_the_arguments_change_nothing():
    H = np.array([5.0, 10.0])
    result = evaluate(catalog["theorem_8"], H=H, n=10, eps_q=0.1)
    before = result.ceiling.copy()
    H[:] = 1
    assert np.array_equal(result.ceiling, before)
    assert np.array_equal(result.values["H"], [5.0, 10.0])


def test_evaluating_imports_neither_scipy_nor_sympy_nor_matplotlib():
    code = (
        "import sys, bounds\n"
        "bounds.evaluate(bounds.catalog['theorem_2'], H=9, n=9, class_size=9, eps_q=.1, C=.5, eta=.5, L=1).total\n"
        "raise SystemExit(bool({'scipy', 'sympy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


OPTIONAL = [key for key in SUMMED if catalog[key].options]
OPTIONS = {"return_range": st.one_of(st.floats(0, 3), st.floats(1, 2000)), "return_std": st.floats(0, 1000)}
OPTIONS["hazard_sum"] = st.floats(0, 10)


def test_what_multiplies_a_probability_by_the_horizon_takes_the_range_of_the_return():
    assert {key for key in SUMMED if "return_range" in catalog[key].options} == set(OPTIONAL)
    regret = {key for key in UPPER if catalog[key].ceiling == "H"}
    imitating = {key for key in regret if not isinstance(catalog[key].terms["imitation"], Zero)}
    assert {*OPTIONAL, "ross_bagnell", "foster_log_loss"} >= imitating


@pytest.mark.parametrize("key", OPTIONAL)
@properties
@given(data=st.data())
def test_options_sharpen_and_the_value_never_falls_with_them(strategies, key, data):
    theorem = catalog[key]
    values = data.draw(strategies(theorem, H=st.integers(1, 60)))
    chosen = {name: data.draw(OPTIONS[name]) for name in theorem.options}
    larger = {name: value + data.draw(OPTIONS[name]) for name, value in chosen.items()}
    for form in theorem.forms:
        result = evaluate(theorem, form, **values, **chosen)
        above = evaluate(theorem, form, **values, **larger).total
        assert result.total <= above * (1 + 1e-13)
        most = {"return_range": values["H"], "return_std": values["H"] / 2, "hazard_sum": 1e15}
        most = {name: most[name] for name in theorem.options}
        plain = evaluate(theorem, form, **values)
        assert evaluate(theorem, form, **values, **most).total == pytest.approx(plain.total, rel=1e-13)
        inside = {name: min(value, most[name]) for name, value in chosen.items()}
        assert evaluate(theorem, form, **values, **inside).total <= plain.total * (1 + 1e-13)
        assert result.ceiling == min(values["H"], chosen["return_range"])
    both = [evaluate(theorem, form, **values, **chosen).total for form in theorem.forms]
    assert both == sorted(both)


@pytest.mark.parametrize("form", FORM_NAMES)
def test_the_variance_form_by_hand(form):
    """D (R D + sqrt(R^2 D^2 + 4 sigma^2)) with D^2 = 2 (1 - exp(-x)), or 2 (log N + log(1/delta)) / n."""
    H, n, N, delta, R, sigma = 50, 4000, 64, 0.05, 20.0, 0.3
    x = math.log((N - 1) / delta) / n
    D = math.sqrt(-2 * math.expm1(-x)) if form == "sharp" else math.sqrt(2 * math.log(N / delta) / n)
    expected = D * (R * D + math.sqrt(R**2 * D**2 + 4 * sigma**2))
    values = {"H": H, "n": n, "class_size": N, "delta": delta, "eps_q": 0.0, "C": 1.0, "eta": 0.0, "L": 1.0}
    result = evaluate(catalog["theorem_2"], form, **values, return_range=R, return_std=sigma)
    assert result.total == pytest.approx(expected, rel=1e-13)
    slow = evaluate(catalog["theorem_2"], form, **values, return_range=R)
    assert result.total < slow.total == pytest.approx(R * math.sqrt(-math.expm1(-2 * x) if form == "sharp" else D**2))


def test_with_little_variance_the_rate_is_one_over_n():
    values = {"H": 50, "n": [1e4, 1e6], "class_size": 64, "eps_q": 0.0, "C": 1.0, "eta": 0.0, "L": 1.0}
    totals = evaluate(catalog["theorem_2"], **values, return_std=0.0).total
    assert totals[0] / totals[1] == pytest.approx(100.0, rel=1e-3)
    plain = evaluate(catalog["theorem_2"], **values).total
    assert plain[0] / plain[1] == pytest.approx(10.0, rel=1e-3)


def test_a_reward_paid_once_caps_what_decoupling_costs():
    values = BASE | {"L": 50.0, "n": 1e12}
    plain = evaluate(catalog["theorem_2"], **values).terms["decoupling"]
    once = evaluate(catalog["theorem_2"], **values, return_range=1.0).terms["decoupling"]
    hazards = [min(1, 50.0 * 0.001 * 0.5 * sum(0.5**j for j in range(h))) for h in range(50)]
    assert once == pytest.approx(1 - np.prod(1 - np.array(hazards)), rel=1e-13)
    assert plain > 20 * once
