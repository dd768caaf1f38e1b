"""Local stability: the tube and the tails, simulated beside the steps."""

import numpy as np

from bounds import catalog, evaluate
from bounds.appendix import local_radius
from proofs_check.proofs import local_stability


def test_every_step_is_checked_down_to_the_catalogs_expression(stands, checked):
    assert stands(local_stability.KEY) == {"expectation", "union_bound", "gaussian_norm"}
    assert {"final", "final_simple"} <= {step.step.id for step in checked(local_stability.KEY).steps}


def test_paths_leave_the_tube_no_more_often_than_the_value():
    """x' = eta x + C u + w, u = -lipschitz x + noise: with the largest eta + C lipschitz the loop is of mean 0."""
    eta, C, mu, tube, H, sigma = 0.5, 0.5, 0.4, 1.0, 20, 0.06
    values = {"C": C, "eta": eta, "tube": tube, "H": H}
    rest = {"lipschitz": mu, "sigma": sigma, "sigma_w": sigma, "dimension": 1, "state_dimension": 1}
    chance = float(evaluate(catalog["local_stability"], **values, **rest).total)
    assert 0.01 < chance < 1
    rng = np.random.default_rng(0)
    x, other, left = np.zeros(20_000), np.zeros(20_000), np.zeros(20_000, dtype=bool)
    radius = float(local_radius(**values))
    for _ in range(H - 1):
        w, u = sigma * rng.standard_normal((2, x.size))
        x, other = eta * x + C * (mu * x + u) + w, eta * other + C * (mu * x + u + radius) + w
        left |= (np.abs(x) > tube) | (np.abs(other) > 2 * tube)
    assert left.mean() <= chance + 4 / np.sqrt(x.size)
