import math

import numpy as np

from bounds import catalog, evaluate


def test_every_step_is_discharged(stands):
    assert stands("proposition_5_gaussian") == {"expectation", "finite_partitions", "exponential", "exponential_unit"}


def test_the_gaussian_formula_is_the_integral():
    m, sigma = 0.7, 0.4
    grid = np.linspace(-8, 8, 400_001)
    p, q = (np.exp(-((grid - shift) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi)) for shift in (0, m))
    tv = 0.5 * np.abs(p - q).sum() * (grid[1] - grid[0])
    tv_bound, slope = (
        float(evaluate(catalog["proposition_5_gaussian"], form, lipschitz=1.0, distance=m, sigma=sigma).total)
        for form in ("sharp", "simple")
    )
    assert math.isclose(tv, tv_bound, rel_tol=1e-6)
    assert tv <= slope
