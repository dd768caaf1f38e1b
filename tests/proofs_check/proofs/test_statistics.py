import numpy as np


def test_lemma_s1_rests_on_these_axioms_and_no_others(stands):
    expected = {
        "expectation",
        "markov",
        "union_bound",
        "independence",
        "finite_partitions",
        "exponential",
        "exponential_tangent",
    }
    assert stands("lemma_s1") == expected


def test_a_wrong_law_beats_the_right_one_as_rarely_as_the_affinity_says():
    right, wrong, n = np.array([0.5, 0.5]), np.array([0.8, 0.2]), 3
    affinity = np.sqrt(right * wrong).sum()
    beaten = sum(
        np.prod(right[list(data)])
        for data in np.ndindex(*(2,) * n)
        if np.prod(wrong[list(data)]) >= np.prod(right[list(data)])
    )
    assert 0 < beaten <= affinity**n
