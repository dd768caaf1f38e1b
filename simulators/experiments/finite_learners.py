"""Learners on finite systems: a finite class, counts, softmax-linear policies, chunk maps, or no learning at all.

A learner says over which policies its constants are maxima (`members`) and how many there are (`log_size`), as far as
its class is finite; `fit` turns demonstrations into a policy on codes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import DomainError, FloatArray, IntArray, RealizabilityError, ShapeError, finite_array
from simulators.exact.dp import Model
from simulators.learners.softmax import softmax_learner
from simulators.learners.tabular import count_learner, label_counts, log_likelihood, most_likely
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward, require_codes
from simulators.quantizers.finite import ChunkLabels
from simulators.tables import indices


@dataclass(frozen=True, eq=False)
class Learnt:
    """A policy on codes, and how it was found.

    Attributes:
        policy: deployed; None where chunks are.
        chosen: index in the class, where there is one.
        log_likelihoods: of every member, where the class is finite.
        loss: mean log-loss, where it was minimised.
    """

    policy: TabularPolicy | None
    chosen: int | None = None
    log_likelihoods: FloatArray | None = None
    loss: float | None = None

    @property
    def numbers(self) -> Mapping[str, float]:
        """What is known, by name."""
        known = {"chosen": self.chosen, "loss": self.loss}
        return {name: float(value) for name, value in known.items() if value is not None}


class Learner(Protocol):
    """A way to get a policy on codes from demonstrations."""

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Raise an error unless the learner's class fits the model and, if finite, holds the expert's labels."""
        ...

    def log_size(self, model: Model, quantizer: LabelMap) -> float | None:
        """Return the natural logarithm of the number of policies; None if nothing of that kind is known."""
        ...

    def members(self, model: Model, quantizer: LabelMap) -> Sequence[TabularPolicy] | None:
        """Return policies on codes over which any pairwise constant of the class is attained; None if unknown."""
        ...

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        """Return what log-loss learns from the data."""
        ...


@dataclass(frozen=True, eq=False)
class Given:
    """No learning: a policy on codes is deployed as it is.

    Attributes:
        policy: π̂, on codes.

    >>> Given(TabularPolicy([[1.0]])).log_size(None, LabelMap([0], [0])) is None
    True
    """

    policy: TabularPolicy

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Check shapes, and that only codes are played."""
        self.policy.require_fit(model.horizon, model.n_states, model.n_actions)
        require_codes(self.policy, quantizer)

    def log_size(self, model: Model | None, quantizer: LabelMap) -> None:
        """Return None: there is no class."""

    def members(self, model: Model, quantizer: LabelMap) -> Sequence[TabularPolicy]:
        return (self.policy,)

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        return Learnt(self.policy)


@dataclass(frozen=True, eq=False)
class PolicyClass:
    """A finite class of policies on raw actions; the learner's candidates are their push-forwards to codes.

    Attributes:
        policies: the members, in the order ties are broken.

    Raises:
        ShapeError: no members.

    >>> len(PolicyClass((TabularPolicy([[1.0, 0.0]]), TabularPolicy([[0.0, 1.0]]))).policies)
    2
    """

    policies: tuple[TabularPolicy, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "policies", tuple(self.policies))
        if not self.policies:
            raise ShapeError("policies must have at least one member, got none")

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Check shapes, and that some member has the expert's labels."""
        for policy in self.policies:
            policy.require_fit(model.horizon, model.n_states, model.n_actions)
        target = push_forward(expert, quantizer)
        if not any(_same(member, target, model.horizon) for member in self.members(model, quantizer)):
            raise RealizabilityError(
                f"the class must contain the expert's push-forward, got {len(self.policies)} policies without it"
            )

    def log_size(self, model: Model, quantizer: LabelMap) -> float:
        return math.log(len(self.policies))

    def members(self, model: Model, quantizer: LabelMap) -> Sequence[TabularPolicy]:
        return [push_forward(policy, quantizer) for policy in self.policies]

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        """Return the push-forward with the highest likelihood; ties go to the smallest index."""
        members = self.members(model, quantizer)
        counts = label_counts(data, n_states=model.n_states, n_actions=model.n_actions)
        scores = [log_likelihood(np.asarray(m.probabilities, dtype=np.float64), counts) for m in members]
        chosen = most_likely(scores)
        return Learnt(members[chosen], chosen, np.array(scores))


