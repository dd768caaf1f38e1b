"""The trap under Gaussian noise: its numbers, refinement, roll-outs."""

import numpy as np
import pytest

from simulators.errors import DomainError, StabilityError
from simulators.witnesses.gaussian_trap import GaussianTrapWitness

USUAL = {"A": 0.2, "B": 0.3, "c": 1.0, "sigma": 0.1}


@pytest.mark.parametrize(
    ("eps", "error", "shares"),
    [
        (0.05, 2.7613, {100: 0.9912, 300: 0.9999}),
        (0.02, 2.7685, {100: 0.811, 300: 0.9935}),
        (0.01, 2.7693, {100: 0.537, 300: 0.902}),
    ],
)
def test_error_is_of_order_eps_and_nearly_all_are_trapped(eps, error, shares):
    witness = GaussianTrapWitness(**USUAL, eps=eps, cells=700)
    assert witness.expert_error() / eps == pytest.approx(error, abs=6e-5)
    trapped = witness.trapped(300)
    for h, share in shares.items():
        assert trapped[h - 1] == pytest.approx(share, abs=1e-3)


def test_enclosures_of_regret_narrow_and_agree():
    coarse, fine = (GaussianTrapWitness(**USUAL, eps=0.05, cells=cells).regret(60) for cells in (300, 1200))
    assert fine.width < coarse.width / 3
    assert max(fine.low, coarse.low) <= min(fine.high, coarse.high)


def test_roll_outs_agree():
    witness, rng, M, H = GaussianTrapWitness(**USUAL, eps=0.05, cells=1200), np.random.default_rng(0), 20_000, 60
    x, lost = witness.spread * rng.standard_normal(M), np.zeros(M)
    for _ in range(H):
        u = witness.quantizer.quantize_state(x)
        lost += np.minimum(1.0, np.abs(u - witness.c * x))
        x = witness.A * x + witness.B * u + witness.sigma * rng.standard_normal(M)
    found = witness.regret(H)
    deviation = 5 * lost.std() / np.sqrt(M)
    assert found.low - deviation <= lost.mean() <= found.high + deviation


def test_noise_and_trigger_do_what_the_proof_says():
    """Noise up to sigma z keeps trigger and trap in the trap, and the loss there is at least l."""
    witness = GaussianTrapWitness(**USUAL, eps=0.05)
    q = witness.quantizer
    x = np.concatenate([np.linspace(0, q.eps, 50), q.centre + q.trap_radius * np.linspace(-1, 1, 50)])
    u, noise = q.quantize_state(x), witness.sigma * witness.z * np.linspace(-1, 1, 21)[:, None]
    assert (q.region(witness.A * x + witness.B * u + noise) == 2).all()
    assert (q.region(witness.A * x + witness.B * u + 1.01 * noise) == 0).any()
    assert np.abs(u - witness.c * x).min() >= (1 - witness.loop) * q.centre / witness.B - witness.c * q.trap_radius


def test_parameters_are_checked():
    with pytest.raises(StabilityError, match="A \\+ B·c must be below 1"):
        GaussianTrapWitness(**(USUAL | {"c": 3.0}), eps=0.05)
    with pytest.raises(DomainError, match="eps"):
        GaussianTrapWitness(**USUAL, eps=1.0)
