"""How stable the demonstrated dynamics look: a linear model by least squares, its gains, and how far to trust them.

Everything here is estimated from demonstrations: states the expert avoids are not in the data, and a linear model of a
nonlinear system is wrong away from them. Units: observations in standard deviations, actions in half-ranges, largest
entry throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from quantbc.audit.rows import Block, Piece
from quantbc.audit.survey import Spread
from quantbc.words import percent
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import spectral_radius
from simulators.errors import FloatArray, IntArray

GROUPS = 64
RESAMPLES = 200
LONGEST = 500
"""Gains are computed up to here; a longer horizon uses the envelope."""
LONGEST_CHUNK = 128
"""Safe chunks are sought up to here."""

_STEPS_A_GROUP = 50
_TOGETHER = 20
"""Resamples that are fitted together: each holds a matrix or two of its own."""
_RANK = 1e-9
_WEAK = 1e-2
_POOR = 0.5
NOISELESS = 1e-6
"""Of the actions, half ranges: less than this is none."""
_NOTHING = 1e-4
_GOLDEN = (math.sqrt(5) - 1) / 2
_WIDEST, _SECTIONS = 30.0, 60
"""Logarithms of decays are sought up to this size, to within its golden ratio to this power."""


def transitions(
    blocks: Iterable[Block],
) -> Iterator[tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray]]:
    """Yield (episodes, times, x, u, x') of all transitions, block by block, joined across blocks.

    >>> one = Piece(0, 0, np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    >>> two = Piece(0, 2, np.zeros((1, 1)), np.array([[3.0]]), np.array([4.0]))
    >>> [(t.tolist(), x.ravel().tolist(), y.ravel().tolist()) for _, t, x, _, y in transitions([Block((one, two))])]
    [([0, 1, 2], [1.0, 2.0, 3.0], [2.0, 3.0, 4.0])]
    """
    last: Piece | None = None
    for block in blocks:
        pieces = [piece for piece in block.pieces if len(piece.actions) and piece.observations is not None]
        if not pieces:
            continue
        joined = Block(tuple(pieces) if last is None else (last, *pieces))
        x = joined.observations
        if x is None:
            continue
        rows = np.flatnonzero(joined.joined)
        after = x[rows + 1]
        if ends := [(end, piece.following) for end, piece in joined.ends() if piece.following is not None]:
            rows = np.concatenate([rows, [end for end, _ in ends]])
            after = np.concatenate([after, np.stack([following for _, following in ends])])
        if len(rows):
            yield joined.episodes[rows], joined.times[rows], x[rows], joined.actions[rows], after
        end = pieces[-1]
        last = None if end.following is not None else end.last()


class TransitionSums:
    """Sums of products of (x, u, 1) and x' in 64 groups of stretches, so that whole stretches can be resampled.

    Args:
        actions: range of the actions, for their unit.
        observations: moments of the observations, for theirs.
    """

    def __init__(self, actions: Spread, observations: Spread) -> None:
        self.actions, self.observations = actions, observations
        self.dx, self.du = len(observations.mean), len(actions.mean)
        width = self.dx + self.du + 1
        self.inputs = np.zeros((GROUPS, width, width))
        self.cross = np.zeros((GROUPS, width, self.dx))
        self.outputs = np.zeros((GROUPS, self.dx))
        self.changes = np.zeros((GROUPS, self.dx))
        self.counts = np.zeros(GROUPS, dtype=np.int64)

    def add(self, episodes: IntArray, times: IntArray, x: FloatArray, u: FloatArray, following: FloatArray) -> None:
        """Add transitions, one a row."""
        state, after = ((v - self.observations.mean) / self.observations.unit for v in (x, following))
        action = (u - self.actions.mean) / self.actions.half_range
        inputs = np.concatenate([state, action, np.ones((len(state), 1))], axis=1)
        groups = (episodes * 7 + times // _STEPS_A_GROUP) % GROUPS
        order = np.argsort(groups, kind="stable")
        found, firsts = np.unique(groups[order], return_index=True)
        for group, mine in zip(found, np.split(order, firsts[1:]), strict=True):
            z, y = inputs[mine], after[mine]
            self.inputs[group] += z.T @ z
            self.cross[group] += z.T @ y
            self.outputs[group] += np.square(y).sum(axis=0)
            self.changes[group] += np.square(y - state[mine]).sum(axis=0)
            self.counts[group] += len(z)

    def merge(self, other: TransitionSums) -> None:
        """Add the transitions of another."""
        for name in ("inputs", "cross", "outputs", "changes", "counts"):
            mine = getattr(self, name)
            mine += getattr(other, name)

    @property
    def filled(self) -> FloatArray:
        """Groups that hold transitions, as weights 0 and 1."""
        return (self.counts > 0).astype(np.float64)

    def fit(self, weights: FloatArray) -> FloatArray:
        """Return W[input, i], least squares with the groups weighted (smallest solution if there are many)."""
        inputs = np.tensordot(weights, self.inputs, axes=1)
        cross = np.tensordot(weights, self.cross, axes=1)
        return np.asarray(np.linalg.pinv(inputs, rcond=_RANK, hermitian=True) @ cross)

    def loss(self, model: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the squared one-step errors of a model, summed, per observation."""
        inputs = np.tensordot(weights, self.inputs, axes=1)
        cross = np.tensordot(weights, self.cross, axes=1)
        explained = 2 * (model * cross).sum(axis=0) - (model * (inputs @ model)).sum(axis=0)
        return np.asarray(np.maximum(weights @ self.outputs - explained, 0.0))

    def feedback(self, weights: FloatArray) -> FloatArray:
        """Return K[..., i, j], the linear policy nearest to the expert, and its constant, with the groups weighted."""
        total = np.tensordot(weights, self.inputs, axes=1)
        known = [*range(self.dx), self.dx + self.du]
        inner, cross = total[..., known, :][..., known], total[..., known, self.dx : self.dx + self.du]
        return np.asarray(np.linalg.pinv(inner, rcond=_RANK, hermitian=True) @ cross)

    def policy(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return gains K[i, j] of the linear policy nearest to the expert, its residual deviations and the actions'."""
        total = self.inputs.sum(axis=0) / max(int(self.counts.sum()), 1)
        action = slice(self.dx, self.dx + self.du)
        known = [*range(self.dx), self.dx + self.du]
        cross, gains = total[known, action], self.feedback(self.filled)
        second = np.diagonal(total)[action]
        residual = np.sqrt(np.maximum(second - (gains * cross).sum(axis=0), 0.0))
        spread = np.sqrt(np.maximum(second - total[-1, action] ** 2, 0.0))
        return gains[:-1], residual, spread


@dataclass(frozen=True, eq=False)
class Stability:
    """A linear model of the demonstrated dynamics, with and without the expert; every number is an estimate.

    Where the actions are a function of the state, the data tell the closed loop only, and the open one is a guess.

    Attributes:
        A: state matrix, standard deviations per standard deviation.
        B: input matrix, standard deviations per half-range.
        C: constant of the tightest exponential envelope of ‖A^j B‖ over the horizon.
        eta: its decay.
        loop_C: the same constant for the expert's loop, ‖(A + BK)^j B‖ with K the linear policy nearest to the expert.
        loop_eta: its decay.
        low: 2.5 % bootstrap quantiles of C, eta, loop_C, loop_eta and the total gain.
        high: 97.5 % quantiles.
        gains: g_j = ‖A^j B‖.
        slopes: ‖K (A + BK)^i‖, how action i of a chunk that the expert would play answers to the chunk's first state.
        spectral_radius: of A.
        prediction_error: root mean square one-step error on held-out stretches, as a share of the change it predicts.
        transitions: how many were used.
        explored: per action dimension, the share of its deviation that the states do not explain linearly.
        lipschitz: ℓ of the linear policy nearest to the expert, half-ranges per standard deviation.
        noise: residual deviation of the actions around that policy, half-ranges; infinite for constant dimensions.
    """

    A: FloatArray = field(repr=False)
    B: FloatArray = field(repr=False)
    C: float
    eta: float
    loop_C: float  # noqa: N815 (the symbol's name)
    loop_eta: float
    low: dict[str, float]
    high: dict[str, float]
    gains: FloatArray = field(repr=False)
    slopes: FloatArray = field(repr=False)
    spectral_radius: float
    prediction_error: float
    transitions: int
    explored: FloatArray
    lipschitz: float
    noise: FloatArray

    @property
    def tv_lipschitz(self) -> float | None:
        """L of a Gaussian expert with that mean and noise, √Σ_j (ℓ/σ_j)²/√(2π); None if the noise vanishes."""
        if np.any(self.noise <= NOISELESS):
            return None
        return float(np.linalg.norm(self.lipschitz / self.noise)) / math.sqrt(2 * math.pi)

    @property
    def doubtful(self) -> bool:
        """Whether the data hardly identify the model: then whatever follows from its gains is a guess."""
        return float(self.explored.min()) < _WEAK or self.prediction_error > _POOR

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": "estimated",
            "C": self.C,
            "eta": self.eta,
            "loop_C": self.loop_C,
            "loop_eta": self.loop_eta,
            "low": self.low,
            "high": self.high,
            "total_gain": float(self.gains.sum()),
            "spectral_radius": self.spectral_radius,
            "prediction_error": self.prediction_error,
            "transitions": self.transitions,
            "explored": self.explored.tolist(),
            "lipschitz": self.lipschitz,
            "tv_lipschitz": self.tv_lipschitz,
            "noise": self.noise.tolist(),
            "gains": self.gains.tolist(),
            "A": self.A.tolist(),
            "B": self.B.tolist(),
        }

    def warnings(self) -> list[str]:
        """Why not to trust the numbers, each as one sentence."""
        found = []
        if (least := float(self.explored.min())) < _WEAK:
            much = f"all but {percent(least)}" if least >= _NOTHING else "all"
            found.append(
                f"stability: the states explain {much} of the deviation of action dimension "
                f"{int(self.explored.argmin())}, so the data hardly distinguish the effects of actions and states; "
                "the gains are not reliable"
            )
        if self.prediction_error > _POOR:
            misses = f"leaves {percent(self.prediction_error)} of the one-step change unexplained"
            worse = "predicts the next step worse than no change at all"
            found.append(
                f"stability: the linear model {misses if self.prediction_error < 1 else worse}; "
                "the dynamics are not linear on the data, or there are too few data"
            )
        if self.eta >= 1:
            found.append(f"stability: the estimated gains grow (eta = {self.eta:.4g}); bounds grow with the horizon")
        return found


def estimate_stability(sums: TransitionSums, *, horizon: int, rng: np.random.Generator) -> Stability | None:
    """Fit the model and resample stretches of the data for intervals.

    Args:
        sums: all transitions.
        horizon: H of the envelope, at most 500 steps of which are used.
        rng: for the bootstrap.

    Returns:
        None with fewer transitions than numbers to estimate.
    """
    count = int(sums.counts.sum())
    if count <= sums.dx + sums.du + 1:
        return None
    steps = min(max(horizon, 2), LONGEST)
    A, B, K = _model(sums, sums.filled)
    gains, loop_gains = (_finite(_gains(matrix, B, steps)) for matrix in (A, A + B @ K))
    envelope, loop = tightest_envelope(gains), tightest_envelope(loop_gains)
    draws = _bootstrap(sums, steps, rng)
    found = {"C": envelope.C, "eta": envelope.eta, "total_gain": float(gains.sum())}
    found |= {"loop_C": loop.C, "loop_eta": loop.eta}
    # the estimate itself is inside: resampling a fit that sits at the edge of what is possible goes one way only
    low = {name: min(float(np.quantile(v, 0.025)), found[name]) for name, v in draws.items()}
    high = {name: max(float(np.quantile(v, 0.975)), found[name]) for name, v in draws.items()}
    _, residual, spread = sums.policy()
    moves = spread > NOISELESS
    return Stability(
        A=A,
        B=B,
        C=envelope.C,
        eta=envelope.eta,
        loop_C=loop.C,
        loop_eta=loop.eta,
        low=low,
        high=high,
        gains=gains,
        slopes=_finite(_gains(np.swapaxes(A + B @ K, 0, 1), K.T, LONGEST_CHUNK + 1, transposed=True)),
        spectral_radius=spectral_radius(A),
        prediction_error=_prediction_error(sums),
        transitions=count,
        explored=np.where(moves, residual / np.where(moves, spread, 1.0), 1.0),
        lipschitz=float(np.abs(K).sum(axis=1).max()),
        noise=np.where(moves, residual, np.inf),
    )


def _model(sums: TransitionSums, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A, B and the expert's K; one of each for every row of weights, if there are several."""
    model, policy = sums.fit(weights), sums.feedback(weights)
    A, B = model[..., : sums.dx, :], model[..., sums.dx : sums.dx + sums.du, :]
    return np.swapaxes(A, -1, -2), np.swapaxes(B, -1, -2), np.swapaxes(policy[..., : sums.dx, :], -1, -2)


def _gains(A: FloatArray, B: FloatArray, steps: int, *, transposed: bool = False) -> FloatArray:
    """‖A^j B‖ for j below steps − 1, largest absolute row sum (column sum, transposed), of one pair or of many."""
    image, axis = np.array(B), -2 if transposed else -1
    gains = np.empty((*B.shape[:-2], steps - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for j in range(steps - 1):
            gains[..., j] = np.abs(image).sum(axis=axis).max(axis=-1)
            image = A @ image
    return gains


def _finite(gains: FloatArray) -> FloatArray:
    """What comes before the first overflow."""
    fine = np.isfinite(gains)
    return gains if fine.all() else gains[: int(np.argmin(fine))]


def _bootstrap(sums: TransitionSums, steps: int, rng: np.random.Generator) -> dict[str, FloatArray]:
    filled = np.flatnonzero(sums.counts)
    drawn = rng.choice(filled, (RESAMPLES, len(filled)))
    weights = np.stack([np.bincount(row, minlength=GROUPS) for row in drawn]).astype(np.float64)
    parts = [_resampled(sums, weights[low : low + _TOGETHER], steps) for low in range(0, RESAMPLES, _TOGETHER)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _resampled(sums: TransitionSums, weights: FloatArray, steps: int) -> dict[str, FloatArray]:
    A, B, K = _model(sums, weights)
    gains = _gains(A, B, steps)
    C, eta = _envelopes(gains)
    loop_C, loop_eta = _envelopes(_gains(A + B @ K, B, steps))
    total = np.where(np.isfinite(gains), gains, 0.0).sum(axis=1)
    return {"C": C, "eta": eta, "loop_C": loop_C, "loop_eta": loop_eta, "total_gain": total}


def _envelopes(gains: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`tightest_envelope` of every row at once, to a few digits: C and eta.

    The logarithm of the envelope's sum is convex in s = log eta, so a golden-section search finds its least value.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(np.isfinite(gains) & (gains > 0), np.log(gains), -np.inf)
    steps, count = np.arange(gains.shape[1]), gains.shape[1]

    def constant(s: FloatArray) -> FloatArray:
        return np.asarray((logs - steps * s[:, None]).max(axis=1))

    def log_sum(s: FloatArray) -> FloatArray:
        size = np.maximum(np.abs(s), 1e-12)
        geometric = np.log(np.expm1(-count * size) / np.expm1(-size))
        return np.asarray(constant(s) + (count - 1) * np.maximum(s, 0.0) + geometric)

    low, high = np.full(len(gains), -_WIDEST), np.full(len(gains), _WIDEST)
    for _ in range(_SECTIONS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        below = log_sum(left) <= log_sum(right)
        low, high = np.where(below, low, left), np.where(below, right, high)
    s = (low + high) / 2
    moves = (logs[:, 1:] > -np.inf).any(axis=1)  # gains beyond the first; without them nothing lasts
    first = np.exp(logs[:, 0])
    return np.where(moves, np.exp(constant(s)), first), np.where(moves, np.exp(s), 0.0)


def _prediction_error(sums: TransitionSums) -> float:
    """Root mean square error, fitted on one half of the groups and measured on the other, over that of no change."""
    parity = np.cumsum(sums.counts > 0) % 2
    halves = [sums.filled * (parity == side) for side in (0, 1)]
    if not all(half.any() for half in halves):
        halves = [sums.filled, sums.filled]
    missed = sum(sums.loss(sums.fit(one), other).sum() for one, other in (halves, halves[::-1]))
    changed = sum(float((half @ sums.changes).sum()) for half in halves)
    return float(np.sqrt(missed / changed)) if changed > 0 else 0.0
