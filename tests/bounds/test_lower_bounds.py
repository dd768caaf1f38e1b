"""Theorems 8 and 9 as numbers; that no algorithm does better is tested on their instance families."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import AssumptionError, Provenance, Sense, catalog, evaluate
from bounds.lower_bounds import THEOREMS

DEMOS = st.one_of(st.integers(1, 10**4), st.floats(1, 1e12))
HORIZONS = st.integers(1, 10**6)


def test_lower_bounds_are_in_the_catalog_with_their_source():
    for theorem in THEOREMS:
        assert catalog[theorem.key] is theorem
        assert theorem.source.startswith("arXiv:2603.20538v1, Theorem ")
        assert theorem.tight
    assert {t.key for t in THEOREMS if t.sense is Sense.LOWER} == {
        "theorem_6",
        "theorem_6_noisy",
        "theorem_6_gaussian",
        "theorem_8",
        "theorem_9",
    }
    assert catalog["theorem_8"].provenance is catalog["theorem_9"].provenance is Provenance.EXPLICIT


@given(HORIZONS, DEMOS, st.floats(0, 0.25))
def test_theorem_8_in_fifty_digits(H, n, eps_q):
    with mpmath.workdps(50):
        rare = 1 / (mpmath.mpf(n) + 1)
        exact = H * (eps_q + (1 - 4 * mpmath.mpf(eps_q)) / 2 * rare * (1 - rare) ** mpmath.mpf(n))
    assert float(evaluate(catalog["theorem_8"], H=H, n=n, eps_q=eps_q).total) == pytest.approx(float(exact), rel=1e-12)


@given(HORIZONS, DEMOS, st.floats(0, 0.4999))
def test_theorem_9_in_fifty_digits(H, n, eps_q):
    with mpmath.workdps(50):
        exact = H * ((1 - 2 * mpmath.mpf(eps_q)) * 3 / (8 * mpmath.sqrt(n)) + eps_q)
    assert float(evaluate(catalog["theorem_9"], H=H, n=n, eps_q=eps_q).total) == pytest.approx(float(exact), rel=1e-12)


@given(DEMOS, st.floats(0, 0.25))
def test_the_simple_form_of_theorem_8_is_lower_by_less_than_a_third(n, eps_q):
    sharp, simple = (
        evaluate(catalog["theorem_8"], form, H=1, n=n, eps_q=eps_q).terms["imitation"] for form in ("sharp", "simple")
    )
    assert simple <= sharp * (1 + 1e-12)
    assert sharp <= 1.36 * simple or simple == 0


@pytest.mark.parametrize("key", ["theorem_8", "theorem_9"])
def test_more_data_helps_and_coarser_bins_hurt(key):
    n, eps_q = np.array([1, 2, 10, 1e3, 1e9])[:, None], np.linspace(0, 0.25, 6)
    table = evaluate(catalog[key], H=10, n=n, eps_q=eps_q).total
    assert np.all(np.diff(table, axis=0) <= 0)
    assert np.all(np.diff(table, axis=1) >= 0)


@pytest.mark.parametrize(
    ("key", "eps_q", "words"), [("theorem_8", 0.2501, "eps_q <= 1/4"), ("theorem_9", 0.5, "eps_q < 1/2")]
)
def test_bins_too_wide_for_the_instances_are_refused(key, eps_q, words):
    with pytest.raises(AssumptionError, match=f"{key} requires {words}, got eps_q = {eps_q}"):
        evaluate(catalog[key], H=10, n=10, eps_q=eps_q)
