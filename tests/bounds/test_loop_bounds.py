"""How the statements that close the loop compare with those that do not."""

import numpy as np
import pytest

from bounds import AssumptionError, catalog, evaluate
from bounds.gains import GainSequence, MaxTypeGain
from bounds.step_errors import StepErrors

BASE = {"H": 60, "n": 10**6, "class_size": 256}
GAINS = {"C": 0.5, "eta": 0.5}


def total(key, form=None, **values):
    return float(evaluate(catalog[key], form, **BASE, **values).total)


def test_a_policy_that_bins_a_lipschitz_map_is_coupled_lipschitz_with_two_errors_as_its_jump():
    """q o g is (ell, 2 eps_q): the bound in mean is the sure one."""
    sure = total("common_noise", **GAINS, eps_q=0.01, lipschitz=0.7)
    assert total("wasserstein", **GAINS, eps_q=0.01, coupled_lipschitz=0.7, jump=0.02) == pytest.approx(sure, rel=1e-14)
    single = total("binning_lipschitz", **GAINS, eps_q=0.01, lipschitz=0.7)
    alone = total("wasserstein_deterministic", **GAINS, eps_q=0.01, coupled_lipschitz=0.7, jump=0.02)
    assert alone == pytest.approx(single, rel=1e-14)
    assert single < sure


def test_average_errors_that_are_as_large_as_the_largest_cost_the_wrong_labels_extra():
    smooth = {"coupled_lipschitz": 0.7, "jump": 0.02}
    sup = total("wasserstein", **GAINS, **smooth, eps_q=0.01)
    assert total("wasserstein_average", **GAINS, **smooth, average_error=0.01, eps_max=0.0) == pytest.approx(sup)
    by_step = StepErrors(np.full(60, 0.01))
    assert total("wasserstein_average", **GAINS, **smooth, average_error=by_step, eps_max=0.0) == pytest.approx(sup)
    assert total("wasserstein_average", **GAINS, **smooth, average_error=0.01, eps_max=1.0) > sup


def test_a_stable_loop_covers_an_unstable_system():
    """x' = 1.2 x + u, u = -x: the loop contracts by .2; every open-loop bound is exponential."""
    unstable = {"C": 1.0, "eta": 1.2, "eps_q": 1e-3, "lipschitz": 1.0}
    assert total("common_noise", **unstable) > 1e6
    own = {"loop_C": 1.0, "loop_eta": 0.2, "eps_q": 1e-3, "lipschitz": 1.0}
    assert total("closed_loop", **own) < 1.0
    sequence = {"loop_gains": GainSequence(0.2 ** np.arange(60)), "eps_q": 1e-3, "lipschitz": 1.0}
    assert total("closed_loop", **sequence) == pytest.approx(total("closed_loop", **own), rel=1e-13)


def test_exact_gains_are_never_worse_than_their_envelope():
    A, B = np.array([[0.6, 0.3], [-0.2, 0.5]]), np.array([[1.0], [0.5]])
    gains = np.array([np.linalg.norm(np.linalg.matrix_power(A, j) @ B, ord=2) for j in range(59)])
    envelope = {"C": float(np.max(gains / 0.8 ** np.arange(59))), "eta": 0.8}
    for key, smooth in (("common_noise", {"lipschitz": 0.1}), ("wasserstein", {"coupled_lipschitz": 0.1, "jump": 0.0})):
        exact = total(key, gains=GainSequence(gains), eps_q=0.01, **smooth)
        assert exact < total(key, **envelope, eps_q=0.01, **smooth)


def test_greedy_decoding_costs_at_most_the_sampled_bound_by_a_factor():
    deterministic = {"eps_q": 0.01, "k": 0.0, "L": 0.1} | GAINS
    greedy, sampled = (
        evaluate(catalog[key], **(BASE | {"n": 1e9}), **deterministic).terms["imitation"]
        for key in ("theorem_3_greedy", "theorem_3")
    )
    assert greedy / sampled == pytest.approx((2 + 2**0.5) / 2, rel=1e-6)
    assert evaluate(catalog["theorem_3_greedy"], **(BASE | {"n": 1}), **deterministic).terms["imitation"] == 60.0


@pytest.mark.parametrize("key", ["wasserstein", "wasserstein_average"])
def test_means_do_not_pass_a_max_type_gain(key):
    errors = {"eps_q": 0.1} if key == "wasserstein" else {"average_error": 0.1, "eps_max": 1.0}
    with pytest.raises(AssumptionError, match="requires linear gains"):
        total(key, gains=MaxTypeGain(1.0), coupled_lipschitz=0.0, jump=0.0, **errors)
