"""Roll-outs agree with stepping one trajectory at a time, and share their randomness."""

import numpy as np
import pytest

from simulators import rollouts
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, ShapeError
from simulators.learners.finite_class import gain_class, log_loss_mle
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.mixture import Mixture
from simulators.policies.nonlinear import Arctan
from simulators.quantizers.registry import build, entry
from simulators.quantizers.scalar import ScalarQuantizer, uniform
from simulators.quantizers.traps import ArctanTrap
from simulators.rewards import ReachReward
from simulators.rollouts import demonstrate, deployed, returns
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, NoNoise, UniformBox, UniformNoise
from tests.simulators.returns_of_pairs import paired_returns

SYSTEM = LinearSystem([[0.5, 0.1], [0.0, 0.4]], [[0.5], [0.3]], GaussianNoise(0.05))
EXPERT = ClippedGaussian(Linear([[-0.4, 0.2]], 0.1), 0.2, -1.0, 1.0)
Q = uniform(8)
FIRST_ONLY = Linear([[-0.5, 0.0]])


def test_demonstrations_record_the_label_of_the_raw_action_that_was_executed() -> None:
    H, n = 7, 5
    data = demonstrate(SYSTEM, EXPERT, Q, horizon=H, episodes=n, rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    x = SYSTEM.sample_initial(n, rng)
    for h in range(H):
        z = rng.standard_normal((1, n))
        u = np.array([[np.clip(-0.4 * x[0, i] + 0.2 * x[1, i] + 0.1 + 0.2 * z[0, i], -1, 1) for i in range(n)]])
        assert data.states[h] == pytest.approx(x)
        assert np.array_equal(data.labels[h], Q.encode(u))
        x = SYSTEM.A @ x + SYSTEM.B @ u + 0.05 * rng.standard_normal((2, n))
    assert (data.horizon, data.episodes) == (H, n)


def test_returns_match_a_trajectory_by_trajectory_simulation() -> None:
    H, n = 6, 4
    reward = ReachReward(0.0, 0.5, 0.2, "l2")
    learner = Linear([[0.3, 0.0]])
    got = paired_returns(SYSTEM, reward, EXPERT, learner, Q, horizon=H, episodes=n, rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    x = SYSTEM.sample_initial(n, rng)
    y, totals = x.copy(), np.zeros((2, n))
    for _step in range(H):
        z = rng.standard_normal((1, n))
        u, v = EXPERT.act(x, z), Q.quantize(learner.act(y))
        for i in range(n):
            totals[0, i] += max(0, 1 - 0.5 * np.hypot(*x[:, i]) - 0.2 * abs(u[0, i]))
            totals[1, i] += max(0, 1 - 0.5 * np.hypot(*y[:, i]) - 0.2 * abs(v[0, i]))
        w = 0.05 * rng.standard_normal((2, n))
        x, y = SYSTEM.A @ x + SYSTEM.B @ u + w, SYSTEM.A @ y + SYSTEM.B @ v + w
    assert np.array(got) == pytest.approx(totals)


def test_a_learner_equal_to_the_expert_loses_only_through_quantization() -> None:
    run = {"horizon": 20, "episodes": 50}
    reward = ReachReward(0.0, 1.0, 1.0)
    fine, coarse = (
        paired_returns(SYSTEM, reward, EXPERT, EXPERT, uniform(K), **run, rng=np.random.default_rng(0))
        for K in (2**16, 4)
    )
    assert fine[0] == pytest.approx(fine[1], abs=1e-2)
    assert np.array_equal(fine[0], coarse[0])
    assert np.abs(coarse[0] - coarse[1]).min() > 1e-3


def test_deployed_steps_are_those_of_the_system_under_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "BLOCK", 4)
    system = LinearSystem(SYSTEM.A, SYSTEM.B)
    run = {"horizon": 3, "episodes": 10, "rng": np.random.default_rng(0)}
    seen: dict[tuple[int, int], np.ndarray] = {}
    for step in deployed(system, FIRST_ONLY, Q, **run):
        assert np.array_equal(step.u, Q.quantize(FIRST_ONLY.act(step.x)))
        for column, i in enumerate(range(10)[step.block]):
            seen[step.h, i] = np.concatenate([step.x[:, column], step.u[:, column]])
    assert len(seen) == 30
    for h in range(2):
        for i in range(10):
            x, u = seen[h, i][:2], seen[h, i][2:]
            assert seen[h + 1, i][:2] == pytest.approx(SYSTEM.A @ x + SYSTEM.B @ u)


def test_a_policy_alone_earns_what_it_earns_as_a_learner() -> None:
    run = {"horizon": 9, "episodes": 30}
    reward = ReachReward(0.1, 1.0, 0.5)
    alone = returns(SYSTEM, reward, EXPERT, Q, **run, rng=np.random.default_rng(5))
    as_learner = paired_returns(SYSTEM, reward, EXPERT, EXPERT, Q, **run, rng=np.random.default_rng(5))[1]
    assert alone == pytest.approx(as_learner, rel=1e-12)


def test_states_of_expert_and_learner_drift_no_more_than_the_gains_allow() -> None:
    H = 30
    system = LinearSystem(SYSTEM.A, SYSTEM.B, GaussianNoise(0.05))
    open_loop = ClippedGaussian(Linear([[0.0, 0.0]]), 0.4, -1.0, 1.0)
    returns = paired_returns(
        system, lambda x, u: x[0], open_loop, open_loop, Q, horizon=H, episodes=200, rng=np.random.default_rng(0)
    )
    g = gain_sequence(system.A, system.B, horizon=H, norm="linf")
    drift = sum(g[: h - 1].sum() for h in range(1, H + 1)) * Q.sup_error
    assert np.abs(returns[0] - returns[1]).max() <= drift


def test_blocks_only_reorder_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    deterministic = LinearSystem(SYSTEM.A, SYSTEM.B, NoNoise(), UniformBox([1.0, -1.0], [1.0, -1.0]))
    run = {"horizon": 4, "episodes": 10}
    whole = demonstrate(deterministic, FIRST_ONLY, Q, **run, rng=np.random.default_rng(0))
    monkeypatch.setattr(rollouts, "BLOCK", 3)
    blocks = demonstrate(deterministic, FIRST_ONLY, Q, **run, rng=np.random.default_rng(0))
    assert np.array_equal(whole.states, blocks.states)
    assert np.array_equal(whole.labels, blocks.labels)


@pytest.mark.parametrize("preset", ["openvla_q99", "octo_normal", "quantile", "kmeans", "residual_vq"])
def test_tokenizers_fitted_to_data_roll_out_and_their_labels_are_learnable(preset: str) -> None:
    system = LinearSystem(SYSTEM.A, np.eye(2), UniformNoise(0.05))
    members = gain_class([0.2, 0.5, 0.8], target_action=0.1, target_state=0.3, low=-1.0, high=1.0)
    rng = np.random.default_rng(0)
    raw = demonstrate(system, members.policies[1], uniform(2), horizon=5, episodes=200, rng=rng)
    seen = members.policies[1].act(raw.states).swapaxes(1, 2).reshape(-1, 2)
    q = build(preset, {str(entry(preset).size): 16}, actions=seen, rng=rng)
    data = demonstrate(system, members.policies[1], q, horizon=5, episodes=50, rng=rng)
    fit = log_loss_mle(members, q, data.states, data.labels)
    assert (fit.index, fit.log_likelihood) == (1, 0.0)
    reward = ReachReward(0.3, 0.5, 0.0)
    best, earned = paired_returns(
        system, reward, members.policies[1], members.policies[1], q, horizon=5, episodes=50, rng=rng
    )
    assert 0 < np.abs(best - earned).max() < 1


def test_the_arctan_trap_costs_a_constant_a_step_and_binning_does_not() -> None:
    H = 400
    system, expert = LinearSystem([[0.2]], [[0.3]], initial=GaussianInitial(1.0)), Arctan()
    trap = ArctanTrap(A=0.2, B=0.3, k=1.0, d=0.6, eps=1e-3)

    def reward(x: np.ndarray, u: np.ndarray) -> np.ndarray:
        return np.maximum(0.0, 1 - np.abs(u - np.arctan(x)))[0]

    regret = []
    for q in (trap, trap.binning):
        run = {"horizon": H, "episodes": 100, "rng": np.random.default_rng(0)}
        best, earned = paired_returns(system, reward, expert, expert, q, **run)
        regret.append((best - earned).mean())
    assert regret[0] == pytest.approx(H * (1 + 0.2 + np.arctan(0.3)) / 2, rel=0.05)
    assert regret[1] <= H * trap.eps / 2


def test_mixtures_roll_out() -> None:
    policy = Mixture((Linear([[0.0, 0.0]], -0.9), EXPERT), [0.5, 0.5])
    data = demonstrate(SYSTEM, policy, Q, horizon=3, episodes=1000, rng=np.random.default_rng(0))
    assert 0.4 < np.mean(data.labels == 0) < 0.7


class Leaky(ScalarQuantizer):
    """Executes the raw action, which is no code."""

    def quantize(self, u: np.ndarray) -> np.ndarray:
        return np.asarray(u) + 0.01


def test_bad_input_is_refused_before_any_draw() -> None:
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    leaky = Leaky("leaky", Q.thresholds, Q.table, low=-1.0, high=1.0)
    wide = Linear(np.zeros((2, 2)))
    cases = [
        (EXPERT, Q, 0, 1, DomainError, "horizon must be"),
        (EXPERT, Q, 1, 0, DomainError, "episodes must be"),
        (wide, Q, 1, 1, ShapeError, "policy must return actions of shape \\(1, M\\)"),
        (Linear([[1.0]]), Q, 1, 1, ShapeError, "policy must accept states of shape \\(2, M\\)"),
        (EXPERT, leaky, 1, 1, DomainError, "'leaky' must execute codes only"),
    ]
    reward = ReachReward(0.0, 1.0, 1.0)
    for expert, q, H, n, error, reason in cases:
        with pytest.raises(error, match=reason):
            deployed(SYSTEM, expert, q, horizon=H, episodes=n, rng=rng)
        with pytest.raises(error, match=reason):
            returns(SYSTEM, reward, expert, q, horizon=H, episodes=n, rng=rng)
        with pytest.raises(error, match=reason):
            demonstrate(SYSTEM, expert, q, horizon=H, episodes=n, rng=rng)
        with pytest.raises(error, match=reason):
            paired_returns(SYSTEM, reward, expert, expert, q, horizon=H, episodes=n, rng=rng)
    with pytest.raises(ShapeError, match=r"reward must return one number per trajectory, shape \(M,\)"):
        returns(SYSTEM, lambda x, u: x + 0 * u, EXPERT, Q, horizon=1, episodes=1, rng=rng)
    assert rng.bit_generator.state == before


@pytest.mark.parametrize("gain", [0.0, 0.5])
def test_an_exploding_loop_is_an_error(gain: float) -> None:
    system, run = LinearSystem([[1e9]], [[1.0]]), {"horizon": 80, "episodes": 2}
    policy, reward = LinearFeedback(0.0, 0.0, gain), ReachReward(0.0, 1.0, 1.0)
    for roll_out in (
        lambda: demonstrate(system, policy, Q, **run, rng=np.random.default_rng(0)),
        lambda: returns(system, reward, policy, Q, **run, rng=np.random.default_rng(0)),
        lambda: paired_returns(system, reward, policy, policy, Q, **run, rng=np.random.default_rng(0)),
    ):
        with pytest.raises(DomainError, match="states must stay finite"):
            roll_out()


def test_an_unstable_system_may_be_run_as_long_as_numbers_last() -> None:
    policy = LinearFeedback(0.0, 0.0, 0.0, -1.0, 1.0)
    got = returns(
        LinearSystem([[2.0]], [[1.0]]),
        ReachReward(0.0, 1.0, 0.0),
        policy,
        Q,
        horizon=100,
        episodes=5,
        rng=np.random.default_rng(0),
    )
    assert np.all(got < 10)