def _same(first: TabularPolicy, second: TabularPolicy, horizon: int) -> bool:
    return all(np.array_equal(first.at(h), second.at(h)) for h in range(horizon))


@dataclass(frozen=True, eq=False)
class Counts:
    """The class of all tabular policies on codes, by counting.

    Attributes:
        stationary: pool the steps.
        deterministic: play the most frequent label (the lowest of equally frequent ones, also where nothing was seen):
            log-loss over all deterministic policies, for deterministic experts. Otherwise play labels as often as they
            were seen, and all codes alike where nothing was.

    >>> Counts(deterministic=True)
    Counts(stationary=True, deterministic=True)
    """

    stationary: bool = True
    deterministic: bool = False

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Check that the class has the expert's labels.

        Raises:
            RealizabilityError: a deterministic class for stochastic labels, or a stationary one for varying labels.
        """
        target = push_forward(expert, quantizer)
        if self.deterministic and not target.deterministic:
            raise RealizabilityError("the class must contain the expert's push-forward, got stochastic labels")
        if self.stationary and not all(np.array_equal(target.at(h), target.at(0)) for h in range(model.horizon)):
            raise RealizabilityError("the class must contain the expert's push-forward, got labels that vary by step")

    def log_size(self, model: Model, quantizer: LabelMap) -> float | None:
        """Return S log K, K codes, times H if steps are apart; None for the stochastic class, which is infinite."""
        steps = 1 if self.stationary else model.horizon
        return steps * model.n_states * math.log(len(quantizer.codebook)) if self.deterministic else None

    def members(self, model: Model, quantizer: LabelMap) -> None:
        """Return None: constants of this class are those of the positions alone."""

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        if not self.deterministic:
            exact = bool(model.initial.dtype == object)
            options = {"n_states": model.n_states, "stationary": self.stationary, "exact": exact}
            return Learnt(count_learner(data, quantizer, **options))  # type: ignore[arg-type]
        counts = label_counts(data, n_states=model.n_states, n_actions=model.n_actions)
        counts = counts.sum(axis=0) if self.stationary else counts
        best = quantizer.codebook[counts[..., quantizer.codebook].argmax(axis=-1)]
        exact = bool(model.initial.dtype == object)
        return Learnt(TabularPolicy.of_actions(best, model.n_actions, exact=exact))


@dataclass(frozen=True, eq=False)
class SoftmaxLinear:
    """Stationary softmax-linear policies π(c|s) ∝ exp⟨φ(s), W_c⟩ on codes, by convex optimisation.

    Attributes:
        features: φ[s, i].
        ridge: strength of the penalty, > 0.

    >>> SoftmaxLinear(np.eye(2)).members(None, LabelMap([0], [0])) is None
    True
    """

    features: FloatArray
    ridge: float = 1e-6

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", finite_array("features", self.features, ndim=2))

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Check that there are features for every state, and that numbers are floats."""
        if len(self.features) != model.n_states:
            raise ShapeError(
                f"features must have one row for each of {model.n_states} states, got {len(self.features)}"
            )
        if model.initial.dtype == object:
            raise DomainError("a softmax fit is in float64, got an exact model")

    def log_size(self, model: Model | None, quantizer: LabelMap) -> None:
        """Return None: the class is infinite."""

    def members(self, model: Model | None, quantizer: LabelMap) -> None:
        """Return None: nothing bounds the weights."""

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        found = softmax_learner(data, quantizer, self.features, ridge=self.ridge)
        return Learnt(found.policy, loss=found.loss)


