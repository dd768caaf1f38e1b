"""Certified confidence intervals for the mean of bounded random variables."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import (
    DomainError,
    FloatArray,
    ShapeError,
    finite_array,
    interval,
    open_unit,
    positive_int,
    positive_number,
)

TRUNCATION = 0.75
"""Largest share of the wealth a bet may lose."""

RESOLUTION = 1e-15
"""How far from its place an end of the interval in [0, 1] may be."""


@dataclass(frozen=True)
class Interval:
    """A two-sided interval for a mean.

    Attributes:
        mean: the sample mean.
        low: lower end.
        high: upper end.

    >>> Interval(0.5, 0.4, 0.7).half_width.__round__(3)
    0.15
    """

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the interval's length."""
        return (self.high - self.low) / 2


def mean_interval(
    samples: npt.ArrayLike,
    *,
    low: float,
    high: float,
    confidence: float,
    planned: int | None = None,
    precision: float | None = None,
) -> Interval:
    """Return an interval that covers the mean with at least the given probability, for every sample size.

    A gambler bets against each candidate mean m, never more than he may lose; if m is true his wealth is a
    nonnegative martingale, which ever exceeds 2/(1 − confidence) with probability at most (1 − confidence)/2 (Ville).
    One gambler bets on the mean being larger, one on its being smaller, and an m that makes neither rich stays.
    The bets follow the variance seen so far, so the width adapts to it and no distributional assumption enters.

    Each bet depends on the samples before it, on `planned` and on `precision` only. So with these two fixed beforehand
    the interval may be looked at after every sample, and sampling may stop at the first look that pleases: Ville's
    inequality holds for all sample sizes together.

    Args:
        samples: independent draws of one law on [low, high], in the order they were drawn.
        low: smallest possible value.
        high: largest possible value.
        confidence: coverage probability, in (0, 1).
        planned: the largest number of samples that will be drawn, for which the bets are made; these samples if None.
        precision: the half width at which sampling will stop; bets are larger if that is to happen early.

    Raises:
        ShapeError: samples is not a nonempty vector.
        DomainError: a sample is outside [low, high], high ≤ low, confidence outside (0, 1), fewer planned than drawn,
            or a precision that is not positive.

    Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 86 (2024),
    the hedged capital confidence sequence; bets for a planned size are theirs, bets for a precision are ours.

    >>> ci = mean_interval(np.tile([0.0, 1.0], 500), low=0.0, high=1.0, confidence=0.95)
    >>> round(ci.mean, 2), bool(0.44 < ci.low < 0.5 < ci.high < 0.56)
    (0.5, True)
    """
    left, right = interval(low, high)
    alpha = 1 - open_unit("confidence", confidence)
    values = finite_array("samples", samples, ndim=1)
    if not values.size:
        raise ShapeError("samples must hold at least one number, got none")
    if values.min() < left or values.max() > right:
        raise DomainError(f"samples must lie in [{left}, {right}], got {values.min()} to {values.max()}")
    most = positive_int("planned", values.size if planned is None else planned, minimum=values.size)
    target = 0.0 if precision is None else positive_number("precision", precision) / (right - left)
    unit = np.clip((values - left) / (right - left), 0.0, 1.0)
    bets = _bets(unit, alpha, most, target)
    mean = float(values.mean())
    bottom = _lower_end(unit, bets, math.log(2 / alpha))
    top = 1 - _lower_end(1 - unit, bets, math.log(2 / alpha))
    # The hull with the sample mean: a superset, and never empty.
    return Interval(mean, min(left + bottom * (right - left), mean), max(left + top * (right - left), mean))


def _bets(unit: FloatArray, alpha: float, planned: int, target: float) -> FloatArray:
    """Return the bet placed before each sample, from the variance σ̂² of the samples before it.

    √(2 log(2/α)/(n σ̂²)) is best for n samples, target/σ̂² for as many as bring the half width down to the target:
    both are the same where n is that many, and the larger one is for the smaller number of samples.
    """
    counts = np.arange(1, len(unit) + 1)
    means = (0.5 + np.cumsum(unit)) / (counts + 1)
    variances = (0.25 + np.cumsum((unit - means) ** 2)) / (counts + 1)
    before = np.concatenate([[0.25], variances[:-1]])
    return np.asarray(np.maximum(np.sqrt(2 * math.log(2 / alpha) / (planned * before)), target / before))


def _lower_end(unit: FloatArray, bets: FloatArray, threshold: float) -> float:
    """Return the smallest m at which betting on a larger mean does not make the gambler rich.

    His wealth Π(1 + min(bet, c/m)(X − m)) decreases in m, so the end is a root; what is returned lies outside the
    interval, by no more than the root is uncertain.
    """
    from scipy.optimize import brentq

    def excess(m: float) -> float:
        return float(np.log1p(np.minimum(bets, TRUNCATION / m) * (unit - m)).sum()) - threshold

    if excess(RESOLUTION) < 0:
        return 0.0
    return max(0.0, float(brentq(excess, RESOLUTION, 1.0, xtol=RESOLUTION, rtol=RESOLUTION)) - 2 * RESOLUTION)


def bernstein_interval(
    count: int, total: FloatArray, squares: FloatArray, *, most: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return ends of intervals for many means at once, from sums alone: the empirical Bernstein bound.

    Each interval alone covers its mean with at least the given probability, at a sample size fixed beforehand.

    Args:
        count: number n of samples.
        total: sums of n independent samples in [0, most].
        squares: sums of their squares.
        most: largest possible values; where infinite nothing is known above.
        confidence: coverage probability, in (0, 1).

    Source: Maurer and Pontil, "Empirical Bernstein bounds and sample variance penalization" (COLT 2009), Theorem 4, on
    both sides.

    >>> low, high = bernstein_interval(100, np.array([50.0]), np.array([25.0]), most=np.array([1.0]), confidence=0.95)
    >>> low.round(3), high.round(3)
    (array([0.397]), array([0.603]))
    """
    log = math.log(4 / (1 - open_unit("confidence", confidence)))
    mean = total / count
    if count < 2:
        return np.zeros_like(mean), most
    variance = np.maximum(squares - count * mean**2, 0.0) / (count - 1)
    half = np.sqrt(2 * variance * log / count) + 7 * most * log / (3 * (count - 1))
    return np.maximum(mean - half, 0.0), np.minimum(mean + half, most)
