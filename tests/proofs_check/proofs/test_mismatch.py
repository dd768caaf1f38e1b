import numpy as np
import pytest


@pytest.mark.parametrize(
    ("key", "axioms"),
    [
        ("lemma_s2", {"finite_partitions"}),
        ("lemma_s3", {"finite_partitions"}),
        ("lemma_s4", {"expectation", "markov", "union_bound", "independence", "exponential"}),
    ],
)
def test_the_lemmas_rest_on_these_axioms_and_no_others(stands, key, axioms):
    assert stands(key) == axioms


def test_the_lemmas_hold_on_random_laws():
    rng = np.random.default_rng(5)
    for _ in range(300):
        p, q = rng.dirichlet(np.full(4, 0.4), size=2)
        tv, d2 = np.abs(p - q).sum() / 2, ((np.sqrt(p) - np.sqrt(q)) ** 2).sum()
        assert tv**2 <= d2 * (1 - d2 / 4) + 1e-12
        z = rng.random(4)
        hellinger = 2 * (1 - p @ np.sqrt(z))
        assert 1 - p @ z <= 1 - (1 - hellinger / 2) ** 2 + 1e-12
