"""Distances between two trajectory laws: affinity, Hellinger, total variation, mismatch.

TV = ½Σ|p − q|; D² = Σ(√p − √q)² in [0, 2] (not halved); affinity = Σ√(pq) = 1 − D²/2. All recursions take
O(H·S²·K) and add non-negative terms only, so small distances keep their relative accuracy.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.errors import DomainError, FloatArray, ShapeError, positive_int
from simulators.exact.chain import TrajectoryLaw
from simulators.tables import Number, number, same_kind, to_float

RATIO_DIGITS = 13
"""Float branches are merged when their likelihood ratios agree to this many digits; see `total_variation`."""


class EnumerationError(ValueError):
    """An exact enumeration would exceed its limit; certified bounds may still be available."""


def squared_hellinger(first: TrajectoryLaw, second: TrajectoryLaw) -> float:
    """Return D² = Σ(√p − √q)² in [0, 2], in float64, accurate also when tiny.

    Raises:
        ShapeError: the laws have different shapes.

    >>> fair, loaded = (TrajectoryLaw([1.0], [row], [[[1.0], [1.0]]], 2) for row in ([0.5, 0.5], [0.9, 0.1]))
    >>> bool(np.isclose(squared_hellinger(fair, loaded), 2 - 2 * (np.sqrt(0.45) + np.sqrt(0.05)) ** 2))
    True
    """
    step = _per_step(first, second)
    rest = np.zeros(len(first.initial))
    for h in reversed(range(first.horizon)):
        gap, same, kernel_gap, kernel_same = step(h)
        inner = kernel_gap + kernel_same @ rest if h + 1 < first.horizon else 0.0
        rest = gap + (same * inner).sum(axis=1)
    start, overlap = _root_overlap(to_float(first.initial), to_float(second.initial))
    return float(2 * (start + overlap @ rest))


def log_affinity(first: TrajectoryLaw, second: TrajectoryLaw) -> float:
    """Return log Σ√(pq) ≤ 0, in float64; −inf for laws with disjoint supports. Never underflows.

    Raises:
        ShapeError: the laws have different shapes.

    >>> fair, loaded = (TrajectoryLaw([1.0], [row], [[[1.0], [1.0]]], 2) for row in ([0.5, 0.5], [0.9, 0.1]))
    >>> round(log_affinity(fair, loaded) - 2 * math.log(math.sqrt(0.45) + math.sqrt(0.05)), 12)
    0.0
    """
    step = _per_step(first, second)
    rest, scale = np.ones(len(first.initial)), 0.0
    for h in reversed(range(first.horizon)):
        _, same, _, kernel_same = step(h)
        inner = kernel_same @ rest if h + 1 < first.horizon else np.ones_like(same)
        rest = (same * inner).sum(axis=1)
        top = float(rest.max())
        if top == 0:
            return -math.inf
        rest, scale = rest / top, scale + math.log(top)
    _, overlap = _root_overlap(to_float(first.initial), to_float(second.initial))
    end = float(overlap @ rest)
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


@dataclass(frozen=True)
class VariationBounds:
    """Certified bounds low ≤ TV ≤ high; equal when the value is exact."""

    low: Number
    high: Number
    exact: bool


def total_variation(first: TrajectoryLaw, second: TrajectoryLaw, *, max_atoms: int = 200_000) -> VariationBounds:
    """Return TV exactly when enumeration fits, otherwise certified bounds from the affinity.

    1 − affinity ≤ TV ≤ √(1 − affinity²) = √(D²(1 − D²/4)), widened by an upper estimate of the rounding error of the
    recursion (its terms are non-negative, so relative errors add up).

    Raises:
        ShapeError: the laws have different shapes.
        DomainError: a mixture of exact and float64.

    >>> law = TrajectoryLaw([1.0], [[0.5, 0.5]], [[[1.0], [1.0]]], 2)
    >>> total_variation(law, law)
    VariationBounds(low=0.0, high=0.0, exact=True)
    """
    positive_int("max_atoms", max_atoms)
    try:
        value = exact_total_variation(first, second, max_atoms=max_atoms)
    except EnumerationError:
        return hellinger_bounds(first, second)
    return VariationBounds(value, value, exact=True)


def hellinger_bounds(first: TrajectoryLaw, second: TrajectoryLaw) -> VariationBounds:
    """Return certified bounds on TV from the affinity alone; see `total_variation`."""
    states, labels = first.policy.shape[-2:]
    rounding = 4 * first.horizon * (states + labels + 16) * np.finfo(np.float64).eps
    half = squared_hellinger(first, second) / 2
    low, high = half * (1 - rounding), min(1.0, half * (1 + rounding))
    return VariationBounds(max(0.0, low), min(1.0, math.sqrt(high * (2 - high)) * (1 + 1e-15)), exact=False)


_StepTerms = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def _hellinger_step(first: TrajectoryLaw, second: TrajectoryLaw, h: int) -> _StepTerms:
    gap, same = _root_overlap(to_float(first.policy_at(h)), to_float(second.policy_at(h)))
    kernel_gap, kernel_same = _root_overlap(to_float(first.kernel_at(h)), to_float(second.kernel_at(h)))
    return gap, same, kernel_gap, kernel_same


def _root_overlap(p: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ½Σ(√p − √q)² along the last axis, and √(pq)."""
    root_p, root_q = np.sqrt(p), np.sqrt(q)
    return ((root_p - root_q) ** 2).sum(axis=-1) / 2, root_p * root_q


def _per_step(first: TrajectoryLaw, second: TrajectoryLaw) -> Callable[[int], _StepTerms]:
    """Return the terms as a function of the step, computed once if nothing varies with the step."""
    _require_same_shape(first, second)
    if first.stationary and second.stationary:
        once = _hellinger_step(first, second, 0)
        return lambda _: once
    return lambda h: _hellinger_step(first, second, h)


def _require_same_shape(first: TrajectoryLaw, second: TrajectoryLaw) -> None:
    shapes = [(law.horizon, len(law.initial), law.policy.shape[-1]) for law in (first, second)]
    if shapes[0] != shapes[1]:
        raise ShapeError(f"laws must agree in horizon, states and labels, got {shapes[0]} and {shapes[1]}")
