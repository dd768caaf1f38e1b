"""Misspecified classes and covers: radii that every statement takes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.terms import Imitation

DATA = {"H": 20, "n": 1000, "class_size": 256, "delta": 0.05}
CONSTANTS = {
    "eps_q": 0.001, "C": 0.5, "eta": 0.5, "L": 2.0, "k": 1.0, "lipschitz": 0.1, "L_P": 1.0, "average_error": 0.001,
    "horizon_average_error": 0.001, "model_class_size": 4,
}  # fmt: skip
LEARNT = [key for key, theorem in catalog.items() if theorem.widened_by and theorem.ceiling == "H"]


def values_of(theorem):
    asked = {name for wanted in theorem.needs if not wanted.optional for name in wanted.alternatives[0]}
    asked |= {name.removeprefix("log_") for name in asked}
    return {name: value for name, value in {**DATA, **CONSTANTS}.items() if name in asked}


def test_every_learnt_statement_takes_both():
    imitating = {key for key, theorem in catalog.items() if isinstance(theorem.terms.get("imitation"), Imitation)}
    assert set(LEARNT) == imitating
    assert len(LEARNT) > 10


@pytest.mark.parametrize("key", [key for key in LEARNT if set(values_of(catalog[key])) >= {"H", "n", "class_size"}])
def test_a_wider_scope_costs_more_and_none_costs_nothing(key):
    theorem = catalog[key]
    try:
        plain = evaluate(theorem, **values_of(theorem))
    except (ParameterError, AssumptionError):
        pytest.skip("asks for more than these constants")
    for form in theorem.forms:
        exact = evaluate(theorem, form, **values_of(theorem)).total
        zero = evaluate(theorem, form, **values_of(theorem), log_misspecification=0, log_cover=0).total
        assert zero == pytest.approx(float(exact), rel=1e-13)
    totals = [
        evaluate(theorem, **values_of(theorem), log_misspecification=m, log_cover=c).total
        for m, c in ((1e-9, 0), (0.01, 0), (0.01, 0.001), (0.01, 0.01))
    ]
    assert all(plain.total <= after * (1 + 1e-13) for after in totals)
    assert totals == sorted(totals)


@settings(deadline=None, max_examples=60)
@given(n=st.floats(1, 1e9), m=st.floats(0, 3), cover=st.floats(0, 1), size=st.floats(0, 100))
def test_sharp_is_at_most_simple(n, m, cover, size):
    values = {"H": 5, "n": n, "log_class_size": size, "log_misspecification": m, "log_cover": cover}
    for key in ("theorem_2", "theorem_3", "theorem_3_deterministic_class"):
        more = {"eps_q": 0, "C": 0, "eta": 0, "L": 0} | ({"k": 0} if key != "theorem_2" else {})
        sharp, simple = (evaluate(catalog[key], form, **values, **more).total for form in ("sharp", "simple"))
        assert 0 <= sharp <= min(simple, 5) * (1 + 1e-13)


def test_the_radius_is_the_statement_of_the_appendix():
    """TV = sqrt(D^2 (1 - D^2/4)) with the D^2 of misspecification, and D of covering."""
    learnt = {"n": 1000, "class_size": 256}
    zero = {"H": 1, "eps_q": 0, "C": 0, "eta": 0, "L": 0}
    d2 = float(evaluate(catalog["misspecification"], **learnt, log_misspecification=0.02).total)
    found = evaluate(catalog["theorem_2"], **learnt, **zero, log_misspecification=0.02).total
    assert found == pytest.approx(math.sqrt(d2 * (1 - d2 / 4)), rel=1e-13)
    d2 = float(evaluate(catalog["covering"], **learnt, log_cover=0.01).total) ** 2
    found = evaluate(catalog["theorem_3"], **learnt, **zero, k=0, log_cover=0.01).total
    assert found == pytest.approx(1 - (1 - d2 / 2) ** 2, rel=1e-12)


def test_the_level_is_split_at_its_best():
    """log(1/delta_1) + log(1/delta_2) / 2 over delta_1 + delta_2 = delta."""
    delta, n = 0.05, 100
    shares = np.linspace(1e-3, 1 - 1e-3, 999) * delta
    least = (-np.log(shares) - np.log(delta - shares) / 2).min()
    d2 = evaluate(catalog["misspecification"], "simple", n=n, delta=delta, class_size=1, log_misspecification=1e-300)
    assert float(d2.total) * n / 2 == pytest.approx(least, rel=1e-6)


def test_the_expert_may_lie_outside_the_class():
    """Bernoulli laws, the class off by a little: the distance stays below its bound on far more than 95 %."""
    rng = np.random.default_rng(5)
    truth, laws, n = 0.5, np.array([0.4, 0.45, 0.53, 0.6]), 200
    chi2 = ((truth - laws) ** 2 / laws + (truth - laws) ** 2 / (1 - laws)).min()
    ones = rng.binomial(n, truth, 20_000)
    best = np.argmax(ones[:, None] * np.log(laws) + (n - ones[:, None]) * np.log(1 - laws), axis=1)
    d2 = 2 - 2 * (np.sqrt(truth * laws) + np.sqrt((1 - truth) * (1 - laws)))
    bound = evaluate(catalog["misspecification"], n=n, class_size=4, log_misspecification=math.log1p(chi2)).total
    assert (d2[best] > bound).mean() <= 0.05