@dataclass(frozen=True, eq=False)
class Regression:
    """Regression behavior cloning: the mean of the labels' positions in every state, and the action nearest to it.

    With the quantizer that changes nothing this is the paper's regression on raw actions. Nothing about the class is
    claimed; what was learnt can be measured again as `Given`, for the statements about a policy's own errors.

    Attributes:
        positions: of the actions, shape (A,) or (A, du).

    Source: arXiv:2603.20538, Proposition 4.

    >>> data = Demonstrations([[0, 0, 0]], [[0, 1, 1]])
    >>> mean = Regression([0.0, 1.0]).nearest(data, LabelMap.identity(2), n_states=2)
    >>> mean.probabilities[0]
    array([0., 1.])
    """

    positions: FloatArray

    def __post_init__(self) -> None:
        points = finite_array("positions", self.positions)
        object.__setattr__(self, "positions", points[:, None] if points.ndim == 1 else points)

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap) -> None:
        """Check that every action has a position, and that numbers are floats."""
        if self.positions.ndim != 2 or len(self.positions) != model.n_actions:
            raise ShapeError(f"positions must be those of {model.n_actions} actions, got shape {self.positions.shape}")
        if model.initial.dtype == object:
            raise DomainError("regression is in float64, got an exact model")

    def log_size(self, model: Model, quantizer: LabelMap) -> None:
        """Return None: nothing is chosen from a class by its likelihood."""

    def members(self, model: Model, quantizer: LabelMap) -> None: ...

    def nearest(self, data: Demonstrations, quantizer: LabelMap, *, n_states: int) -> TabularPolicy:
        """Return the policy that plays the code nearest to the mean; the lowest one where nothing was seen."""
        counts = label_counts(data, n_states=n_states, n_actions=len(self.positions)).sum(axis=0)
        means = counts @ self.positions / np.maximum(counts.sum(axis=1), 1)[:, None]
        codes = self.positions[quantizer.codebook]
        gaps = np.linalg.norm(means[:, None, :] - codes[None, :, :], axis=2)
        best = np.where(counts.sum(axis=1) > 0, gaps.argmin(axis=1), 0)
        return TabularPolicy.of_actions(quantizer.codebook[best], len(self.positions))

    def fit(self, model: Model, quantizer: LabelMap, data: Demonstrations) -> Learnt:
        return Learnt(self.nearest(data, quantizer, n_states=model.n_states))


@dataclass(frozen=True, eq=False)
class ChunkMaps:
    """A finite class of maps from the state at the start of a chunk to the chunk's raw actions.

    Attributes:
        maps: maps[m, s, i], indices of actions: member m's i-th action of a chunk that starts in state s.

    Raises:
        ShapeError: not three-dimensional, or empty.

    >>> ChunkMaps(np.zeros((2, 3, 4), int)).steps
    4
    """

    maps: IntArray

    def __post_init__(self) -> None:
        maps = np.array(self.maps)
        if maps.ndim != 3 or not maps.size:
            raise ShapeError(f"maps must be indexed [m, s, i] and not be empty, got shape {maps.shape}")
        maps.setflags(write=False)
        object.__setattr__(self, "maps", maps)

    @property
    def steps(self) -> int:
        return int(self.maps.shape[2])

    def require_fit(self, model: Model, expert: TabularPolicy, quantizer: LabelMap | ChunkLabels) -> None:
        """Check states and actions; that a member explains the labels is seen in the data."""
        indices("maps", self.maps, below=model.n_actions)
        if self.maps.shape[1] != model.n_states:
            raise ShapeError(f"maps must have one row for each of {model.n_states} states, got {self.maps.shape[1]}")

    def log_size(self, model: Model, quantizer: LabelMap | ChunkLabels) -> float:
        return math.log(len(self.maps))

    def members(self, model: Model, quantizer: LabelMap | ChunkLabels) -> None:
        """Return None: chunk maps are not single-step policies."""

    def fit(self, model: Model, quantizer: LabelMap | ChunkLabels, data: Demonstrations) -> Learnt:
        """Return the first member that agrees with every label."""
        codes, wrong = quantizer.of_chunks(self.maps), np.zeros(len(self.maps), dtype=np.int64)
        for h in range(data.horizon):
            start = h - h % self.steps
            wrong += (codes[:, data.states[start], h - start] != data.labels[h]).sum(axis=1)
        scores = np.where(wrong == 0, 0.0, -math.inf)
        return Learnt(None, most_likely(scores.tolist()), scores)
