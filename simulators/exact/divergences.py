"""Distances between two trajectory laws: affinity, total variation, mismatch.

TV = ½Σ|p − q|; affinity = Σ√(pq). All recursions take
O(H·S²·K) and add non-negative terms only, so small distances keep their relative accuracy.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.errors import DomainError, FloatArray, ShapeError
from simulators.exact.chain import TrajectoryLaw
from simulators.tables import Number, Table, number, same_kind, to_float

RATIO_DIGITS = 13
"""Float branches are merged when their likelihood ratios agree to this many digits; see `exact_total_variation`."""


class EnumerationError(ValueError):
    """An exact enumeration would exceed its limit."""


def log_affinity(first: TrajectoryLaw, second: TrajectoryLaw) -> float:
    """Return log Σ√(pq) ≤ 0, in float64; −inf for laws with disjoint supports. Never underflows.

    Raises:
        ShapeError: the laws have different shapes.

    >>> fair, loaded = (TrajectoryLaw([1.0], [row], [[[1.0], [1.0]]], 2) for row in ([0.5, 0.5], [0.9, 0.1]))
    >>> round(log_affinity(fair, loaded) - 2 * math.log(math.sqrt(0.45) + math.sqrt(0.05)), 12)
    0.0
    """
    _require_same_shape(first, second)
    rest, scale = np.ones(len(first.initial)), 0.0
    for h, (labels, states) in enumerate(_overlaps(first, second)):
        rest = (labels * (states @ rest) if h else labels).sum(axis=1)
        top = float(rest.max())
        if top == 0:
            return -math.inf
        rest, scale = rest / top, scale + math.log(top)
    end = float(_overlap(first.initial, second.initial) @ rest)
    return min(0.0, scale + math.log(end)) if end > 0 else -math.inf


def affinity(first: TrajectoryLaw, second: TrajectoryLaw) -> float:
    """Return Σ√(pq) in [0, 1], in float64.

    Raises:
        ShapeError: the laws have different shapes.

    >>> law = TrajectoryLaw([1.0], [[0.5, 0.5]], [[[1.0], [1.0]]], 2)
    >>> affinity(law, law)
    1.0
    """
    return math.exp(log_affinity(first, second))


def mismatch(law: TrajectoryLaw, learner: TrajectoryLaw) -> Number:
    """Return m = 1 − E_law[Π_h π̂_h(ũ_h|x_h)]: how likely the learner's labels differ anywhere on the law's path.

    For a law with deterministic labels and a learner on the same kernel this is their total variation
    (arXiv:2603.20538, deterministic experts). Exact for exact laws.

    Args:
        law: the expert's law, whose labels must be deterministic.
        learner: the law whose policy is compared; its kernel and initial law are not used.

    Raises:
        ShapeError: the laws have different shapes.
        DomainError: the labels of `law` are not deterministic, or a mixture of exact and float64.

    >>> expert, learner = (TrajectoryLaw([1.0], [row], [[[1.0], [1.0]]], 2) for row in ([1.0, 0.0], [0.9, 0.1]))
    >>> round(mismatch(expert, learner), 12)
    0.19
    """
    _require_same_shape(first=law, second=learner)
    same_kind("law and learner", [law.initial, learner.policy])
    if np.any((law.policy > 0).sum(axis=-1) != 1):
        raise DomainError("law must have deterministic labels, got a stochastic policy")
    rest = 0 * law.initial
    states = np.arange(len(rest))
    for h in reversed(range(law.horizon)):
        label = np.argmax(law.policy_at(h), axis=1)
        right = learner.policy_at(h)[states, label]
        wrong = (learner.policy_at(h) * (1 - law.policy_at(h))).sum(axis=1)
        later = law.kernel_at(h)[states, label] @ rest if h + 1 < law.horizon else rest
        rest = wrong + right * later
    return number(law.initial @ rest)


def exact_total_variation(first: TrajectoryLaw, second: TrajectoryLaw, *, max_atoms: int = 200_000) -> Number:
    """Return TV = ½Σ|p − q| over all trajectories, a Fraction for exact laws.

    Enumerates prefixes step by step. Prefixes that end in the same state with the same likelihood ratio p : q are
    merged (|p − q| is homogeneous along a ratio), and those that one law excludes are settled at once. In float64
    ratios are compared to 13 digits, which moves the result by less than H·1e-13.

    Args:
        first: a law.
        second: a law of the same shape.
        max_atoms: give up when more prefixes remain after merging.

    Raises:
        EnumerationError: too many prefixes.
        ShapeError: the laws have different shapes.
        DomainError: a mixture of exact and float64.

    >>> from fractions import Fraction
    >>> fair, loaded = (TrajectoryLaw([1], [row], [[[1], [1]]], 2) for row in
    ...                 ([Fraction(1, 2), Fraction(1, 2)], [Fraction(3, 4), Fraction(1, 4)]))
    >>> exact_total_variation(fair, loaded)
    Fraction(5, 16)
    """
    _require_same_shape(first, second)
    same_kind("laws", [first.initial, second.initial])
    enumeration = _Enumeration(settled=first.initial[0] * 0, atoms={}, digits=None if first.exact else RATIO_DIGITS)
    for s in range(len(first.initial)):
        enumeration.add(s, first.initial[s], second.initial[s])
    for h in range(first.horizon):
        enumeration = enumeration.after_step(first, second, h)
        if len(enumeration.atoms) > max_atoms:
            raise EnumerationError(f"exact total variation needs more than max_atoms={max_atoms} prefixes")
    return number(enumeration.total() / 2)


@dataclass
class _Enumeration:
    """Prefixes of two laws: merged pairs (p, q) by (state, ratio), and the |p − q| already settled."""

    settled: Any
    atoms: dict[tuple[int, Any], tuple[Any, Any]]
    digits: int | None

    def add(self, state: int, p: Any, q: Any) -> None:
        if p == 0 or q == 0:
            self.settled += p + q
            return
        ratio = p / (p + q)
        key = (state, ratio if self.digits is None else round(ratio, self.digits))
        old_p, old_q = self.atoms.get(key, (0, 0))
        self.atoms[key] = (old_p + p, old_q + q)

    def total(self) -> Any:
        return self.settled + sum(abs(p - q) for p, q in self.atoms.values())

    def after_step(self, first: TrajectoryLaw, second: TrajectoryLaw, h: int) -> "_Enumeration":
        result = _Enumeration(self.settled, {}, self.digits)
        last = h + 1 == first.horizon
        labels = first.policy.shape[-1]
        pi, rho = first.policy_at(h), second.policy_at(h)
        kernel, other = first.kernel_at(h), second.kernel_at(h)
        for (state, _), (p, q) in self.atoms.items():
            for c in range(labels):
                p_c, q_c = p * pi[state, c], q * rho[state, c]
                if last or p_c == 0 or q_c == 0:
                    result.add(state, p_c, q_c)
                    continue
                for s in np.flatnonzero((kernel[state, c] != 0) | (other[state, c] != 0)):
                    result.add(int(s), p_c * kernel[state, c, s], q_c * other[state, c, s])
        return result


def _overlap(p: Table, q: Table) -> FloatArray:
    """Return √(pq)."""
    return np.asarray(np.sqrt(to_float(p)) * np.sqrt(to_float(q)))


def _overlaps(first: TrajectoryLaw, second: TrajectoryLaw) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield √(pq) of the labels and of the next states from the last step back, computed once if no step differs."""
    once = first.stationary and second.stationary
    for h in reversed(range(first.horizon)):
        if not once or h + 1 == first.horizon:
            labels = _overlap(first.policy_at(h), second.policy_at(h))
            states = _overlap(first.kernel_at(h), second.kernel_at(h))
        yield labels, states


def _require_same_shape(first: TrajectoryLaw, second: TrajectoryLaw) -> None:
    shapes = [(law.horizon, len(law.initial), law.policy.shape[-1]) for law in (first, second)]
    if shapes[0] != shapes[1]:
        raise ShapeError(f"laws must agree in horizon, states and labels, got {shapes[0]} and {shapes[1]}")
