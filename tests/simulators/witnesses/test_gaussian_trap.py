"""The trap under Gaussian noise: its numbers, refinement, roll-outs."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy.special import ndtr

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


def without_far_states(witness, horizon):
    """The floor's recursion, had the expert no states beyond K: the term that pays for them is dropped."""
    enters = ndtr((witness.eps / witness.z) / witness.sigma) - 0.5
    kept = 1 - 2 * ndtr(-witness.z)
    return sum(kept**h * (1 - (1 - enters) ** h) for h in range(horizon))


@pytest.mark.parametrize("eps", [0.05, 0.02])
def test_the_floor_is_below_the_propagated_regret_and_of_its_order(eps):
    witness = GaussianTrapWitness(**USUAL, eps=eps, cells=700)
    for H in (1, 60, 200):
        assert witness.floor(H) <= witness.regret(H).low + 1e-12
    assert witness.floor(200) > 0.7 * witness.regret(200).high
    assert without_far_states(witness, 100) > witness.regret(100).high


@settings(max_examples=15, deadline=None)
@given(
    A=st.floats(0.05, 0.6),
    share=st.floats(0.1, 0.9),
    B=st.floats(0.1, 1),
    sigma=st.floats(0.05, 1),
    eps=st.floats(0.01, 0.3),
)
def test_no_trap_is_below_its_floor(A, share, B, sigma, eps):
    try:
        witness = GaussianTrapWitness(A=A, B=B, c=share * (1 - A) / B, sigma=sigma, eps=eps, cells=150)
    except DomainError:
        reject()
    assert witness.floor(30) <= witness.regret(30).high


def test_a_floor_from_an_unseen_loss_is_zero():
    """The far end of this trap costs nothing: (1 - A - B c) x_c/B is below c r."""
    assert GaussianTrapWitness(A=0.01, B=0.9, c=1.0, sigma=0.1, eps=0.05).floor(50) == 0


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
