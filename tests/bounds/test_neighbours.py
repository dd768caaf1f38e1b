import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import Provenance, catalog, evaluate


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_ross_bagnell_is_the_square_of_the_horizon_capped_at_it(H, step_error):
    sharp, simple = (
        float(evaluate(catalog["ross_bagnell"], form, H=H, step_error=step_error).total) for form in ("sharp", "simple")
    )
    assert simple == pytest.approx(H**2 * step_error, rel=1e-14)
    assert sharp == min(simple, H) or sharp == pytest.approx(min(simple, H), rel=1e-14)


@given(st.integers(1, 10**6), st.floats(1, 1e12), st.floats(1e-9, 0.999), st.floats(0, 1e6))
def test_the_log_loss_bound_is_ours_without_quantization(H, n, delta, log_class_size):
    """Deterministic labels, nothing quantized: 2 H log(N/delta)/n, a quarter of the constant that others have."""
    data = {"H": H, "n": n, "delta": delta, "log_class_size": log_class_size}
    found = evaluate(catalog["foster_log_loss"], "simple", **data)
    assert float(found.total) == pytest.approx(2 * H * (log_class_size - math.log(delta)) / n, rel=1e-12)
    for form in ("sharp", "simple"):
        ours = evaluate(catalog["theorem_7_deterministic"], form, **data, model_class_size=1, eps_q=0, C=1, eta=0)
        assert evaluate(catalog["foster_log_loss"], form, **data).total == ours.total


@given(st.integers(1, 1000), st.floats(1, 1e9))
def test_the_log_loss_bound_is_above_the_lower_bound_without_quantization(H, n):
    """The lower bound's family is a class of four; with probability delta the regret may be the whole horizon."""
    lower = evaluate(catalog["theorem_8"], H=H, n=n, eps_q=0).total
    deltas = np.array([1e-6, 1e-3, 0.05, 0.5])
    upper = evaluate(catalog["foster_log_loss"], H=H, n=n, delta=deltas, class_size=4).capped
    assert np.all(lower <= (1 - deltas) * upper + deltas * H)


def test_what_is_cited_is_marked_so():
    assert catalog["ross_bagnell"].provenance is Provenance.CITED
    assert "have the constant 8" in catalog["foster_log_loss"].source
    assert catalog["ross_bagnell"].paper_rate == r"H^2\epsilon"
