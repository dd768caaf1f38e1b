"""Theorems 8 and 9 against their instance families, worked out by hand."""

import math
from itertools import product

import numpy as np
import pytest

from bounds import catalog, evaluate

N = np.unique(np.geomspace(1, 1e12, 40).round())


@pytest.mark.parametrize("eps_q", [0.0, 0.01, 0.1, 0.25])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_theorem_8_is_the_bayes_risk_of_the_four_experts(eps_q, n):
    """Uniform prior over the four experts; the posterior median is played where labels are informative."""
    delta = 1 / (n + 1)
    unseen = (1 - delta) ** n
    targets = {"a": (0.0, 2 * eps_q), "b": (1.0, 1 - 2 * eps_q)}
    grid = sorted({0.0, 2 * eps_q, 1 - 2 * eps_q, 1.0})
    at_zero = min(np.mean([abs(u - t) for t in targets["a"]]) for u in grid)
    seen = min(np.mean([abs(u - t) for t in targets["b"]]) for u in grid)
    blind = min(np.mean([abs(u - t) for t in (*targets["a"], *targets["b"])]) for u in grid)
    risk = (1 - delta) * at_zero + delta * ((1 - unseen) * seen + unseen * blind)
    assert evaluate(catalog["theorem_8"], H=10, n=n, eps_q=eps_q).total == pytest.approx(10 * risk, rel=1e-12)


def test_the_chance_of_an_unseen_start_is_at_least_its_simple_form():
    sharp, simple = (evaluate(catalog["theorem_8"], form, H=1, n=N, eps_q=0.0).total for form in ("sharp", "simple"))
    assert (simple <= sharp).all()
    assert simple * 2 * math.e * (N + 1) == pytest.approx(np.ones(N.size), rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_theorem_9_separates_two_coins_with_probability_an_eighth(n):
    """TV between the label laws of the two experts, by listing all outcomes, is at most 3/4."""
    gap = 3 / (8 * math.sqrt(n))
    heads = np.array([sum(bits) for bits in product((0, 1), repeat=n)])
    up, down = ((0.5 + s * gap) ** heads * (0.5 - s * gap) ** (n - heads) for s in (1, -1))
    assert 0.5 * np.abs(up - down).sum() <= 0.75 + 1e-12
    if n == 1:
        assert 0.5 * np.abs(up - down).sum() == pytest.approx(0.75)
    loss = 0.1 + (1 - 2 * 0.1) * gap
    assert evaluate(catalog["theorem_9"], H=20, n=n, eps_q=0.1).total == pytest.approx(20 * loss, rel=1e-14)


@pytest.mark.parametrize(("key", "slope"), [("theorem_8", -1.0), ("theorem_9", -0.5)])
def test_rates_in_the_data(key, slope):
    imitation = evaluate(catalog[key], H=1, n=[1e6, 1e8], eps_q=0.0).terms["imitation"]
    assert np.log10(imitation[1] / imitation[0]) / 2 == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize("key", ["theorem_8", "theorem_9"])
def test_the_quantization_part_is_the_horizon_times_the_error(key):
    assert evaluate(catalog[key], H=7, n=3, eps_q=0.125).terms["quantization"] == 0.875
