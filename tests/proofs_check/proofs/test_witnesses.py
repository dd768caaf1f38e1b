from fractions import Fraction

import numpy as np

from proofs_check.proofs import witnesses


def test_the_decoupling_witness_simulated_with_larger_errors():
    eps, H = 1e-2, 12
    rng = np.random.default_rng(3)
    x, lost, regret = np.zeros(200_000), np.zeros(200_000, bool), 0.0
    for _ in range(H):
        lost |= rng.random(x.size) < np.minimum(1, 2 * x)
        u = np.where(lost, 1.0, eps)
        regret += 1 - np.maximum(0, 1 - 2 * x - u).mean()
        x = x / 2 + u / 2
    alive, expected = 1.0, 0.0
    for state in witnesses.displacement(Fraction(1, 2), Fraction(1, 2), lambda _: Fraction(1, 100), H):
        alive *= 1 - 2 * float(state)
        expected += 1 - alive + alive * (2 * float(state) + eps)
    assert abs(regret - expected) < 0.02


def test_witnesses_are_beside_their_bounds_not_above():
    for witness in (
        witnesses.decoupling(),
        witnesses.binning("small_gain"),
        witnesses.kernel(),
        witnesses.ross_bagnell(),
    ):
        assert witness.claim().discharge().verdict == "PROVED"
        assert witness.claim(Fraction(999, 1000)).discharge().verdict == "REFUTED"
