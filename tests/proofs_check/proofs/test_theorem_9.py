import math

import pytest

from bounds import catalog, evaluate


def test_what_the_kernel_leaves_is_scalar_algebra(stands, checked):
    assert stands("theorem_9") == set()
    assert checked("theorem_9").verdict == "ALGEBRA CHECKED"


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_the_exact_binomial_total_variation_is_within_three_quarters(n):
    bias = float(evaluate(catalog["theorem_9"], H=1, n=n, eps_q=0).total)
    law = [[math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)] for p in (0.5 - bias, 0.5 + bias)]
    tv = sum(abs(a - b) for a, b in zip(*law, strict=True)) / 2
    assert tv <= 0.75 + 1e-12
    assert (n == 1) == math.isclose(tv, 0.75)
