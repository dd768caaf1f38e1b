import math

import numpy as np

from proofs_check.proofs.rms import KEY


def test_errors_that_add_in_squares_are_proved(stands):
    stands(KEY)


def test_a_code_jumps_no_more_in_mean_than_the_lemma_says():
    """Gaussian noise, edges anywhere: the mean number of edges crossed times the width, in closed form."""
    rng = np.random.default_rng(1)
    largest = 0.0
    for _ in range(2000):
        width, delta, sigma, at = rng.uniform(0.05, 3), rng.uniform(0.001, 2), rng.uniform(0.05, 1), rng.uniform(0, 3)
        edges = width * np.arange(-60, 61)
        cdf = np.array([[math.erf((e - a) / (sigma * math.sqrt(2))) for e in edges] for a in (at, at + delta)]) / 2
        mean = width * np.sum(cdf[0] - cdf[1])
        bound = delta * (1 + width / (sigma * math.sqrt(2 * math.pi)))
        largest = max(largest, mean / bound)
    assert 0.9 < largest <= 1
