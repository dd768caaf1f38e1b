import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.noisy_trap import NoisyTrapWitness

USUAL = {"A": 0.2, "B": 0.3, "c": 1.0, "W": 0.1, "x_c": 0.525}


@st.composite
def witnesses(draw):
    A, contraction = draw(st.floats(0, 0.85)), draw(st.floats(0.05, 0.9))
    assume(contraction > A + 0.02)
    c, W = draw(st.floats(0.3, 3)), draw(st.floats(0.05, 2))
    B = (contraction - A) / c
    assume(B < 1)
    eps = W * draw(st.floats(0.01, 0.5))
    x_c = W / (1 - contraction) + W / (1 - A) + W * draw(st.floats(0.01, 5))
    return NoisyTrapWitness(A, B, c, W, eps, x_c, cells=300)


def bound(key, form, witness, **more):
    return float(evaluate(catalog[key], form, **more, **witness.values()).total)


@settings(deadline=None, max_examples=40)
@given(witnesses(), st.sampled_from([1, 2, 5, 30, 300]))
def test_the_floor_is_below_the_deployed_regret(witness, H):
    regret = witness.regret(H)
    sharp = bound("theorem_6_noisy", "sharp", witness, H=H)
    assert 0 <= bound("theorem_6_noisy", "simple", witness, H=H) <= sharp * (1 + 1e-12)
    assert sharp <= regret.middle  # stronger than `high`, and the bounds are far enough apart
    assert sharp <= regret.low or regret.width > 0.01 * regret.middle


@settings(deadline=None, max_examples=40)
@given(witnesses())
def test_the_error_bound_holds_at_every_step(witness):
    sharp = bound("theorem_6_noisy_error", "sharp", witness)
    assert sharp <= bound("theorem_6_noisy_error", "simple", witness)
    assert all(error.middle <= sharp * (1 + 1e-9) for error in witness.expert_error(12))


def test_the_error_bound_is_attained_from_the_second_step_on():
    """A + B c <= 1/2: the noise reaches 0 from everywhere, up to the trigger's width."""
    witness = NoisyTrapWitness(A=0.1, B=0.3, c=1.0, W=0.1, eps=0.005, x_c=0.4, cells=1500)
    later = witness.expert_error(4)[1:]
    assert all(error.low > 0.999 * bound("theorem_6_noisy_error", "sharp", witness) for error in later)


def test_the_floor_cannot_be_raised_by_a_thousandth():
    """With A = 0 the mean loss in the trap is exactly (1 - B c) x_c / B, and there is no other but the trigger's."""
    witness = NoisyTrapWitness(A=0.0, B=0.5, c=0.8, W=0.1, eps=0.05, x_c=0.3)
    H, rate = 10**6, (1 - 0.4) * 0.3 / 0.5
    assert rate + 0.8 * 0.1 <= 1  # no loss in the trap is cut at 1
    floor = bound("theorem_6_noisy", "sharp", witness, H=H)
    assert floor <= rate * H + 1 < 1.001 * floor


def test_a_floor_that_forgets_the_waiting_time_is_broken():
    witness = NoisyTrapWitness(eps=0.01, **USUAL)
    rate = bound("theorem_6_noisy", "sharp", witness, H=10**6) / 10**6
    assert rate * 50 > witness.regret(50).high


@pytest.mark.slow
@pytest.mark.parametrize(("eps", "by_50", "by_200"), [(0.01, 0.9209, 0.99996), (0.005, 0.7143, 0.99359)])
def test_shares_absorbed_in_the_example(eps, by_50, by_200):
    witness = NoisyTrapWitness(eps=eps, cells=1700, **USUAL)
    shares, slack = witness.absorbed(200), witness.deployed.error(200)
    assert slack < 4e-4
    assert shares[49] == pytest.approx(by_50, abs=slack)
    assert shares[199] == pytest.approx(by_200, abs=slack)


def test_the_example_s_error_is_8_7_eps_and_the_rate_seven_eighths():
    witness = NoisyTrapWitness(eps=0.01, cells=400, **USUAL)
    assert witness.quantizer.trap_action == pytest.approx(1.4)
    assert [round(error.middle / 0.01, 1) for error in witness.expert_error(5)][2:] == [8.7, 8.7, 8.7]
    step = witness.regret(401).middle - witness.regret(400).middle
    assert step == pytest.approx(0.875, abs=1e-5)


def test_absorption_and_regret_agree_with_monte_carlo():
    witness, H, M = NoisyTrapWitness(eps=0.02, **USUAL), 30, 100_000
    rng = np.random.default_rng(11)
    x = rng.uniform(-witness.quantizer.expert_radius, witness.quantizer.expert_radius, M)
    loss, met = np.zeros(M), np.zeros(M, dtype=bool)
    for _ in range(H):
        u = witness.quantizer.quantize_state(x)
        loss += np.minimum(1, np.abs(u - x))
        met |= witness.quantizer.region(x) == 1
        x = 0.2 * x + 0.3 * u + rng.uniform(-0.1, 0.1, M)
    regret, slack = witness.regret(H), 5 * loss.std() / np.sqrt(M)
    assert regret.low - slack <= loss.mean() <= regret.high + slack
    share = float(witness.absorbed(H)[-1])
    assert abs(share - met.mean()) <= 5 * np.sqrt(share * (1 - share) / M) + witness.deployed.error(H)


def test_losses_that_are_cut_at_one_are_averaged_exactly():
    witness = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.05, x_c=0.65, cells=60)
    losses, chain = witness.losses(), witness.deployed
    share = (np.arange(20_000) + 0.5) / 20_000
    for low, high, loss in zip(chain.low, chain.high, losses, strict=True):
        x = low + share * (high - low)
        assert loss == pytest.approx(np.minimum(1, np.abs(witness.quantizer.quantize_state(x) - x)).mean(), abs=1e-6)
    assert losses.max() == 1
    assert losses[chain.low > 0.5].min() < 1


def test_finer_cells_agree_within_the_enclosures():
    narrow, wide = (NoisyTrapWitness(eps=0.02, cells=cells, **USUAL).regret(60) for cells in (1000, 250))
    assert wide.low <= narrow.middle <= wide.high
    assert narrow.width < wide.width / 10


def test_bad_parameters_are_refused():
    with pytest.raises(DomainError, match="x_c must exceed"):
        NoisyTrapWitness(**(USUAL | {"x_c": 0.3}), eps=0.01)
    with pytest.raises(DomainError, match="cells must be"):
        NoisyTrapWitness(**USUAL, eps=0.01, cells=2)
