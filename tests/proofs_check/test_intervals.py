import numpy as np

from proofs_check.intervals import binomial_interval


def test_the_binomial_interval_covers():
    rng = np.random.default_rng(6)
    counts = rng.binomial(50, 0.1, 2_000)
    inside = [low <= 0.1 <= high for low, high in (binomial_interval(int(c), 50, confidence=0.9) for c in counts)]
    assert np.mean(inside) >= 0.9
    assert binomial_interval(50, 50)[1] == 1.0
