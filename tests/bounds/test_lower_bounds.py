"""Theorems 8 and 9 as numbers; that no algorithm does better is tested on their instance families."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate

DEMOS = st.one_of(st.integers(1, 10**4), st.floats(1, 1e12))


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
