"""Systems as gymnasium environments and back."""

import warnings

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", reason="the extra `gym` is not installed: pip install quantbc[gym]")

from gymnasium.utils.env_checker import check_env  # noqa: E402

from simulators.errors import DomainError, FloatArray, ShapeError  # noqa: E402
from simulators.policies.base import Policy  # noqa: E402
from simulators.policies.gaussian import ClippedGaussian  # noqa: E402
from simulators.policies.linear import Linear  # noqa: E402
from simulators.quantizers.base import Quantizer  # noqa: E402
from simulators.quantizers.scalar import uniform  # noqa: E402
from simulators.rewards import ReachReward  # noqa: E402
from simulators.systems.gym import SampledSystem, SystemEnv  # noqa: E402
from simulators.systems.linear import LinearSystem  # noqa: E402
from simulators.systems.noise import NoNoise, UniformBox, UniformNoise  # noqa: E402
from tests.simulators.returns_of_pairs import paired_returns  # noqa: E402

A, B = np.array([[0.5, 0.1], [0.0, 0.4]]), np.array([[0.5], [0.3]])
NOISY = LinearSystem(A, B, UniformNoise(0.05))
REWARD = ReachReward(0.0, 0.5, 0.2)
EXPERT = ClippedGaussian(Linear([[-0.4, 0.2]]), 0.2, -1.0, 1.0)


def env(system: LinearSystem = NOISY, horizon: int = 10, state_radius: float | None = 5.0) -> SystemEnv:
    return SystemEnv(system, REWARD, horizon=horizon, low=-1.0, high=1.0, state_radius=state_radius)


def test_a_system_passes_gymnasiums_checker() -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not having a spec.*|.*render.*", category=UserWarning)
        check_env(env())
        warnings.filterwarnings("ignore", message=".*infinity.*", category=UserWarning)
        check_env(env(state_radius=None))


def test_the_environment_follows_the_system() -> None:
    e = env(LinearSystem(A, B, NoNoise(), UniformBox([1.0, -1.0], [1.0, -1.0])), horizon=3)
    x, _ = e.reset(seed=0)
    for h in range(3):
        u = np.array([0.5 - h])
        expected = max(0.0, 1 - 0.5 * np.abs(x).max() - 0.2 * abs(u[0]))
        following, reward, terminated, truncated, info = e.step(u)
        assert following == pytest.approx(A @ x + B @ u)
        assert reward == pytest.approx(expected)
        assert (terminated, truncated, info) == (False, h == 2, {})
        x = following


def test_seeds_fix_an_episode() -> None:
    def run(seed: int) -> list[float]:
        e = env()
        x, _ = e.reset(seed=seed)
        return [*x, *(e.step(np.zeros(1))[0][0] for _ in range(5))]

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_bad_actions_and_settings_are_refused() -> None:
    e = env()
    e.reset(seed=0)
    with pytest.raises(ShapeError, match=r"action must have shape \(1,\)"):
        e.step(np.zeros(2))
    with pytest.raises(DomainError, match="action must be finite"):
        e.step(np.array([np.nan]))
    for horizon, radius in ((0, 1.0), (1, 0.0)):
        with pytest.raises(DomainError):
            env(horizon=horizon, state_radius=radius)
    with pytest.raises(DomainError, match="high must exceed low"):
        SystemEnv(NOISY, REWARD, horizon=1, low=1.0, high=-1.0)


def returns(system: SampledSystem, policy: Policy, quantizer: Quantizer | None, seed: int, **run: int) -> FloatArray:
    """Total rewards of a policy's episodes."""
    return np.asarray(system.run(policy, quantizer, **run, rng=np.random.default_rng(seed))[2].sum(axis=0))


def test_there_and_back_gives_the_same_returns_when_nothing_is_random() -> None:
    system = LinearSystem(A, B, NoNoise(), UniformBox([1.0, -1.0], [1.0, -1.0]))
    expert, q, run = Linear([[-0.4, 0.2]]), uniform(8), {"horizon": 10, "episodes": 3}
    sampled = SampledSystem(lambda: env(system))
    there = paired_returns(system, REWARD, expert, expert, q, **run, rng=np.random.default_rng(0))
    back = [returns(sampled, expert, which, 0, **run) for which in (None, q)]
    assert np.array(back) == pytest.approx(np.array(there))
    assert (sampled.dx, sampled.du, sampled.estimated) == (2, 1, True)


def test_means_agree_when_things_are_random() -> None:
    q, run = uniform(8), {"horizon": 10, "episodes": 400}
    there = paired_returns(NOISY, REWARD, EXPERT, EXPERT, q, **run, rng=np.random.default_rng(0))
    back = [returns(SampledSystem(env), EXPERT, which, 1, **run) for which in (None, q)]
    for one, other in zip(there, back, strict=True):
        spread = np.hypot(one.std(), other.std()) / np.sqrt(400)
        assert abs(one.mean() - other.mean()) < 5 * spread


def test_demonstrations_hold_labels_of_raw_actions() -> None:
    system = LinearSystem(A, B, NoNoise(), UniformBox([1.0, -1.0], [1.0, -1.0]))
    expert, q = Linear([[-0.4, 0.2]]), uniform(8)
    data = SampledSystem(lambda: env(system)).demonstrate(
        expert, q, horizon=4, episodes=2, rng=np.random.default_rng(0)
    )
    assert data.states.shape == (4, 2, 2)
    x = np.array([[1.0, 1.0], [-1.0, -1.0]])
    for h in range(4):
        assert data.states[h] == pytest.approx(x)
        assert np.array_equal(data.labels[h], q.encode(expert.act(x)))
        x = A @ x + B @ expert.act(x)


def test_any_environment_with_box_actions_can_be_sampled() -> None:
    system = SampledSystem(lambda: gymnasium.make("Pendulum-v1"))
    policy = Linear([[0.0, -1.0, -0.5]])
    run = {"horizon": 20, "episodes": 3}
    both = [returns(system, policy, which, 0, **run) for which in (None, uniform(4, low=-2.0, high=2.0))]
    assert np.isfinite(both).all()
    assert not np.array_equal(*both)
    with pytest.raises(DomainError, match="the action space must be a Box"):
        SampledSystem(lambda: gymnasium.make("CartPole-v1"))
    with pytest.raises(DomainError, match="episodes must last 300 steps"):
        system.demonstrate(policy, uniform(4), horizon=300, episodes=1, rng=np.random.default_rng(0))
