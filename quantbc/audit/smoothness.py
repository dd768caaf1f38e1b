"""Do neighbouring states keep neighbouring labels? The empirical modulus of a tokenizer on demonstrations.

A policy is relaxed-TV-continuous (RTVC) at a radius when nearby states have laws on labels that can be matched up to
that radius, except for a small mass. Here the laws are those of the nearest demonstrations, matched exactly, so the
result is an estimate at the sampled states: a rare trap can hide between them, and it certifies nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.dimensions import wrapped
from simulators.errors import FloatArray, IntArray, ShapeError, finite_array
from simulators.norms import norm_along

ANCHORS = 256
NEIGHBOURS = 8
POOL = 20_000
PERMUTATIONS = 40
RESAMPLES = 1000
RANKS = (1, 4, 16, 64, 256, 1024)
_NOTICEABLE = 0.02
_TOGETHER = 8
"""Coordinates that are compared at once."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Anchor states of one half of the episodes, and states of the other half at growing distances.

    Attributes:
        here: here[a, m], rows of the m states of the first half nearest to anchor a (the anchor first).
        there: there[r, a, m], the same around the state of the second half that is RANKS[r]-th nearest to the anchor.
        distances: distances[r, a] between the two centres, largest coordinate, in standard deviations.
        pool: rows of the second half, for permutations.
        folds: "episodes" if the halves are different episodes, "time" if there is only one.
    """

    here: IntArray
    there: IntArray
    distances: FloatArray
    pool: IntArray = field(repr=False)
    folds: str

    def among_themselves(self) -> tuple[IntArray, Neighbours]:
        """Return the rows that occur, and the same with positions among them instead of rows."""
        parts = (self.here, self.there, self.pool)
        rows, found = np.unique(np.concatenate([part.ravel() for part in parts]), return_inverse=True)
        split = np.split(found, np.cumsum([part.size for part in parts[:-1]]))
        here, there, pool = (place.reshape(part.shape) for place, part in zip(split, parts, strict=True))
        return rows, replace(self, here=here, there=there, pool=pool)


def neighbours(states: npt.ArrayLike, episodes: IntArray, *, rng: np.random.Generator) -> Neighbours | None:
    """Choose anchors and their neighbours.

    Args:
        states: states[row, i], in units in which coordinates can be compared.
        episodes: episode number of each row.
        rng: decides anchors and, for large data, which rows are candidates.

    Returns:
        None where a half has fewer rows than a neighbourhood.

    Raises:
        ShapeError: states and episodes differ in length.
    """
    from scipy.spatial import cKDTree

    x = finite_array("states", states, ndim=2)
    if len(x) != len(episodes):
        raise ShapeError(f"episodes must have {len(x)} entries, got {len(episodes)}")
    several = len(np.unique(episodes % 2)) == 2
    side = episodes % 2 if several else (np.arange(len(x)) * 2) // max(len(x), 1)
    first, second = (_thin(np.flatnonzero(side == s), POOL, rng) for s in (0, 1))
    if min(len(first), len(second)) < NEIGHBOURS:
        return None
    near_first, near_second = cKDTree(x[first]), cKDTree(x[second])
    anchors = x[_thin(first, ANCHORS, rng)]
    ranks = [rank for rank in RANKS if rank <= len(second)]
    distances, found = near_second.query(anchors, k=ranks, p=np.inf)
    centres = x[second][found.T]
    here = first[near_first.query(anchors, k=NEIGHBOURS, p=np.inf)[1]]
    there = second[near_second.query(centres, k=NEIGHBOURS, p=np.inf)[1]]
    return Neighbours(here, there, np.asarray(distances).T, second, "episodes" if several else "time")


def _thin(rows: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def unmatched_shares(
    left: FloatArray, right: FloatArray, radius: float, periods: FloatArray | None = None
) -> FloatArray:
    """Return for every pair of samples the share that no matching within the radius can match.

    Exact: a maximum matching of the m points of one sample with the m of the other, which is the smallest
    P(|u − u'| > radius) over couplings of the two empirical laws.

    Args:
        left: left[p, m, j], m points of pair p.
        right: right[p, m, j].
        radius: largest coordinate distance of matched points.
        periods: periods[j] of coordinates that wrap, infinite for others; None if none does.

    >>> unmatched_shares(np.array([[[0.0], [1.0]]]), np.array([[[0.2], [5.0]]]), 0.5)
    array([0.5])
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    pairs, size = left.shape[:2]
    pair, row, column = _near(left, right, radius * (1 + 1e-12), periods)
    graph = csr_array(
        (np.ones(len(pair), dtype=np.int8), (pair * size + row, pair * size + column)), shape=(pairs * size,) * 2
    )
    partner = maximum_bipartite_matching(graph, perm_type="column")
    return np.asarray((partner.reshape(pairs, size) < 0).mean(axis=1))


def _near(
    left: FloatArray, right: FloatArray, radius: float, periods: FloatArray | None
) -> tuple[IntArray, IntArray, IntArray]:
    """Indices (pair, left point, right point) of points within the radius; most differ in their first entries."""
    pairs, size, width = left.shape
    pair, row, column = (index.ravel() for index in np.indices((pairs, size, size)))
    for low in range(0, width, _TOGETHER):
        some = slice(low, low + _TOGETHER)
        apart = left[pair, row, some] - right[pair, column, some]
        close = norm_along(apart if periods is None else wrapped(apart, periods[some]), "linf") <= radius
        pair, row, column = pair[close], row[close], column[close]
    return pair, row, column


@dataclass(frozen=True, eq=False)
class Smoothness:
    """Empirical modulus of the labels, beside that of the raw actions.

    A tokenizer moves two actions apart by at most their two errors. The radius is at least four ordinary errors, so the
    raw actions are matched at half of it: what the labels lose beyond that is due to errors that are large just where
    neighbours part.

    Attributes:
        radius: how far labels may differ and still count as equal, in the action norm.
        distances: median state distance at each rank of neighbour, increasing.
        labels: mean unmatched share of the labels at these distances.
        raw: the same of the raw actions, at half the radius.
        band: central 95 % of the labels' mean share at the smallest distance when states are shuffled.
        excess: mean of labels − raw at the distance where it stands out most.
        excess_distance: that distance.
        excess_interval: its bootstrap interval over anchors, 95 % for all distances together (Bonferroni).
    """

    radius: float
    distances: FloatArray
    labels: FloatArray
    raw: FloatArray
    band: tuple[float, float]
    excess: float
    excess_distance: float
    excess_interval: tuple[float, float]

    @property
    def verdict(self) -> str:
        """``"preserved"``, ``"worse"`` or ``"unclear"``: how near the labels of neighbouring states stay."""
        if self.excess_interval[0] > 0 and self.excess >= _NOTICEABLE:
            return "worse"
        return "unclear" if self.labels[0] >= self.band[0] else "preserved"

    @property
    def sentence(self) -> str:
        """The verdict with its number, and what it is not."""
        share = 100 * float(self.labels[0])
        where = f"{share:.3g} % of the labels of neighbouring states are more than {self.radius:.3g} apart"
        if self.verdict == "worse":
            text = (
                f"separates the labels of neighbouring states: at a state distance of {self.excess_distance:.3g}, "
                f"{100 * self.excess:.3g} % more labels are {self.radius:.3g} apart than raw actions are half as far"
            )
        elif self.verdict == "unclear":
            text = f"unclear: {where}, and as many after shuffling; states do not predict actions at this resolution"
        else:
            shuffled = 100 * self.band[0]
            text = f"keeps the labels of neighbouring states close: {where} ({shuffled:.3g} % or more if shuffled)"
        return f"{text}. An estimate from sampled states, not a certificate"

    def modulus(self, distance: FloatArray) -> FloatArray:
        """The empirical modulus as a nondecreasing step function, 1 beyond the largest distance sampled."""
        values = np.append(np.maximum.accumulate(self.labels), 1.0)
        return values[np.searchsorted(self.distances, distance, side="left")]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "radius": self.radius,
            "distances": self.distances.tolist(),
            "labels": self.labels.tolist(),
            "raw": self.raw.tolist(),
            "permutation_band": list(self.band),
            "excess": self.excess,
            "excess_distance": self.excess_distance,
            "excess_interval": list(self.excess_interval),
            "verdict": self.verdict,
            "sentence": self.sentence,
            "kind": "estimated",
        }


