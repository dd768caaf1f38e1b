"""Log-loss behavior cloning over finite classes: the exact maximum-likelihood policy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from simulators.errors import (
    FloatArray,
    IntArray,
    RealizabilityError,
    ShapeError,
    finite_array,
)
from simulators.policies.base import Policy, number_or_vector, same_policy
from simulators.policies.cells import cells_of
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.nonlinear import Clipped
from simulators.policies.pushforward import Labels, decode_columns
from simulators.quantizers.base import Quantizer

STATES_AT_ONCE = 4000
"""States whose likelihoods are evaluated together: a few arrays of this size fit the cache."""

MARGIN = 15.0
"""Nats below the best from which members of a family with concave likelihoods are bounded instead of evaluated."""


@dataclass(frozen=True, eq=False)
class FiniteClass:
    """A finite class Π of policies; the learner's candidates are q#π for π in it.

    Attributes:
        policies: the members, in the order ties are broken.

    Raises:
        ShapeError: no members.

    >>> len(FiniteClass((LinearFeedback(0.0, 0.0, 0.5), LinearFeedback(0.0, 0.0, 0.7))))
    2
    """

    policies: tuple[Policy, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "policies", tuple(self.policies))
        if not self.policies:
            raise ShapeError("policies must have at least one member, got none")

    def __len__(self) -> int:
        return len(self.policies)

    @property
    def deterministic(self) -> bool:
        """Whether every member is deterministic."""
        return all(policy.deterministic for policy in self.policies)

    def index(self, expert: Policy) -> int:
        """Return the smallest index of a member equal to the expert.

        Raises:
            RealizabilityError: the expert is outside the class.

        >>> FiniteClass((LinearFeedback(0.0, 0.0, 0.5),)).index(LinearFeedback(0.0, 0.0, 0.5))
        0
        """
        for index, policy in enumerate(self.policies):
            if same_policy(policy, expert):
                return index
        raise RealizabilityError(f"the class must contain the expert, got {expert!r}, which is not in it")


def gain_class(
    gains: npt.ArrayLike,
    *,
    target_action: npt.ArrayLike,
    target_state: npt.ArrayLike,
    low: float,
    high: float,
    std: npt.ArrayLike | None = None,
) -> FiniteClass:
    """Return the class of per-joint feedback policies that differ in their gain.

    Args:
        gains: shape (N,).
        target_action: as in `LinearFeedback`.
        target_state: as in `LinearFeedback`.
        low: lower clip of the raw action.
        high: upper clip of the raw action.
        std: None for deterministic policies, else that of Gaussian ones (clipped after the noise).

    Raises:
        ShapeError: gains is not a nonempty vector.
        DomainError: a number is not finite, or high ≤ low.

    >>> len(gain_class([0.1, 0.2], target_action=0.0, target_state=0.0, low=-1.0, high=1.0, std=0.1))
    2
    """
    values = finite_array("gains", gains, ndim=1).tolist()
    if std is None:
        return FiniteClass(tuple(LinearFeedback(target_action, target_state, k, low, high) for k in values))
    means = (LinearFeedback(target_action, target_state, k) for k in values)
    return FiniteClass(tuple(ClippedGaussian(mean, std, low, high) for mean in means))


def matrix_class(
    gains: Sequence[npt.ArrayLike],
    *,
    target_action: npt.ArrayLike,
    target_state: npt.ArrayLike,
    low: float,
    high: float,
    std: npt.ArrayLike | None = None,
) -> FiniteClass:
    """Return the class of feedback policies u = clip(target_action + K (target_state − x)), one for each matrix K.

    Args:
        gains: matrices K, each of shape (du, dx).
        target_action: a number for all action dimensions, or one per dimension.
        target_state: a number for all states, or one per dimension.
        low: lower clip of the raw action.
        high: upper clip of the raw action.
        std: None for deterministic policies, else that of Gaussian ones (clipped after the noise).

    Raises:
        ShapeError: no matrices, matrices of different shapes, or targets that do not fit them.
        DomainError: a number is not finite, or high ≤ low.

    >>> policy = matrix_class([[[1.0, 0.0]]], target_action=0.5, target_state=0.0, low=-1.0, high=1.0).policies[0]
    >>> policy.act(np.array([[0.25], [9.0]]))
    array([[0.25]])
    """
    matrices = finite_array("gains", np.asarray(gains), ndim=3)
    _, du, dx = matrices.shape
    action, state = number_or_vector("target_action", target_action), number_or_vector("target_state", target_state)
    for name, value, length in (("target_action", action, du), ("target_state", state, dx)):
        if value.ndim and len(value) != length:
            raise ShapeError(f"{name} must be a number or have length {length}, got {len(value)}")
    means = [Linear(-K, action + K @ np.broadcast_to(state, dx)) for K in matrices]
    if std is None:
        return FiniteClass(tuple(Clipped(mean, low, high) for mean in means))
    return FiniteClass(tuple(ClippedGaussian(mean, std, low, high) for mean in means))


@dataclass(frozen=True)
class Fit:
    """The maximum-likelihood policy.

    Attributes:
        index: the smallest index among the maximisers.
        log_likelihood: its Σ_i Σ_h log q#π_h(label | state), nats; −inf if no member explains the data.
        maximisers: all indices that attain it (all of the class if none explains the data).
        realizable: whether some member gives the data positive probability.
        log_likelihoods: of every member; −inf as soon as one label has probability 0. Of members more than `MARGIN`
            below the best it may be an upper bound that is as far below.
    """

    index: int
    log_likelihood: float
    maximisers: tuple[int, ...]
    realizable: bool
    log_likelihoods: tuple[float, ...] = field(default=(), repr=False, compare=False)

    def require_realizable(self) -> "Fit":
        """Return the fit itself.

        Raises:
            RealizabilityError: no member of the class explains the data.

        >>> Fit(0, -1.0, (0,), True).require_realizable().index
        0
        """
        if not self.realizable:
            raise RealizabilityError("some policy must explain every label, got a class in which none does")
        return self


def log_loss_mle(candidates: FiniteClass, quantizer: Quantizer, states: FloatArray, labels: npt.ArrayLike) -> Fit:
    """Return the member whose push-forward q#π gives the labels the highest likelihood.

    Ties go to the smallest index. A member that gives some label probability 0 is dropped as soon as it is met,
    so a deterministic class costs little more than its survivors.

    Args:
        candidates: the finite class.
        quantizer: the map q.
        states: states[h, j, i].
        labels: labels[h, j, i], tokens of the quantizer.

    Raises:
        ShapeError: states or labels are no three-dimensional arrays that agree in h and i, or are empty.
        DomainError: states are not finite, or labels are no tokens.

    Source: explicit (log-loss behavior cloning, arXiv:2603.20538).

    >>> from simulators.quantizers.scalar import uniform
    >>> members = gain_class([0.1, 0.9], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
    >>> log_loss_mle(members, uniform(2), np.array([[[0.5, -0.5]]]), np.array([[[0, 1]]])).maximisers
    (0, 1)
    """
    x = finite_array("states", states, ndim=3)
    tokens = np.asarray(labels)
    if tokens.ndim != 3 or tokens.shape[::2] != x.shape[::2] or x.size == 0 or tokens.size == 0:
        raise ShapeError(f"states and labels must agree in h and i and not be empty, got {x.shape} and {tokens.shape}")
    gains = _gains(candidates, quantizer, x.shape[1])
    known = (quantizer, x, tokens)
    totals = _scores(candidates.policies, *known) if gains is None else _concave_scores(candidates, gains, *known)
    best = totals.max()
    maximisers = tuple(int(i) for i in np.flatnonzero(totals == best))
    return Fit(maximisers[0], float(best), maximisers, bool(best > -math.inf), tuple(totals.tolist()))


def _scores(policies: Sequence[Policy], quantizer: Quantizer, x: FloatArray, tokens: IntArray) -> FloatArray:
    totals = np.zeros(len(policies))
    for steps, episodes in _pieces(len(x), x.shape[2]):
        alive = np.flatnonzero(totals > -math.inf)
        part, seen = x[steps, :, episodes], Labels(quantizer, tokens[steps, :, episodes])
        for index in alive:
            totals[index] += seen.log_probability(policies[int(index)], part).sum()
    return totals


def _gains(candidates: FiniteClass, quantizer: Quantizer, dimension: int) -> FloatArray | None:
    """Return the gains of Gaussian feedback policies that differ in nothing else, increasing; None for other classes.

    A label's log-probability is then concave in the gain: it is that of an interval, concave in the Gaussian's mean,
    which is affine in the gain. With cells that wrap around it is no interval.
    """
    gains, first = [], candidates.policies[0]
    for policy in candidates.policies:
        if not isinstance(policy, ClippedGaussian) or not isinstance(policy.mean, LinearFeedback):
            return None
        gains.append(policy.mean.gain)
        mean = replace(policy.mean, gain=gains[0])
        if policy.mean.action_range != (-math.inf, math.inf) or not same_policy(replace(policy, mean=mean), first):
            return None
    cells = cells_of(quantizer, dimension, *first.action_range)
    wraps = cells is None or any(cell.beyond < math.inf for cell in cells)
    return None if wraps or np.any(np.diff(gains) <= 0) else np.array(gains)


def _concave_scores(
    candidates: FiniteClass, gains: FloatArray, quantizer: Quantizer, x: FloatArray, tokens: IntArray
) -> FloatArray:
    """Return log-likelihoods that are concave in the gain: exact near the best, upper bounds where they are far below.

    Members are evaluated from the best of a few episodes outwards. Beyond one that is `MARGIN` below the best all are
    lower, at most on the line through the last two.
    """
    few = max(1, STATES_AT_ONCE // len(x))
    first = _scores(candidates.policies, quantizer, x[..., :few], tokens[..., :few])
    if x.shape[-1] <= few:
        return first
    start = int(first.argmax())
    scores = np.full(len(candidates), np.nan)
    low, high = max(start - 1, 0), min(start + 1, len(candidates) - 1)
    wanted = list(range(low, high + 1))
    while wanted:
        scores[wanted] = _scores([candidates.policies[i] for i in wanted], quantizer, x, tokens)
        low, high = min(low, *wanted), max(high, *wanted)
        floor = np.nanmax(scores) - MARGIN
        wanted = [
            i for i, edge in ((low - 1, low), (high + 1, high)) if 0 <= i < len(scores) and not scores[edge] < floor
        ]
    for beyond, edge, inner in ((slice(0, low), low, low + 1), (slice(high + 1, None), high, high - 1)):
        if scores[beyond].size:
            slope = (scores[edge] - scores[inner]) / (gains[edge] - gains[inner]) if scores[edge] > -math.inf else 0.0
            scores[beyond] = scores[edge] + slope * (gains[beyond] - gains[edge])
    return scores


def least_squares(candidates: FiniteClass, quantizer: Quantizer, states: FloatArray, labels: npt.ArrayLike) -> int:
    """Return the member whose mean action is nearest to the labels' codes, in mean square: regression.

    With a quantizer that changes nothing this is the paper's regression on raw actions. Ties go to the smallest index.

    Args:
        candidates: the finite class; the mean of a Gaussian member is clipped as its actions are.
        quantizer: the map q.
        states: states[h, j, i].
        labels: labels[h, j, i], tokens of the quantizer.

    Source: arXiv:2603.20538, Proposition 4.

    >>> from simulators.quantizers.scalar import uniform
    >>> members = gain_class([0.1, 0.9], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
    >>> least_squares(members, uniform(4), np.array([[[0.9, -0.9]]]), np.array([[[0, 3]]]))
    1
    """
    wanted = decode_columns(quantizer, np.asarray(labels))
    losses = np.zeros(len(candidates))
    for index, policy in enumerate(candidates.policies):
        mean = policy.mean if isinstance(policy, ClippedGaussian) else policy
        for x, u in zip(states, wanted, strict=True):
            losses[index] += float(((np.clip(mean.act(x), *policy.action_range) - u) ** 2).sum())
    return int(losses.argmin())


def _pieces(horizon: int, episodes: int) -> Sequence[tuple[slice, slice]]:
    """Return slices that cover all steps and episodes once, the first ones small.

    A small first look at one step is enough to drop most inconsistent policies.
    """
    looks = [(slice(0, 1), slice(0, 32)), (slice(0, 1), slice(32, episodes))]
    together = max(1, STATES_AT_ONCE // episodes)
    rest = [(slice(h, min(h + together, horizon)), slice(0, episodes)) for h in range(1, horizon, together)]
    return [piece for piece in looks + rest if piece[1].start < episodes]


def likely_members(scores: FloatArray, *, deterministic: bool, delta: float) -> tuple[IntArray, str]:
    """Return the members of a finite class that may be the expert, and the probability that they include it.

    A deterministic class loses every member that contradicts a label: the version space. Otherwise members stay whose
    log-likelihood is at least the best minus log((N − 1)/delta): likelihood ratios of wrong members have mean at most 1
    under the expert, so Markov's inequality and a union bound keep the expert with probability 1 − delta.

    Args:
        scores: log-likelihoods of all members.
        deterministic: whether the class is.
        delta: probability with which the expert may be lost.

    Source: ours.

    >>> likely_members(np.array([0.0, -np.inf, 0.0]), deterministic=True, delta=0.05)[0].tolist()
    [0, 2]
    >>> likely_members(np.array([-1.0, -3.0, -9.0]), deterministic=False, delta=0.05)[0].tolist()
    [0, 1]
    """
    best, wrong = scores.max(), len(scores) - 1
    if deterministic:
        return np.flatnonzero(scores > -np.inf).astype(np.int64), "holds surely: the expert agrees with every label"
    allowed = math.log(wrong / delta) if wrong else 0.0
    return np.flatnonzero(scores >= best - allowed).astype(np.int64), f"holds with probability at least {1 - delta:g}"
