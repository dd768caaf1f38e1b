import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate


@given(st.integers(1, 10**6), st.floats(1, 1e12), st.floats(1e-9, 0.999), st.floats(0, 1e6))
def test_the_log_loss_bound_is_ours_without_quantization(H, n, delta, log_class_size):
    """Deterministic labels, nothing quantized."""
    data = {"H": H, "n": n, "delta": delta, "log_class_size": log_class_size}
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
