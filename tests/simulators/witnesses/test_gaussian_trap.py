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
        trigger, trap = (x >= 0) & (x <= witness.eps / witness.z), np.abs(x - witness.centre) <= witness.radius
        code = np.where(trigger, witness.centre, (1 - witness.A) * witness.centre) / witness.B
        u = np.where(trigger | trap, code, witness.c * x)
        lost += np.minimum(1.0, np.abs(u - witness.c * x))
        x = witness.A * x + witness.B * u + witness.sigma * rng.standard_normal(M)
    found = witness.regret(H)
    deviation = 5 * lost.std() / np.sqrt(M)
    assert found.low - deviation <= lost.mean() <= found.high + deviation


def test_parameters_are_checked():
    with pytest.raises(StabilityError, match="A \\+ B·c must be below 1"):
        GaussianTrapWitness(**(USUAL | {"c": 3.0}), eps=0.05)
    with pytest.raises(DomainError, match="eps"):
        GaussianTrapWitness(**USUAL, eps=1.0)
