"""Stability constants of black-box systems, estimated from samples.

An estimate is the largest ratio that was seen: a lower bound on the true constant, certified for nothing. It has its
own type, which certified routines do not accept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulators.errors import FloatArray, ShapeError, choice, finite_array, positive_int

Step = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class EstimatedContraction:
    """Estimated one-step constants: |f(x,u,w) − f(x',u',w)| was never seen to exceed state·|Δx| + action·|Δu|.

    Attributes:
        state: largest |f(x,u,w) − f(x',u,w)| / |x − x'| seen.
        action: largest |f(x,u,w) − f(x,u',w)| / |u − u'| seen.
        pairs: number of pairs tried for each.
        kind: always "estimated".
    """

    state: float
    action: float
    pairs: int
    kind: Literal["estimated"] = "estimated"


def estimate_contraction(
    step: Step,
    *,
    states: FloatArray,
    actions: FloatArray,
    noises: FloatArray,
    pairs: int,
    rng: np.random.Generator,
    norm: str = "linf",
) -> EstimatedContraction:
    """Estimate one-step contraction of a black-box x' = step(x, u, w) on random pairs that share the noise.

    Args:
        step: maps states (dx, M), actions (du, M) and noises (dw, M) to next states (dx, M).
        states: sampled states, shape (dx, n).
        actions: sampled actions, shape (du, n).
        noises: sampled noises, shape (dw, n).
        pairs: number of pairs to draw.
        rng: source of randomness.
        norm: "linf" or "l2".

    Raises:
        ShapeError: fewer than two samples, or next states of another shape.
        DomainError: numbers that are not finite, pairs < 1, an unknown norm.

    >>> rng = np.random.default_rng(0)
    >>> found = estimate_contraction(lambda x, u, w: 0.5 * x - 0.25 * u + w, states=rng.random((1, 9)),
    ...                              actions=rng.random((1, 9)), noises=rng.random((1, 9)), pairs=50, rng=rng)
    >>> round(found.state, 9), round(found.action, 9), found.kind
    (0.5, 0.25, 'estimated')
    """
    samples = [
        finite_array(name, value, ndim=2)
        for name, value in (("states", states), ("actions", actions), ("noises", noises))
    ]
    if min(sample.shape[1] for sample in samples) < 1 or min(s.shape[1] for s in samples[:2]) < 2:
        raise ShapeError("states and actions must hold at least two samples and noises one")
    choice("norm", norm, ("linf", "l2"))
    draws = [sample[:, rng.integers(sample.shape[1], size=(2, positive_int("pairs", pairs)))] for sample in samples]
    (x, other_x), (u, other_u), (w, _) = (np.moveaxis(draw, 1, 0) for draw in draws)
    base = finite_array("next states", step(x, u, w), shape=x.shape)
    moved = finite_array("next states", step(other_x, u, w), shape=x.shape)
    replayed = finite_array("next states", step(x, other_u, w), shape=x.shape)
    return EstimatedContraction(
        state=_largest_ratio(moved - base, other_x - x, norm),
        action=_largest_ratio(replayed - base, other_u - u, norm),
        pairs=pairs,
    )


def _largest_ratio(change: FloatArray, gap: FloatArray, norm: str) -> float:
    order = np.inf if norm == "linf" else 2
    sizes = np.linalg.norm(gap, ord=order, axis=0)
    apart = sizes > 0
    return float(np.max(np.linalg.norm(change, ord=order, axis=0)[apart] / sizes[apart], initial=0.0))
