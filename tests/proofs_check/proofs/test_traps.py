import math

import numpy as np
import pytest

from bounds import evaluate
from bounds.catalog import catalog

CASES = [(0.2, 0.3, 2.0, 1.2, 1e-3), (0.2, 0.3, 1.0, 0.6, 1e-4), (0.4, 0.1, 1.5, 0.8, 1e-3)]


def test_theorem_6_is_proved_in_both_forms(stands, checked):
    assert stands("theorem_6") == {"expectation", "exponential", "limits"}
    assert {"final", "final_simple"} <= {step.step.id for step in checked("theorem_6").steps}


def code(x, A, B, k, d, eps):
    """The trap quantizer with the worst sign of the binning error."""
    if abs(x) <= k * eps / 2:
        return (d + 0.5) * eps / B
    if d * eps <= x <= (d + 1) * eps:
        return 1.0
    if A * d * eps + B <= x <= A * (d + 1) * eps + B:
        return (d + 1) * (1 - A**2) * eps / B - A
    return math.atan(x) + math.copysign(eps / 2, x)


@pytest.mark.parametrize("case", CASES)
def test_simulated_paths_end_in_the_trap_and_lose_at_least_the_floor(case):
    A, B, k, d, eps = case
    H = 60
    losses = []
    for start in np.random.default_rng(1).normal(size=400):
        x, lost = start, 0.0
        for _ in range(H):
            u = code(x, A, B, k, d, eps)
            lost += abs(u - math.atan(x))
            x = A * x + B * u
        losses.append(lost)
        assert x >= d * eps
    floor = float(evaluate(catalog["theorem_6"], H=H, eps=eps, A=A, B=B, k=k, d=d).total)
    assert np.mean(losses) >= floor - 0.3
