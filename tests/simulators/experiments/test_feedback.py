"""Closed forms stay above every simulated pair, and are attained where nothing is lost in absolute values."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.experiments.feedback import affine, closed_form, never_clipped
from simulators.learners.finite_class import matrix_class
from simulators.montecarlo import bernstein_interval
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.nonlinear import Arctan, Clipped
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, NoNoise, UniformBox, UniformNoise


def random_case(seed: int):
    rng = np.random.default_rng(seed)
    dx, du = rng.integers(1, 4, 2)
    A = rng.normal(size=(dx, dx)) * rng.choice([0.2, 0.5])
    noise = [NoNoise(), UniformNoise(0.05), GaussianNoise(0.03)][rng.integers(3)]
    initial = [UniformBox(-0.5, 1.0), UniformBox(0.3, 0.3), GaussianInitial(0.4, 0.1)][rng.integers(3)]
    system = LinearSystem(A, rng.normal(size=(dx, du)) * 0.4, noise, initial)
    gains = rng.normal(size=(2, du, dx)) * 0.3
    gains[1] = gains[0] + rng.choice([0.0, 0.05, 0.3]) * rng.normal(size=(du, dx))
    target = {"target_action": rng.uniform(-0.3, 0.3, du), "target_state": rng.uniform(-0.5, 0.5, dx)}
    members = matrix_class(gains, **target, low=-1.0, high=1.0, std=rng.choice([None, 0.2, 0.6]))
    norm = str(rng.choice(["linf", "l2"]))
    reward = ReachReward(float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0, 1)), float(rng.uniform(0, 1)), norm)
    return system, reward, members, int(rng.choice([4, 16, 256])), rng


def simulated(system, reward, members, bins: int, rng, horizon: int, episodes: int):
    """Losses and displacements [h, pair] of the second member against the first."""
    run = {"horizon": horizon, "episodes": episodes, "rng": rng}
    expert, learner = members.policies
    steps = list(paired(system, expert, learner, uniform(bins), **run))
    losses = np.array([np.abs(reward(s.x, s.u) - reward(s.y, s.v)) for s in steps])
    order = np.inf if reward.norm == "linf" else 2
    return losses, np.array([np.linalg.norm(s.y - s.x, ord=order, axis=0) for s in steps])


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_pair_is_further_apart_and_no_mean_is_larger(seed: int) -> None:
    system, reward, members, bins, rng = random_case(seed)
    H, n = 6, 400
    known = affine(members.policies, system)
    found = closed_form(system, reward, known[[1]], known[[0]], 1 / bins, H)
    losses, gaps = simulated(system, reward, members, bins, rng, H, n)
    assert np.all(gaps <= found.reach[0][:, None] * (1 + 1e-9) + 1e-12)
    assert np.all(losses <= found.surely[0][:, None] * (1 + 1e-9) + 1e-12)
    low, _ = bernstein_interval(n, losses.sum(axis=1), (losses**2).sum(axis=1), most=np.ones(H), confidence=1 - 1e-9)
    assert np.all(low <= found.mean[0] + 1e-12)
    assert np.all(found.mean <= found.surely)


def test_members_side_by_side_are_members_one_by_one() -> None:
    system, reward, members, bins, _ = random_case(3)
    known = affine(members.policies, system)
    both = closed_form(system, reward, known[[1]], known, 1 / bins, 9)
    for i in range(2):
        one = closed_form(system, reward, known[[1]], known[[i]], 1 / bins, 9)
        np.testing.assert_allclose(one.mean[0], both.mean[i])
        np.testing.assert_allclose(one.reach[0], both.reach[i])


@pytest.mark.parametrize("A", [0.5, -0.5])
def test_a_constant_error_attains_the_closed_form_and_a_thousandth_less_is_broken(A: float) -> None:
    """The expert plays 1, its only code is 0; the loop answers with its own sign."""
    system = LinearSystem([[A]], [[0.25]], initial=UniformBox(0.25 / (1 - A), 0.25 / (1 - A)))
    policy = LinearFeedback(1.0, 0.0, 0.0, -1.0, 1.0)
    reward = ReachReward(float(0.25 / (1 - A)), 1.0, 0.0)
    known = affine([policy], system)
    found = closed_form(system, reward, known, known, 1.0, 2)
    class_of_one = type("One", (), {"policies": (policy, policy)})
    losses, _ = simulated(system, reward, class_of_one, 1, np.random.default_rng(0), 2, 1)
    assert losses[:, 0].sum() == pytest.approx(found.surely.sum(), rel=1e-12)
    assert losses[:, 0].sum() > 0.999 * found.mean.sum()


def test_a_wrong_gain_costs_what_it_does_to_the_start() -> None:
    """Without bins and noise the loss is that of the gains, at the root mean square of a uniform start."""
    system = LinearSystem([[0.0]], [[0.5]], initial=UniformBox(-0.6, 0.6))
    members = matrix_class([[[0.5]], [[0.3]]], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
    known = affine(members.policies, system)
    found = closed_form(system, ReachReward(0.0, 0.0, 1.0), known[[1]], known[[0]], 0.0, 1)
    assert found.surely[0, 0] == pytest.approx(0.2 * 0.6)
    assert found.mean[0, 0] == pytest.approx(0.2 * 0.6 / np.sqrt(3))


def test_only_linear_feedback_with_one_clip_and_one_noise_has_a_closed_form() -> None:
    system = LinearSystem(np.eye(2) * 0.5, np.eye(2))
    assert affine([LinearFeedback(0.0, [1.0, 2.0], 0.5)], system).offset.tolist() == [[0.5, 1.0]]
    assert affine([Linear([[1.0, 2.0], [3.0, 4.0]], 0.5)], system).K.tolist() == [[[1.0, 2.0], [3.0, 4.0]]]
    assert affine([Arctan()], system) is None
    assert affine([LinearFeedback(0, 0, 0.5, -1, 1), LinearFeedback(0, 0, 0.5, -2, 1)], system) is None
    gaussian = matrix_class([np.eye(2)], target_action=0, target_state=0, low=-1, high=1, std=0.1).policies[0]
    assert affine([gaussian, replace(gaussian, std=0.2)], system) is None


def test_whether_anything_is_clipped_is_told_exactly_for_a_loop_that_turns() -> None:
    """The expert's largest action over every corner of first states and noises, beside the range that just holds it."""
    plant = LinearSystem([[1.0, 0.1], [0.5, 1.0]], [[0.0], [0.1]], UniformNoise(0.02), UniformBox(-0.1, 0.1))
    K, H = np.array([[-12.0, -5.0]]), 5
    largest = 0.0
    for signs in itertools.product((-1.0, 1.0), repeat=2 * H):
        x, *noises = np.reshape(signs, (H, 2)) * np.array([0.1] + [0.02] * (H - 1))[:, None]
        for h in range(H):
            largest = max(largest, float(np.abs(K @ x).max()))
            x = plant.A @ x + plant.B @ (K @ x) + (noises[h] if h + 1 < H else 0)

    def kept(limit: float) -> bool:
        known = affine([Clipped(Linear(K), -limit, limit)], plant)
        assert known is not None
        return never_clipped(plant, known, known, np.zeros((1, H)))

    assert kept(largest * (1 + 1e-9))
    assert not kept(largest * (1 - 1e-9))


