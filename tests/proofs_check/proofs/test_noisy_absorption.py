"""The rate of absorption, simulated: the free chain of the noisy trap and how often it has missed the trigger."""

import numpy as np

from proofs_check.proofs import noisy_absorption


def test_the_steps_end_in_the_rate():
    steps = noisy_absorption.steps()
    assert steps[-1].id == "rate"
    assert all(step.mutants for step in steps)


def test_the_chain_misses_the_trigger_no_longer_than_the_rate_says():
    A, B, c, W, eps, m = 0.2, 0.3, 1.0, 0.1, 0.02, 1
    s, p = A + B * c, eps / (2 * W)
    reach = W / (1 - s)
    spread, offset = s * (1 - s**m) * reach, s ** (m + 1) * reach + eps
    assert s ** (m + 1) <= (1 - s) / 2
    t = 1 - (min(1, (W - offset) / spread) + min(1, (W + offset) / spread)) / 2
    q = p * (1 - t) / (1 + m * p)
    rng = np.random.default_rng(0)
    x = rng.uniform(-reach, reach, 40_000)
    free = np.ones(x.size, dtype=bool)
    for h in range(1, 60):
        free &= ~((x >= 0) & (x <= eps))
        assert free.mean() <= (1 - q) ** max(0, h - m - 1) + 4 / np.sqrt(x.size)
        x = s * x + rng.uniform(-W, W, x.size)
    assert free.mean() < 0.1
