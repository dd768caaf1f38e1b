import numpy as np

from bounds import catalog, evaluate
from proofs_check.proofs.variance import S6


def test_the_variance_form_is_proved(stands):
    stands(S6)


def ratio(p, q, x):
    """|E_P X - E_Q X| over D (R D + sqrt(R^2 D^2 + 4 Var))."""
    d = np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2))
    wide = np.ptp(x)
    spread = np.sqrt(max(p @ x**2 - (p @ x) ** 2, 0.0))
    return abs(p @ x - q @ x) / (d * (wide * d + np.sqrt(wide**2 * d**2 + 4 * spread**2)) + 1e-300)


def test_two_point_returns_attain_it_in_the_limit_and_nothing_exceeds_it():
    rng = np.random.default_rng(0)
    for _ in range(2000):
        size = int(rng.integers(2, 5))
        p, q = rng.dirichlet(np.full(size, 0.3)), rng.dirichlet(np.full(size, 0.3))
        assert ratio(p, q, rng.uniform(size=size)) <= 1 + 1e-9
    near = [
        ratio(np.array([0.5 + e, 0.5 - e]), np.array([0.5 - e, 0.5 + e]), np.array([0.0, 1.0])) for e in (1e-2, 1e-5)
    ]
    assert near[0] < near[1] > 0.999  # 0.999 of the bound is broken


def test_at_half_the_range_it_is_never_the_smaller():
    values = {"H": 10, "n": [1, 50, 1e6], "class_size": 9, "eps_q": 0.0, "C": 1.0, "eta": 0.0, "L": 1.0}
    plain = evaluate(catalog["theorem_2"], **values).total
    assert (evaluate(catalog["theorem_2"], **values, return_std=5.0).total == plain).all()
