import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from bounds import catalog, evaluate
from simulators.errors import DomainError, StabilityError
from simulators.quantizers.traps import FIRST, PASS, SECOND, ArctanTrap
from simulators.witnesses.arctan_trap import ArctanTrapWitness

USUAL = {"A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6}
COARSE = {"resolution": 1500}


@st.composite
def witnesses(draw):
    A, contraction = draw(st.floats(0.02, 0.8)), draw(st.floats(0.1, 0.93))
    assume(contraction > A + 0.02)
    B = contraction - A
    least, most = B / (1 - contraction), 1 / A
    assume(least * 1.05 < most)
    k = least * 1.04 + draw(st.floats(0, 1)) * (min(most, 3 * least) * 0.99 - least * 1.04)
    d = k / 2 * (1.02 + draw(st.floats(0, 2)))
    eps = max(0.003, 0.9 * draw(st.floats(0.02, 1)) * B / (1 + d * (1 - A)))
    assume(eps * (1 + d * (1 - A)) < B)
    return ArctanTrapWitness(A, B, k, d, eps)


def bound(key, form, H, witness):
    return float(evaluate(catalog[key], form, H=H, **witness.values()).total)


@settings(deadline=None, max_examples=25)
@given(witnesses(), st.sampled_from([1, 2, 5, 30, 300]))
def test_the_floor_is_below_the_deployed_regret(witness, H):
    regret = witness.deployed(H, **COARSE).regret
    assert 0 <= bound("theorem_6", "simple", H, witness) <= bound("theorem_6", "sharp", H, witness) * (1 + 1e-12)
    assert bound("theorem_6", "sharp", H, witness) <= regret.low * (1 + 1e-9)


@settings(deadline=None, max_examples=25)
@given(witnesses(), st.sampled_from([1, 2, 5, 30, 300]))
def test_the_error_bound_is_above_the_expert_s_average_error(witness, H):
    error = witness.average_error(H, resolution=8)
    assert bound("theorem_6_error", "simple", H, witness) >= bound("theorem_6_error", "sharp", H, witness)
    assert bound("theorem_6_error", "sharp", H, witness) >= error.high * (1 - 1e-9)


def test_the_floor_is_tight_for_long_horizons_and_small_eps():
    witness, H = ArctanTrapWitness(eps=1e-3, **USUAL), 200_000
    regret = witness.deployed(H, **COARSE).regret
    floor = bound("theorem_6", "sharp", H, witness)
    assert floor <= regret.low
    assert 1.001 * floor > regret.high


def test_a_floor_without_the_start_is_broken():
    """l H, with no allowance for the time before the trap."""
    witness, H = ArctanTrapWitness(eps=1e-3, **USUAL), 50
    rate = bound("theorem_6", "sharp", 10**6, witness) / 10**6
    assert rate * H > witness.deployed(H, **COARSE).regret.high


def test_the_constant_of_eps_in_the_error_cannot_be_lowered():
    witness = ArctanTrapWitness(eps=0.01, **USUAL)
    last = witness.expert_error(60)[-1]
    quantization = float(evaluate(catalog["theorem_6_error"], H=60, **witness.values()).terms["quantization"])
    assert 0.999 * quantization < last.low <= quantization * (1 + 1e-12)


def test_the_average_error_is_not_of_order_eps_at_a_fixed_horizon():
    ratios = [ArctanTrapWitness(eps=eps, **USUAL).average_error(20, resolution=2).low / eps for eps in (1e-2, 1e-3)]
    assert ratios[1] > 5 * ratios[0]


def test_the_weaker_condition_on_k_suffices():
    assert USUAL["k"] / 2 < USUAL["B"] / (1 - USUAL["A"] - USUAL["B"])
    trapped = ArctanTrapWitness(eps=0.01, **USUAL).deployed(60, **COARSE).trapped
    assert trapped[-1] == pytest.approx(1, abs=1e-12)
    assert np.all(np.diff(trapped) >= -1e-15)


def test_refinement_narrows_the_enclosure_in_proportion():
    """Once the first intervals are narrower than the quantizer's cells."""
    witness = ArctanTrapWitness(eps=0.05, **USUAL)
    enclosures = [witness.deployed(12, resolution=resolution).regret for resolution in (2000, 8000, 32000)]
    for coarse, fine in itertools.pairwise(enclosures):
        assert coarse.low <= fine.low + 1e-12
        assert fine.high <= coarse.high + 1e-12
        assert fine.width < 0.4 * coarse.width


def test_regret_and_error_agree_with_monte_carlo():
    witness, H, M = ArctanTrapWitness(eps=0.01, **USUAL), 8, 200_000
    rng = np.random.default_rng(7)
    start = rng.standard_normal(M)
    x, loss = start, np.zeros(M)
    for _ in range(H):
        u = witness.quantizer.quantize_state(x)
        loss += np.abs(u - np.arctan(x))
        x = 0.2 * x + 0.3 * u
    regret = witness.deployed(H, **COARSE).regret
    slack = 5 * loss.std() / np.sqrt(M)
    assert regret.low - slack <= loss.mean() <= regret.high + slack
    y, error = start, np.zeros(M)
    for _ in range(H):
        error += np.abs(witness.quantizer.quantize_state(y) - np.arctan(y)) / H
        y = witness.system.closed_loop(y)
    average = witness.average_error(H)
    slack = 5 * error.std() / np.sqrt(M)
    assert average.low - slack <= error.mean() <= average.high + slack


def test_the_long_run_stands_for_every_single_step():
    """Horizons beyond the settling time add the two losses of the trap's corner, alternately."""
    witness = ArctanTrapWitness(eps=0.01, **USUAL)
    regrets = [witness.deployed(H, **COARSE).regret.middle for H in (200, 202, 1200)]
    assert (regrets[1] - regrets[0]) * 500 == pytest.approx(regrets[2] - regrets[0], rel=1e-9)


def test_conditions_are_the_quantizer_s():
    with pytest.raises(DomainError, match="d must exceed"):
        ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.5, eps=0.01)
    with pytest.raises(StabilityError, match="below 1"):
        ArctanTrapWitness(A=0.7, B=0.3, k=1.0, d=0.6, eps=0.01)
    with pytest.raises(DomainError, match="horizon must be"):
        ArctanTrapWitness(eps=0.01, **USUAL).deployed(0)


