"""Statements of other papers."""

import math

import numpy as np
import pytest

from bounds import catalog, evaluate


@pytest.mark.parametrize(("H", "step_error"), [(1, 0.3), (5, 0.1), (5, 0.2), (5, 0.5), (1000, 1e-6)])
def test_ross_bagnell_is_attained_by_errors_that_come_at_once(H, step_error):
    """With probability min(1, H step_error) the first action is wrong and every step's reward is lost."""
    lost = H * min(1.0, H * step_error)
    assert evaluate(catalog["ross_bagnell"], H=H, step_error=step_error).total == pytest.approx(lost, rel=1e-15)
    assert evaluate(catalog["ross_bagnell"], "simple", H=H, step_error=step_error).total >= lost


def test_log_loss_without_quantization_by_hand():
    found = evaluate(catalog["foster_log_loss"], H=10, n=100, class_size=50, delta=0.1)
    assert found.total == pytest.approx(8 * 10 * math.log(500) / 100, rel=1e-14)


def test_explicit_constants_are_below_the_cited_one():
    n = 10.0 ** np.arange(0, 13)
    ours = evaluate(catalog["theorem_3"], H=10, n=n, class_size=50, eps_q=0.0, C=1.0, eta=0.5, L=1.0, k=0.0)
    cited = evaluate(catalog["foster_log_loss"], H=10, n=n, class_size=50)
    assert (ours.total < cited.total).all()
