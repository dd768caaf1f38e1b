"""Log-loss behavior cloning for tabular policies: by counting, and over finite classes."""

import math
from collections.abc import Sequence

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import FloatArray, IntArray, RealizabilityError, ShapeError
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.tables import Table, zeros


def label_counts(data: Demonstrations, *, n_states: int, n_actions: int) -> IntArray:
    """Return counts[h, s, a] of how often label a was seen at state s and step h.

    >>> label_counts(Demonstrations([[0, 0, 1]], [[1, 1, 0]], [[0, 0, 0]]), n_states=2, n_actions=2).tolist()
    [[[0, 2], [1, 0]]]
    """
    counts = np.zeros((data.horizon, n_states, n_actions), dtype=np.int64)
    np.add.at(counts, (np.arange(data.horizon)[:, None], data.states, data.labels), 1)
    return counts


def frequencies(counts: IntArray, fallback: Table, *, exact: bool) -> Table:
    """Return counts / totals along the last axis, and the fallback where nothing was counted.

    >>> frequencies(np.array([[3, 1], [0, 0]]), np.array([0.5, 0.5]), exact=False)
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    result = zeros(counts.shape, exact=exact)
    result[...] = fallback
    totals = counts.sum(axis=-1)
    seen = totals > 0
    result[seen] = (counts[seen] + zeros((1,), exact=exact)) / totals[seen][:, None]
    return result


def count_learner(
    data: Demonstrations, quantizer: LabelMap, *, n_states: int, stationary: bool = False, exact: bool = False
) -> TabularPolicy:
    """Return the log-loss MLE over all tabular policies on the codebook: label frequencies.

    States that were never seen get the uniform law on the codebook (any choice maximises the likelihood).

    Args:
        data: demonstrations.
        quantizer: gives the codebook.
        n_states: number of states S.
        stationary: pool the steps.
        exact: return Fractions.

    >>> data = Demonstrations([[0, 0, 0, 0]], [[1, 1, 1, 0]], [[0, 0, 0, 0]])
    >>> count_learner(data, LabelMap([0, 1], [0, 1]), n_states=2, stationary=True).probabilities
    array([[0.25, 0.75],
           [0.5 , 0.5 ]])
    """
    counts = label_counts(data, n_states=n_states, n_actions=quantizer.n_actions)
    uniform = zeros((quantizer.n_actions,), exact=exact)
    uniform[quantizer.codebook] += 1
    counts = counts.sum(axis=0) if stationary else counts
    return TabularPolicy(frequencies(counts, uniform / len(quantizer.codebook), exact=exact))


def log_likelihood(probabilities: FloatArray, counts: IntArray) -> float:
    """Return Σ counts·log(probabilities), −inf if something counted has probability zero.

    >>> log_likelihood(np.array([1.0, 0.0]), np.array([5, 0]))
    0.0
    """
    seen = counts > 0
    with np.errstate(divide="ignore"):
        return math.fsum(counts[seen] * np.log(np.broadcast_to(probabilities, counts.shape)[seen]))


def most_likely(likelihoods: Sequence[float]) -> int:
    """Return the index of the largest log-likelihood; ties go to the smallest index.

    Raises:
        ShapeError: no candidates.
        RealizabilityError: every candidate gives the data probability zero.

    >>> most_likely([-3.0, -1.0, -1.0])
    1
    """
    if not likelihoods:
        raise ShapeError("candidates must not be empty")
    best = max(likelihoods)
    if best == -math.inf:
        raise RealizabilityError("every candidate gives the demonstrations probability zero")
    return list(likelihoods).index(best)


def policy_mle(candidates: Sequence[TabularPolicy], data: Demonstrations) -> int:
    """Return the index of the log-loss MLE over a finite class of code policies; ties go to the smallest index.

    Raises:
        ShapeError: no candidates.
        RealizabilityError: every candidate gives the labels probability zero.

    >>> data = Demonstrations([[0, 0, 0]], [[1, 1, 0]], [[0, 0, 0]])
    >>> policy_mle([TabularPolicy([[0.5, 0.5]]), TabularPolicy([[0.3, 0.7]])], data)
    1
    """
    sizes = {policy.probabilities.shape[-2:] for policy in candidates}
    if len(sizes) > 1:
        raise ShapeError(f"candidates must share states and actions, got {sorted(sizes)}")
    scores = []
    for policy in candidates:
        n_states, n_actions = policy.probabilities.shape[-2:]
        counts = label_counts(data, n_states=n_states, n_actions=n_actions)
        scores.append(log_likelihood(np.asarray(policy.probabilities, dtype=np.float64), counts))
    return most_likely(scores)
