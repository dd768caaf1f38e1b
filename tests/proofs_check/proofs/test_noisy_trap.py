import numpy as np


def test_the_noisy_trap_is_proved_without_axioms(stands):
    assert stands("noisy_trap") == set()
    assert stands("theorem_6_noisy_error") == {"disintegration", "expectation"}


def test_no_noise_leads_out_of_the_trap():
    A, B, W = 0.2, 0.3, 0.1
    r, reach = W / (1 - A), W / (1 - A - B)
    center = reach + r + 0.2
    rng = np.random.default_rng(2)
    x = center + r * rng.uniform(-1, 1, 10_000)
    for _ in range(50):
        x = A * x + (1 - A) * center + W * rng.choice([-1.0, 1.0], x.size)
        assert np.abs(x - center).max() <= r + 1e-12
