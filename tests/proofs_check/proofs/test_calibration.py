import numpy as np


def test_the_exponent_rests_on_the_exponential_only(stands):
    assert stands("calibration") == {"exponential", "exponential_tangent"}


def test_a_wrong_law_beats_the_right_one_as_rarely_as_the_affinity_says():
    right, wrong, n = np.array([0.5, 0.5]), np.array([0.8, 0.2]), 3
    affinity = np.sqrt(right * wrong).sum()
    beaten = sum(
        np.prod(right[list(data)])
        for data in np.ndindex(*(2,) * n)
        if np.prod(wrong[list(data)]) >= np.prod(right[list(data)])
    )
    assert 0 < beaten <= affinity**n
