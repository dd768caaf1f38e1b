"""The cost of feedback on a linear system, in closed form: the learner's distance from each possible expert's path.

Both run on the same first state, noise and normals. With d = x̂ − x*, an expert u* = clip(K x* + o + σ z) and a learner
û = q(clip(K̂ x̂ + ô + σ z)),

    d' = (A + B Θ K̂) d + B (ξ + Θ b),   b = (K̂ − K) x* + ô − o,   |ξ| ≤ ε,

where Θ is diagonal with entries in [0, 1], and the identity where nothing is clipped. Absolute values are taken
coordinate by coordinate: of every step's matrix where it may differ from step to step, and of products of matrices as
long as nothing has been clipped, so that a loop that oscillates is not taken for one that grows. Source: ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulators.errors import FloatArray
from simulators.norms import norm_along
from simulators.policies.base import Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.nonlinear import Clipped
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem

__all__ = [
    "Affine",
    "Box",
    "Losses",
    "affine",
    "closed_form",
    "interval_loop",
    "loop_gains",
    "moved",
    "never_clipped",
    "played",
]

NORMAL = 6 / math.pi
"""A Gaussian with this times the variance of a uniform law of the same mean is larger in the convex order: its density
at the centre is the same, so the distribution functions cross once. Of a Gaussian, any factor above 1 is."""


@dataclass(frozen=True, eq=False)
class Affine:
    """Feedback policies u = clip(K x + offset + std z, low, high), N side by side.

    Attributes:
        K: K[m, i, j].
        offset: offset[m, i].
        std: std[i], 0 for deterministic policies; the same for all.
        low: lower clip.
        high: upper clip.
    """

    K: FloatArray
    offset: FloatArray
    std: FloatArray
    low: float
    high: float

    def __getitem__(self, which: Sequence[int]) -> Affine:
        rows = list(which)
        return Affine(self.K[rows], self.offset[rows], self.std, self.low, self.high)

    def __len__(self) -> int:
        return len(self.K)


def affine(policies: Sequence[Policy], system: LinearSystem) -> Affine | None:
    """Return policies as gains and offsets; None if some are no feedback, or differ in noise or clip.

    >>> affine([LinearFeedback(0.0, 1.0, 0.5, -1.0, 1.0)], LinearSystem([[0.5]], [[1.0]])).offset
    array([[0.5]])
    """
    found = [_gain(policy, system) for policy in policies]
    stds = [np.broadcast_to(np.asarray(p.std if isinstance(p, ClippedGaussian) else 0.0), system.du) for p in policies]
    ranges = {policy.action_range for policy in policies}
    if any(one is None for one in found) or len(ranges) > 1 or any(not np.array_equal(s, stds[0]) for s in stds):
        return None
    known = [one for one in found if one is not None]
    low, high = ranges.pop()
    return Affine(
        np.stack([K for K, _ in known]), np.stack([o for _, o in known]), stds[0].astype(np.float64), low, high
    )


def _gain(policy: Policy, system: LinearSystem) -> tuple[FloatArray, FloatArray] | None:
    if isinstance(policy, ClippedGaussian | Clipped):
        inner = policy.mean
        return _gain(inner, system) if inner.action_range == (-math.inf, math.inf) else None
    if isinstance(policy, Linear) and policy.K.shape == (system.du, system.dx):
        return policy.K, np.broadcast_to(np.asarray(policy.offset), system.du).astype(np.float64)
    if isinstance(policy, LinearFeedback) and system.du == system.dx:
        offset = np.asarray(policy.target_action) + policy.gain * np.asarray(policy.target_state)
        return -policy.gain * np.eye(system.dx), np.broadcast_to(offset, system.du).astype(np.float64)
    return None


@dataclass(frozen=True, eq=False)
class Losses:
    """Bounds by member (an expert that is possible) and step.

    Attributes:
        surely: surely[m, h] ≥ |r(x*_h, u*_h) − r(x̂_h, û_h)| on every path.
        mean: mean[m, h] ≥ its expectation under the member's own path.
        reach: reach[m, h] ≥ ‖x̂_h − x*_h‖ on every path.
    """

    surely: FloatArray
    mean: FloatArray
    reach: FloatArray

    def __getitem__(self, members: slice) -> Losses:
        return Losses(self.surely[members], self.mean[members], self.reach[members])


@dataclass(frozen=True, eq=False)
class _Path:
    """A member's own path x* = y + r, y the loop without clipping, at one step."""

    centre: FloatArray  # [m, j]
    radius: FloatArray  # [m, j]; infinite where noise or unclipped actions are unbounded
    mean: FloatArray  # [m, j] of y
    covariance: FloatArray  # [m, j, k] of y
    normal: FloatArray  # [m, j, k] of a Gaussian that is larger than y in the convex order
    clipped: FloatArray  # [m, j] (E|r_j|⁴)^¼
    start: FloatArray  # [m, j] the first radius
    power: FloatArray  # [m, j, k] the loop to the power h; NaN once an action can have been clipped
    spread: FloatArray  # [m, j] of the noise alone, as long as none can