def smoothness(
    chosen: Neighbours,
    raw: FloatArray,
    labels: FloatArray,
    *,
    radius: float,
    rng: np.random.Generator,
    periods: FloatArray | None = None,
) -> Smoothness:
    """Measure the modulus.

    Args:
        chosen: anchors and neighbours.
        raw: raw[row, j], raw actions in the action norm's units.
        labels: labels[row, j], executed actions of the same rows.
        radius: how far actions may differ and still count as equal.
        rng: for permutations and the bootstrap.
        periods: of entries that wrap, in the action norm's units.
    """

    def unmatched(rows: FloatArray, there: IntArray, within: float) -> FloatArray:
        return unmatched_shares(rows[chosen.here], rows[there], within, periods)

    shares = np.array([unmatched(labels, there, radius) for there in chosen.there])
    plain = np.array([unmatched(raw, there, radius / 2) for there in chosen.there])
    shuffled = [
        unmatched(labels, rng.choice(chosen.pool, chosen.there[0].shape), radius).mean() for _ in range(PERMUTATIONS)
    ]
    distances = np.maximum.accumulate(np.median(chosen.distances, axis=1))
    gaps = shares - plain
    tail = 0.025 / len(gaps)
    anchors = gaps.shape[1]
    weights = rng.multinomial(anchors, np.full(anchors, 1 / anchors), size=RESAMPLES) / anchors
    low, high = np.quantile(gaps @ weights.T, [tail, 1 - tail], axis=1)
    most = int(np.argmax(low))
    band = np.quantile(shuffled, [0.025, 0.975])
    return Smoothness(
        radius=radius,
        distances=distances,
        labels=shares.mean(axis=1),
        raw=plain.mean(axis=1),
        band=(float(band[0]), float(band[1])),
        excess=float(gaps[most].mean()),
        excess_distance=float(distances[most]),
        excess_interval=(float(low[most]), float(high[most])),
    )