@pytest.mark.parametrize("step", [3, 9, 14])
def test_a_loop_that_turns_is_no_further_away_than_the_worst_errors_take_it(step: int) -> None:
    """Errors of the worst signs for one step and coordinate attain the reach, which sizes of every single step miss."""
    plant = LinearSystem([[1.0, 0.1], [0.5, 1.0]], [[0.0], [0.1]], initial=UniformBox(-0.05, 0.05))
    known = affine([Clipped(Linear([[-12.0, -5.0]]), -4.0, 4.0)], plant)
    found = closed_form(plant, ReachReward(0.0, 1.0, 0.0, "linf"), known, known, 1 / 256, step + 1)
    loop, largest = plant.A + plant.B @ known.K[0], 0.0
    for coordinate in range(2):
        d = np.zeros(2)
        for h in range(step):
            push = (np.linalg.matrix_power(loop, step - 1 - h) @ plant.B)[coordinate, 0]
            d = loop @ d + plant.B[:, 0] * np.sign(push) / 256
        largest = max(largest, float(np.abs(d).max()))
    assert found.reach[0, step] == pytest.approx(largest, rel=1e-12)
    assert largest > 0.999 * found.reach[0, step]


def test_where_actions_are_clipped_the_loop_does_not_help_and_every_step_counts() -> None:
    """With too little torque a pair from the edge of the start drifts beyond what the unclipped loop would allow."""
    plant = LinearSystem([[1.0, 0.1], [0.5, 1.0]], [[0.0], [0.1]], initial=UniformBox(-0.3, 0.3))
    bounds, gaps, H = [], [], 30
    for torque in (40.0, 2.2):
        policy = Clipped(Linear([[-12.0, -5.0]]), -torque, torque)
        known = affine([policy], plant)
        bounds.append(closed_form(plant, ReachReward(0.0, 1.0, 0.0), known, known, 1 / 256, H).reach[0])
        x = y = np.array([np.full(61, 0.3), np.linspace(-0.3, 0.3, 61)])
        gaps.append([])
        for _ in range(H):
            gaps[-1].append(np.abs(y - x).max())
            x, y = plant.step(x, policy.act(x), 0.0), plant.step(y, policy.act(y) + 1 / 256, 0.0)
    assert (np.array(gaps) <= np.array(bounds) + 1e-15).all()
    assert bounds[0].max() < max(gaps[1])


def test_where_the_expert_of_a_loop_that_turns_can_be_is_known_exactly() -> None:
    """The learner's other gain meets the expert's own states, which only their start makes uncertain."""
    plant = LinearSystem([[1.0, 0.1], [0.5, 1.0]], [[0.0], [0.1]], initial=UniformBox([-0.05, 0.0], [0.05, 0.0]))
    gains = np.array([[-12.0, -5.0]]), np.array([[-12.0, -4.0]])
    known = affine([Clipped(Linear(K), -40.0, 40.0) for K in gains], plant)
    found = closed_form(plant, ReachReward(0.0, 1.0, 0.0), known[[1]], known[[0]], 0.0, 6)
    x = y = np.array([0.05, 0.0])
    for h in range(6):
        assert np.abs(y - x).max() == pytest.approx(found.reach[0, h], rel=1e-12)
        x, y = ((plant.A + plant.B @ K) @ at for K, at in zip(gains, (x, y), strict=True))