def visits(witness, low, high, most=60):
    """Expected number of the expert's steps in [low, high], 0 < low: the path is monotone, so go back from the ends."""

    def before(x):
        return brentq(lambda y: witness.A * y + witness.B * np.arctan(y) - x, 0, x / witness.A, xtol=1e-15)

    total = 0.0
    for _ in range(most):
        total += ndtr(high) - ndtr(low)
        if low > 40:
            return total
        low, high = before(low), before(high)
    return total


@pytest.mark.parametrize(
    ("bits", "first", "second"),
    [
        (5, 0.4210998178, 0.0120162902),
        (8, 0.4326432428, 0.0015753918),
        (12, 0.4341146611, 0.0000990751),
    ],
)
def test_the_expert_crosses_the_trap_with_a_probability_that_does_not_vanish(bits, first, second):
    witness = ArctanTrapWitness(A=0.2, B=0.3, k=2.0, d=1.2, eps=2.0**-bits)
    found = [visits(witness, *interval) for interval in witness.quantizer.intervals[1:]]
    assert found == pytest.approx([first, second], abs=6e-11)


@pytest.mark.parametrize(("eps", "regret"), [(0.02, 0.637884), (0.05, 0.530434)])
def test_regret_per_step_of_the_trap_whose_other_codes_are_exact(eps, regret):
    """The three intervals as they are, arctan x elsewhere."""
    trap, H = ArctanTrap(A=0.2, B=0.25, k=1.0, d=0.6, eps=eps), 300
    ends = np.linspace(-6, 6, 5002)
    x, weight, lost = (ends[1:] + ends[:-1]) / 2, np.diff(ndtr(ends)), 0.0
    for h in range(H):
        angle = np.arctan(x)
        region = trap.region(x)
        u = np.where(np.isin(region, (FIRST, PASS, SECOND)), trap.quantize_state(x), angle)
        loss = float(weight @ np.abs(u - angle)) / weight.sum()
        if h >= 60 and np.isin(region, (FIRST, SECOND)).all():  # the two halves alternate for ever
            x = trap.A * x + trap.B * u
            other = float(weight @ np.abs(trap.quantize_state(x) - np.arctan(x))) / weight.sum()
            lost += (loss + other) * (H - h) / 2
            break
        lost += loss
        x = trap.A * x + trap.B * u
    assert lost / H == pytest.approx(regret, abs=5e-5)
