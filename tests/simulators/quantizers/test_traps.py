"""Both traps trap, whatever valid parameters are chosen, while the expert's data look fine."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, StabilityError
from simulators.quantizers.scalar import uniform
from simulators.quantizers.traps import FIRST, PASS, PLAIN, SECOND, ArctanTrap, NoisyTrap

unit = st.floats(0.01, 0.99)


@st.composite
def arctan_traps(draw: st.DrawFn) -> ArctanTrap:
    A = draw(st.floats(0.05, 0.7))
    B = draw(st.floats(0.05, 0.94 - A))
    least, most = B / (1 - A - B), 1 / A
    assume(least < 0.99 * most)
    k = least + (most - least) * draw(st.floats(0.02, 0.98))
    d = k / 2 + draw(st.floats(0.01, 2))
    eps = draw(st.floats(1e-3, 0.5)) * B / (d + 1 - A * d)
    return ArctanTrap(A=A, B=B, k=k, d=d, eps=eps)


@settings(deadline=None)
@given(q=arctan_traps(), share=st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_the_intervals_lead_into_each_other_for_ever(q: ArctanTrap, share: list[float]) -> None:
    for interval, following in ((PASS, FIRST), (FIRST, SECOND), (SECOND, FIRST)):
        left, right = q.intervals[interval - 1]
        x = left + (right - left) * np.array(share)
        assert np.all(q.region(x) == interval)
        assert np.all(q.region(q.A * x + q.B * q.quantize_state(x)) == following)


@settings(deadline=None)
@given(q=arctan_traps(), x=st.lists(st.floats(-5, 5), min_size=1, max_size=20))
def test_outside_the_trap_states_contract_to_the_resting_ball_inside_the_pass(q: ArctanTrap, x: list[float]) -> None:
    assert q.rest < q.intervals[0, 1]
    states = np.array(x)
    plain = q.region(states) == PLAIN
    action = q.quantize_state(states)
    assert np.all(np.abs(action - np.arctan(states))[plain] <= q.eps / 2 + 1e-12)
    following = q.A * states + q.B * action
    bound = q.rest + q.contraction * (np.abs(states) - q.rest)
    assert np.all(np.abs(following)[plain] <= bound[plain] + 1e-12)


@settings(deadline=None, max_examples=30)
@given(q=arctan_traps(), seed=st.integers(0, 2**32 - 1))
def test_every_deployed_state_is_trapped_and_loses_a_constant_a_step(q: ArctanTrap, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=200)
    gap = q.k * q.eps / 2 - q.rest
    steps = 5 + math.ceil(math.log(gap / 20) / math.log(q.contraction))
    for _ in range(steps):
        x = q.A * x + q.B * q.quantize_state(x)
    assert set(q.region(x)) <= {FIRST, SECOND}
    both = np.abs(q.quantize_state(x) - np.arctan(x))
    y = q.A * x + q.B * q.quantize_state(x)
    both += np.abs(q.quantize_state(y) - np.arctan(y))
    assert both == pytest.approx(1 + q.A + math.atan(q.B), abs=(3 * q.d + 4) * q.eps / q.B)


def test_binning_of_the_same_accuracy_does_not_trap() -> None:
    A, B, eps = 0.2, 0.3, 0.01
    q = uniform(math.ceil(math.pi / eps), low=-math.pi / 2, high=math.pi / 2)
    x = np.random.default_rng(0).normal(size=500)
    for _ in range(60):
        x = A * x + B * q.quantize(np.arctan(x))
    assert np.abs(q.quantize(np.arctan(x)) - np.arctan(x)).max() <= eps / 2 + 1e-12


def test_the_weaker_condition_on_k_suffices() -> None:
    q = ArctanTrap(A=0.2, B=0.3, k=1.0, d=0.6, eps=1e-3)
    assert q.k / 2 <= q.B / (1 - q.contraction)
    x = np.random.default_rng(0).normal(size=2000)
    for _ in range(60):
        x = q.A * x + q.B * q.quantize_state(x)
    assert np.isin(q.region(x), (FIRST, SECOND)).all()


def test_without_it_states_may_rest_outside_the_pass() -> None:
    A, B, k, eps = 0.2, 0.3, 0.5, 0.01
    with pytest.raises(DomainError, match="k must exceed"):
        ArctanTrap(A=A, B=B, k=k, d=0.6, eps=eps)
    x = 0.0 + B * eps / (2 * (1 - A - B))
    assert x > k * eps / 2
    assert A * x + B * (x + eps / 2) == pytest.approx(x)


@settings(deadline=None, max_examples=25)
@given(q=arctan_traps(), x=st.lists(st.floats(-3, 3), min_size=1, max_size=20))
def test_on_actions_it_is_a_quantizer_with_a_finite_codebook(q: ArctanTrap, x: list[float]) -> None:
    u = np.arctan(x)
    executed = q.quantize(u)
    assert np.isin(executed, q.codebook).all()
    away = np.abs(np.subtract.outer(x, q.intervals.ravel())).min(axis=1) > 1e-9
    assert np.array_equal(executed[away], q.quantize_state(x)[away])
    assert np.array_equal(q.project(u), u)
    assert (q.cells, q.elementwise, q.unit, q.sup_error) == (len(q.codebook), True, "step", None)


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"A": 0.7}, StabilityError, r"A \+ B must be below 1"),
        ({"d": 0.5}, DomainError, "d must exceed k/2"),
        ({"k": 5.0, "d": 3.0}, DomainError, "A·k must be below 1"),
        ({"k": 0.6}, DomainError, "k must exceed B/"),
        ({"eps": 0.3}, DomainError, "eps must be below"),
        ({"eps": 0.0}, DomainError, "eps must be positive"),
        ({"B": math.nan}, DomainError, "B must be a finite"),
    ],
)
def test_invalid_arctan_traps_are_refused(change: dict[str, float], error: type[ValueError], reason: str) -> None:
    valid = {"A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6, "eps": 0.01}
    with pytest.raises(error, match=reason):
        ArctanTrap(**(valid | change))


def test_actions_and_tokens_of_the_arctan_trap_are_checked() -> None:
    q = ArctanTrap(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
    with pytest.raises(DomainError, match="u must lie in"):
        q.encode([2.0])
    with pytest.raises(DomainError, match="token must lie between"):
        q.decode([q.binning.tokens + 3])


@st.composite
def noisy_traps(draw: st.DrawFn) -> NoisyTrap:
    A, c, W = draw(st.floats(0, 0.8)), draw(st.floats(0.1, 3)), draw(st.floats(0.01, 1))
    B = draw(st.floats(0.05, 0.9)) * (1 - A) / c
    r, R = W / (1 - A), W / (1 - A - B * c)
    return NoisyTrap(A=A, B=B, c=c, W=W, eps=r * draw(st.floats(1e-3, 1)), centre=(r + R) * (1 + draw(unit)))


@settings(deadline=None)
@given(q=noisy_traps(), seed=st.integers(0, 2**32 - 1))
def test_the_noisy_trap_is_invariant_and_the_trigger_leads_into_it(q: NoisyTrap, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for x in (q.centre + q.trap_radius * np.linspace(-1, 1, 9), q.eps * np.linspace(0, 1, 9)):
        for w in (rng.uniform(-q.W, q.W, size=9), np.full(9, q.W), np.full(9, -q.W)):
            assert np.all(q.region(q.A * x + q.B * q.quantize_state(x) + w) == 2)


@settings(deadline=None)
@given(q=noisy_traps(), seed=st.integers(0, 2**32 - 1))
def test_the_expert_never_sees_the_trap(q: NoisyTrap, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.choice([-1.0, 1.0], size=50) * q.expert_radius
    for _ in range(50):
        assert np.all(q.region(x) != 2)
        x = (q.A + q.B * q.c) * x + q.W * rng.choice([-1.0, 1.0], size=50)


@settings(deadline=None)
@given(q=noisy_traps(), u=st.lists(st.floats(-5, 5), min_size=1))
def test_it_is_exact_elsewhere_and_tokens_are_the_codes_bits(q: NoisyTrap, u: list[float]) -> None:
    actions = np.array(u)
    exact = q.region(actions / q.c) == 0
    assert np.array_equal(q.quantize(actions)[exact], actions[exact])
    assert np.array_equal(q.decode(q.encode(actions)), q.quantize(actions))
    assert np.array_equal(q.project(actions), actions)


def example(eps: float) -> NoisyTrap:
    R, r = 0.1 / 0.5, 0.1 / 0.8
    return NoisyTrap(A=0.2, B=0.3, c=1.0, W=0.1, eps=eps, centre=R + r + 0.2)


def test_the_worked_example() -> None:
    q = example(0.01)
    assert q.trap_action == pytest.approx(1.4)
    x = q.centre + q.trap_radius * np.array([-1, 1])
    assert np.abs(q.trap_action - x) == pytest.approx([1.0, 0.75])
    rng = np.random.default_rng(0)
    states = np.full(400_000, 0.0) + rng.uniform(-0.2, 0.2, size=400_000)
    for _ in range(20):
        states = 0.5 * states + rng.uniform(-0.1, 0.1, size=len(states))
    error = np.abs(q.quantize_state(states) - states)
    assert error.mean() == pytest.approx(8.7 * 0.01, rel=0.03)


@pytest.mark.parametrize(("eps", "share"), [(0.01, 0.92), (0.005, 0.715)])
def test_the_deployed_state_is_absorbed_geometrically_at_a_rate_of_order_eps(eps: float, share: float) -> None:
    q, rng, M = example(eps), np.random.default_rng(1), 100_000
    x = rng.uniform(-0.2, 0.2, size=M)
    free = []
    for _ in range(100):
        x = q.A * x + q.B * q.quantize_state(x) + rng.uniform(-q.W, q.W, size=M)
        free.append(np.mean(q.region(x) != 2))
    assert 1 - free[49] == pytest.approx(share, abs=0.006)
    assert free[99] == pytest.approx(free[49] ** 2, rel=0.15)
    assert -math.log(free[49]) / 50 == pytest.approx(5 * eps, rel=0.05)


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"c": 3.0}, StabilityError, "A \\+ B·c must be below 1"),
        ({"A": -0.1}, DomainError, r"A must lie in \[0, 1\)"),
        ({"eps": 0.2}, DomainError, "eps must be at most"),
        ({"centre": 0.126}, DomainError, "centre must exceed .* beside the trigger"),
        ({"W": 0.0}, DomainError, "W must be positive"),
    ],
)
def test_invalid_noisy_traps_are_refused(change: dict[str, float], error: type[ValueError], reason: str) -> None:
    valid = {"A": 0.2, "B": 0.3, "c": 1.0, "W": 0.1, "eps": 0.01, "centre": 0.525}
    with pytest.raises(error, match=reason):
        NoisyTrap(**(valid | change))


def test_tokens_of_the_noisy_trap_are_64_bit_integers() -> None:
    with pytest.raises(DomainError, match="64-bit integers"):
        example(0.01).decode([0.5])
    with pytest.raises(DomainError, match="must be finite"):
        example(0.01).decode(np.array([np.nan]).view(np.int64))