def closed_form(
    system: LinearSystem, reward: ReachReward, learner: Affine, members: Affine, eps: float, horizon: int
) -> Losses:
    """Return bounds on a learner's loss relative to each member, if that member is the expert.

    Args:
        system: A, B, noise and first state.
        reward: Lipschitz constants and norm.
        learner: one policy.
        members: the experts that are possible.
        eps: largest |q(u) − u| of every coordinate.
        horizon: H.

    >>> from simulators.systems.noise import UniformBox
    >>> system = LinearSystem([[0.5]], [[0.5]], initial=UniformBox(0.0, 0.0))
    >>> same = affine([LinearFeedback(0.0, 0.0, 0.2, -1.0, 1.0)], system)
    >>> closed_form(system, ReachReward(0.0, 1.0, 0.0), same, same, 0.1, 3).surely.round(6)
    array([[0.  , 0.05, 0.07]])
    """
    size, shape = len(members), (len(members), horizon)
    motion = _Motion(system, learner, members)
    surely, mean, reach = np.empty(shape), np.empty(shape), np.empty(shape)
    L_x, L_u = reward.lipschitz
    path = _start(system, size)
    for h in range(horizon):
        forces = _forces(learner, members, path, eps)
        actions = motion.answers(forces)
        reach[:, h] = norm_along(motion.state[0], reward.norm)
        with np.errstate(invalid="ignore"):  # 0 · ∞: a reward that does not look
            every = L_x * reach[:, h] + L_u * norm_along(actions[0], reward.norm)
            typical = L_x * _expected(motion.state, reward.norm) + L_u * _expected(actions, reward.norm)
        surely[:, h] = np.fmin(every, 1.0)
        mean[:, h] = np.fmin(typical, surely[:, h])
        motion.step(path, forces)
        path = _next(system, members, path)
    return Losses(surely, mean, reach)


def loop_gains(system: LinearSystem, members: Affine, horizon: int, norm: str) -> FloatArray:
    """Return gains[m, j] = ‖(A + B K_m)^j B‖, j = 0..horizon − 2, of every member's own loop where nothing is clipped.

    >>> plant = LinearSystem([[2.0]], [[1.0]])
    >>> loop_gains(plant, affine([Linear([[-1.5]])], plant), 3, "l2")
    array([[1. , 0.5]])
    """
    loop, image = system.A + system.B @ members.K, np.broadcast_to(system.B, (len(members), *system.B.shape))
    gains = np.empty((len(members), horizon - 1))
    order = np.inf if norm == "linf" else 2
    with np.errstate(over="ignore", invalid="ignore"):
        for j in range(horizon - 1):
            gains[:, j] = np.linalg.norm(image, ord=order, axis=(1, 2)) if np.isfinite(image).all() else np.inf
            image = loop @ image
    return gains


