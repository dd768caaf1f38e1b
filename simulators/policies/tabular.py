"""Tabular policies, label maps (quantizers of a finite action set) and push-forwards."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, IntArray, ShapeError, positive_int
from simulators.tables import Table, holds_fractions, indices, is_exact, probability_table, to_float, zeros


@dataclass(frozen=True, eq=False)
class TabularPolicy:
    """A policy on finitely many states and actions.

    Attributes:
        probabilities: π[s, a], or π[h, s, a] with h from 0 for a time-varying policy; float64 or Fraction.

    Raises:
        ProbabilityError: a row is not a probability distribution.
        ShapeError: not two or three axes.

    >>> policy = TabularPolicy([[0.5, 0.5], [0.0, 1.0]])
    >>> policy.stationary, policy.deterministic, policy.at(7)[0]
    (True, False, array([0.5, 0.5]))
    """

    probabilities: Table

    def __post_init__(self) -> None:
        exact = holds_fractions(self.probabilities)
        table = probability_table("policy", self.probabilities, exact=exact)
        if table.ndim not in (2, 3):
            raise ShapeError(f"policy must be indexed [s, a] or [h, s, a], got shape {table.shape}")
        object.__setattr__(self, "probabilities", table)

    @classmethod
    def of_actions(cls, actions: npt.ArrayLike, n_actions: int, *, exact: bool = False) -> "TabularPolicy":
        """Build the deterministic policy that plays actions[s] (or actions[h, s]).

        Raises:
            DomainError: an index outside 0..n_actions−1.

        >>> TabularPolicy.of_actions([1, 0], 2).probabilities
        array([[0., 1.],
               [1., 0.]])
        """
        chosen = indices("actions", actions, below=positive_int("n_actions", n_actions))
        table = zeros((*chosen.shape, n_actions), exact=exact)
        np.put_along_axis(table, chosen[..., None], 1 + zeros((1,), exact=exact), axis=-1)
        return cls(table)

    @property
    def stationary(self) -> bool:
        return self.probabilities.ndim == 2

    @property
    def exact(self) -> bool:
        return is_exact(self.probabilities)

    @property
    def deterministic(self) -> bool:
        """Whether every row puts mass on one action only."""
        return bool(np.all((self.probabilities > 0).sum(axis=-1) == 1))

    def at(self, h: int) -> Table:
        """Return π[s, a] of step h (from 0)."""
        return self.probabilities if self.stationary else self.probabilities[h]

    def require_fit(self, horizon: int, n_states: int, n_actions: int) -> None:
        """Raise a ShapeError unless the policy covers these steps, states and actions."""
        wanted = (n_states, n_actions) if self.stationary else (horizon, n_states, n_actions)
        if self.probabilities.shape != wanted:
            raise ShapeError(f"policy must have shape {wanted}, got {self.probabilities.shape}")

    def to_float(self) -> "TabularPolicy":
        """Return the policy in float64."""
        return TabularPolicy(to_float(self.probabilities))


@dataclass(frozen=True, eq=False)
class LabelMap:
    """A quantizer of a finite action set: q(action a) is action labels[a], one of the codebook.

    Codes are actions themselves (the learner executes them), so labels are indices into the same action set.

    Attributes:
        labels: labels[a] = index of the code that stands for action a.
        codebook: the indices of the codes, increasing.

    Raises:
        DomainError: a label outside the codebook, or an index outside the action set.

    >>> LabelMap([0, 0, 3, 3], codebook=[0, 3]).column
    array([0, 0, 1, 1])
    >>> LabelMap([0, 1], codebook=[0])
    Traceback (most recent call last):
    simulators.errors.DomainError: labels must stay in the codebook [0], got 1
    """

    labels: IntArray
    codebook: IntArray

    def __post_init__(self) -> None:
        size = len(np.atleast_1d(np.asarray(self.labels)))
        labels = indices("labels", self.labels, below=size)
        codebook = np.unique(indices("codebook", self.codebook, below=size))
        outside = labels[~np.isin(labels, codebook)]
        if labels.ndim != 1 or not labels.size:
            raise ShapeError(f"labels must be a nonempty vector, got shape {labels.shape}")
        if outside.size:
            raise DomainError(f"labels must stay in the codebook {codebook.tolist()}, got {outside[0]}")
        codebook.setflags(write=False)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "codebook", codebook)

    @classmethod
    def identity(cls, n_actions: int) -> "LabelMap":
        """Return the quantizer that changes nothing.

        >>> LabelMap.identity(3).labels
        array([0, 1, 2])
        """
        return cls(np.arange(n_actions), np.arange(n_actions))

    @property
    def n_actions(self) -> int:
        return len(self.labels)

    steps: ClassVar[int] = 1
    """A label depends on one action only."""

    def of_chunks(self, raw: IntArray) -> IntArray:
        """Return the codes of actions, one by one.

        >>> LabelMap([0, 0, 2], [0, 2]).of_chunks(np.array([[1, 2]]))
        array([[0, 2]])
        """
        return np.asarray(self.labels[raw])

    @property
    def column(self) -> IntArray:
        """column[a] = position of a's code in the codebook."""
        return self.column_of_code(self.labels)

    def column_of_code(self, codes: IntArray) -> IntArray:
        """Return the positions of codes in the codebook.

        Raises:
            DomainError: an action that is not a code.

        >>> LabelMap([0, 0, 2], [0, 2]).column_of_code(np.array([2, 0]))
        array([1, 0])
        """
        outside = np.setdiff1d(codes, self.codebook)
        if outside.size:
            raise DomainError(f"labels must be codes, one of {self.codebook.tolist()}, got {outside[0]}")
        return np.searchsorted(self.codebook, codes).astype(np.int64)


def push_forward(policy: TabularPolicy, quantizer: LabelMap) -> TabularPolicy:
    """Return q#π: the law of the code of an action drawn from π, as a policy on the same action set.

    Raises:
        ShapeError: the policy and the quantizer have different action sets.

    >>> push_forward(TabularPolicy([[0.5, 0.25, 0.25]]), LabelMap([0, 2, 2], [0, 2])).probabilities
    array([[0.5, 0. , 0.5]])
    """
    if policy.probabilities.shape[-1] != quantizer.n_actions:
        raise ShapeError(
            f"policy and quantizer must share an action set, got {policy.probabilities.shape[-1]} "
            f"and {quantizer.n_actions} actions"
        )
    result = zeros(policy.probabilities.shape, exact=policy.exact)
    for action, code in enumerate(quantizer.labels):
        result[..., code] += policy.probabilities[..., action]
    return TabularPolicy(result)


def require_codes(policy: TabularPolicy, quantizer: LabelMap) -> None:
    """Raise a DomainError unless the policy plays codes only.

    >>> require_codes(TabularPolicy([[0.0, 1.0]]), LabelMap([0, 0], [0]))
    Traceback (most recent call last):
    simulators.errors.DomainError: the learner must play codes only, but plays action 1, outside [0]
    """
    played = np.flatnonzero(np.any(policy.probabilities > 0, axis=tuple(range(policy.probabilities.ndim - 1))))
    outside = np.setdiff1d(played, quantizer.codebook)
    if outside.size:
        raise DomainError(
            f"the learner must play codes only, but plays action {outside[0]}, outside {quantizer.codebook.tolist()}"
        )
