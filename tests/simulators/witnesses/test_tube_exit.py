"""Stability by its definition on simulated paths; and the half of the tube that the bound needs."""

import numpy as np
import pytest

from bounds import catalog, evaluate
from bounds.appendix import local_radius
from simulators.errors import DomainError
from simulators.witnesses.tube_exit import TubeExit

WIDE = TubeExit(6, tube=1.0, C=0.5, sigma=1.0, sigma_w=0.5)


def step(x, u, witness):
    return witness.C * u + np.where(np.abs(x) <= 2 * witness.tube, 0.0, x)


def fails(witness, paths, rng):
    """Whether the gaps (0, .., 0, ±radius, 0) at any step break |x' − x| ≤ C |last gap|, path by path."""
    H = witness.horizon
    u = rng.normal(0, witness.sigma, (H, paths))
    w = rng.normal(0, witness.sigma_w, (H, paths))
    radius = float(local_radius(C=witness.C, eta=0.0, tube=witness.tube, H=H))
    failed = np.zeros(paths, dtype=bool)
    for at in range(H - 1):
        for gap in (radius, -radius):
            x, moved = np.zeros(paths), np.zeros(paths)
            for h in range(H - 1):
                a = gap * (h == at)
                x, moved = step(x, u[h], witness) + w[h], step(moved, u[h] + a, witness) + w[h]
                failed |= np.abs(moved - x) > witness.C * abs(a) * (1 + 1e-9) + 1e-9
    return failed


def test_stability_fails_as_often_as_it_says():
    share = fails(WIDE, 20_000, np.random.default_rng(0)).mean()
    assert share == pytest.approx(WIDE.exact(), abs=4 * np.sqrt(0.25 / 20_000))
    assert 0.1 < share < 0.9


def test_each_noise_needs_its_share_of_the_tube():
    """With shares that add up to more than one tube the bound would be false."""
    found = TubeExit(10, tube=1.0, C=0.5, sigma=0.4, sigma_w=0.2)
    values = found.values()
    assert found.exact() < float(evaluate(catalog["local_stability"], **values).total) < 1
    assert float(evaluate(catalog["local_stability"], **values | {"tube": 2 * found.tube}).total) < found.exact()


def test_both_noises_alike_are_far_from_the_bound_and_one_alone_is_not():
    alike, alone = TubeExit(10, tube=1.0, C=0.5, sigma=0.4, sigma_w=0.2), TubeExit.tightest()
    ratios = [w.exact() / float(evaluate(catalog["local_stability"], **w.values()).total) for w in (alike, alone)]
    assert ratios[0] < 0.02
    assert ratios[1] > 0.999


def test_two_steps_have_no_state_to_leave_with():
    assert TubeExit(2, tube=1.0, C=1.0, sigma=1.0, sigma_w=1.0).exact() == 0


def test_parameters_are_checked():
    with pytest.raises(DomainError, match="sigma_w must be above 0"):
        TubeExit(3, tube=1.0, C=1.0, sigma=1.0, sigma_w=0.0)