def never_clipped(system: LinearSystem, expert: Affine, members: Affine, displacement: FloatArray) -> bool:
    """Return whether no member's action is clipped in any state that near to the expert's path.

    Args:
        system: gives the box that the expert's states stay in.
        expert: one policy.
        members: the policies in question.
        displacement: displacement[m, h], largest |x̂ − x*| in every coordinate at step h.
    """
    noise, start = np.abs(system.noise.box(system.dx)[1]), _start(system, 1)
    if members.std.any() or not np.isfinite([*noise, *start.radius[0]]).all():
        return False
    # as long as nothing is clipped, x* = loop^h x_1 + sum of loop^j w: sizes of K times these are exact
    K, offset = np.concatenate([expert.K, members.K]), np.concatenate([expert.offset, members.offset])
    loop, centre = system.A + system.B @ expert.K[0], start.centre[0]
    power, drawn = np.eye(system.dx), np.zeros_like(offset)
    for away in np.concatenate([np.zeros((1, displacement.shape[1])), displacement]).T:
        middle, image = K @ centre + offset, np.abs(K @ power)
        wide = drawn + image @ start.radius[0] + np.abs(K).sum(axis=2) * away[:, None]
        if not ((middle + wide <= members.high) & (middle - wide >= members.low)).all():
            return False
        drawn = drawn + image @ noise
        power, centre = loop @ power, loop @ centre + system.B @ expert.offset[0]
    return True


_Sizes = tuple[FloatArray, ...]
"""Bounds on |v| coordinate by coordinate: on all of it surely; on v = p + q, on p surely, on q in L² and in L⁴."""


def _expected(sizes: _Sizes, norm: str) -> FloatArray:
    """Bound E‖v‖; the largest of several coordinates is at most the sum of their fourth powers to the ¼."""
    sure, part, root, fourth = sizes
    if norm == "l2":
        return np.asarray(np.minimum(norm_along(sure, norm), norm_along(part + root, norm)))
    rest = np.minimum(norm_along(root, "l2"), np.sqrt(norm_along(fourth**2, "l2")))
    return np.asarray(np.minimum(norm_along(sure, norm), norm_along(part, norm) + rest))


class _Motion:
    """|d| by member: surely; of d = p + q, the share p of the quantizer surely, and the rest q in L² and L⁴."""

    def __init__(self, system: LinearSystem, learner: Affine, members: Affine) -> None:
        self.learner = learner
        self.B = np.abs(system.B)
        K = learner.K[0]
        self.loop = system.A + system.B @ K
        self.held = interval_loop(system.A, system.B, K)
        zero = np.zeros((len(members), system.dx))
        self.state: _Sizes = (zero, zero, zero, zero)
        self.free = np.full(len(members), not learner.std.any())
        into = np.concatenate([self.loop, system.B], axis=1)
        self.cancels = any((np.abs(one @ into) < np.abs(one) @ np.abs(into)).any() for one in (self.loop, K))
        self.images: list[FloatArray] = [system.B]  # loop^j B
        self.past: list[_Sizes] = []  # forces, the latest first

    def answers(self, forces: _Sizes) -> _Sizes:
        """|û − u*| in the present states, for errors of their own."""
        K = self.learner.K[0]
        found = tuple(_weighted(np.abs(K), d) for d in self.state)
        return tuple(d + e for d, e in zip(self._since_start(K, found), forces, strict=True))

    def step(self, path: _Path, forces: _Sizes) -> None:
        K, offset = self.learner.K[0], self.learner.offset[0]
        middle = path.centre @ K.T + offset
        wide = _weighted(np.abs(K), path.radius + self.state[0])
        inside = ((middle + wide <= self.learner.high) & (middle - wide >= self.learner.low)).all(axis=1)
        inside &= not self.learner.std.any()
        self.free &= inside
        loop = np.where(inside[:, None, None], np.abs(self.loop), self.held)
        pairs = zip(self.state, forces, strict=True)
        self.past.insert(0, forces)
        self.state = self._since_start(None, tuple(_weighted(loop, d) + _weighted(self.B, e) for d, e in pairs))

    def _since_start(self, K: FloatArray | None, sizes: _Sizes) -> _Sizes:
        """Return sizes of d, or of K d, no larger than Σ_j |loop^j B| forces where nothing was clipped so far."""
        if not self.cancels or not self.past or not self.free.any():
            return sizes
        while len(self.images) < len(self.past):
            self.images.append(self.loop @ self.images[-1])
        images = np.concatenate(self.images[: len(self.past)], axis=1)
        weights = np.abs(images if K is None else K @ images)
        sums = (_weighted(weights, np.concatenate(column, axis=1)) for column in zip(*self.past, strict=True))
        return tuple(np.where(self.free[:, None], np.minimum(d, s), d) for d, s in zip(sizes, sums, strict=True))


def _weighted(weights: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return Σ_j weights[…, i, j] sizes[m, j] for weights ≥ 0 and sizes that may be infinite, with 0 · ∞ = 0."""
    pattern = "mij,mj->mi" if weights.ndim == 3 else "ij,mj->mi"
    if np.isfinite(sizes).all():
        return np.asarray(np.einsum(pattern, weights, sizes))
    endless = np.isinf(sizes)
    found = np.einsum(pattern, weights, np.where(endless, 0.0, sizes))
    reached = np.einsum(pattern, weights > 0, endless.astype(np.float64)) > 0
    return np.asarray(np.where(reached, np.inf, found))


def interval_loop(A: FloatArray, B: FloatArray, K: FloatArray) -> FloatArray:
    """Return the largest |A + B Θ K| entry by entry, Θ diagonal with entries in [0, 1]."""
    terms = B[:, :, None] * K[None, :, :]
    high, low = A + np.maximum(terms, 0).sum(axis=1), A + np.minimum(terms, 0).sum(axis=1)
    return np.asarray(np.maximum(np.abs(high), np.abs(low)))


def _forces(learner: Affine, members: Affine, path: _Path, eps: float) -> _Sizes:
    """Return sizes of ξ + b: surely; of ξ; and of b = (K̂ − K) x* + ô − o in L² and L⁴.

    y less its mean is a sum of independent symmetric variables with kurtosis at most 3; so is every linear form of it.
    """
    gap, shift = learner.K - members.K, learner.offset - members.offset
    size = np.abs(gap)
    ends = np.abs(np.einsum("mij,mj->mi", gap, path.centre) + shift) + _weighted(size, path.radius)
    mean = (np.einsum("mij,mj->mi", gap, path.mean) + shift) ** 2
    variance = np.maximum(np.einsum("mij,mjk,mik->mi", gap, path.covariance, gap), 0.0)
    clipped = _weighted(size, path.clipped)
    root = np.minimum(np.sqrt(mean + variance) + clipped, ends)
    fourth = np.minimum((mean**2 + 6 * mean * variance + 3 * variance**2) ** 0.25 + clipped, ends)
    return ends + eps, np.full_like(ends, eps), root, fourth


def _start(system: LinearSystem, size: int) -> _Path:
    dx = system.dx
    low, high = system.initial.box(dx)
    mean, variance = system.initial.moments(dx)
    with np.errstate(invalid="ignore"):
        centre = np.where(np.isfinite(high), (low + high) / 2, mean)
        radius = np.where(np.isfinite(high), (high - low) / 2, np.inf)
    centre, radius, mean = (np.broadcast_to(row, (size, dx)) for row in (centre, radius, mean))
    covariance = np.broadcast_to(np.diag(variance), (size, dx, dx))
    zero, one = np.zeros((size, dx)), np.broadcast_to(np.eye(dx), (size, dx, dx))
    return _Path(centre, radius, mean, covariance, NORMAL * covariance, zero, radius, one, zero)


Box = tuple[FloatArray, FloatArray]
"""Centre and radius of vectors, by member."""


def played(members: Affine, states: Box) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Actions before clip and noise in a box of states: centre, radius, and who [m, 0] plays them all unchanged."""
    middle = np.einsum("mij,mj->mi", members.K, states[0]) + members.offset
    wide = _weighted(np.abs(members.K), states[1])
    free = (middle + wide <= members.high) & (middle - wide >= members.low) & (members.std == 0)
    return middle, wide, free.all(axis=1)[:, None]


def moved(system: LinearSystem, members: Affine, states: Box, free: FloatArray, actions: Box) -> Box:
    """A box of states one step on, but for the noise: by the loop where that is free, else by all of the actions."""
    A, B, (centre, radius) = system.A, system.B, states
    loop = A + B @ members.K
    turned = np.einsum("mij,mj->mi", loop, centre) + members.offset @ B.T
    held = _weighted(np.abs(A), radius) + _weighted(np.abs(B), actions[1])
    at = np.where(free, turned, centre @ A.T + actions[0] @ B.T)
    return at, np.where(free, _weighted(np.abs(loop), radius), held)


def _next(system: LinearSystem, members: Affine, path: _Path) -> _Path:
    B, loop = system.B, system.A + system.B @ members.K
    noise = np.abs(system.noise.box(system.dx)[1])
    states = path.centre, path.radius
    middle, wide, free = played(members, states)
    bounded = bool(np.isfinite([members.low, members.high]).all())
    mid, half = ((members.low + members.high) / 2, (members.high - members.low) / 2) if bounded else (0.0, np.inf)
    shape = len(members), system.du
    centre, radius = moved(system, members, states, free, (np.full(shape, mid), np.full(shape, half)))
    radius = radius + noise
    power = np.where(free[:, :, None], loop @ path.power, np.nan)
    spread = path.spread + _weighted(np.abs(path.power), np.broadcast_to(noise, path.spread.shape))
    radius = np.fmin(radius, _weighted(np.abs(power), path.start) + spread)
    clipped = _weighted(np.abs(loop), path.clipped) + _weighted(np.abs(B), _excess(members, path, middle, wide))
    mean = np.einsum("mij,mj->mi", loop, path.mean) + members.offset @ B.T
    drawn, noises = B @ np.diag(members.std**2) @ B.T, np.diag(system.noise.moments(system.dx)[1])
    back = loop.transpose(0, 2, 1)
    covariance, normal = loop @ path.covariance @ back + drawn + noises, loop @ path.normal @ back + drawn
    normal = normal + NORMAL * noises
    return _Path(centre, radius, mean, covariance, normal, clipped, path.start, power, spread)


def _excess(members: Affine, path: _Path, middle: FloatArray, wide: FloatArray) -> FloatArray:
    """Return (E|clip(v) − v|⁴)^¼ at most, for actions v = K x* + o + std z whose mean lies in middle ± wide.

    The smaller one of two: with the mean at the ends of its box; and with a Gaussian of larger convex order in place of
    K y + std z, plus |K r|.
    """
    above, below = middle + wide - members.high, members.low - (middle - wide)
    if not members.std.any():
        return np.asarray(np.maximum(np.maximum(above, below), 0.0))
    boxed = _fourth(above, members.std) + _fourth(below, members.std)
    mean = np.einsum("mij,mj->mi", members.K, path.mean) + members.offset
    variance = np.einsum("mij,mjk,mik->mi", members.K, path.normal, members.K)
    std = np.sqrt(members.std**2 + np.maximum(variance, 0.0))
    drawn = _fourth(mean - members.high, std) + _fourth(members.low - mean, std)
    return np.asarray(np.minimum(boxed**0.25, drawn**0.25 + _weighted(np.abs(members.K), path.clipped)))


def _fourth(past: FloatArray, std: FloatArray) -> FloatArray:
    """Return E (std z + past)₊⁴ for a standard normal z; 0 where std and past are."""
    from scipy.special import ndtr

    known = np.where(std > 0, std, 1.0)
    a = -np.where(np.isinf(past), 0.0, past) / known
    square = a * a
    density = np.exp(-square / 2) / math.sqrt(2 * math.pi)
    found = std**4 * np.maximum((3 + 6 * square + square**2) * ndtr(-a) - a * (5 + square) * density, 0.0)
    fixed = np.maximum(past, 0.0) ** 4
    return np.asarray(np.where(np.isinf(past) | (std == 0), fixed, found))
