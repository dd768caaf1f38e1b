"""Certified confidence intervals for the mean of bounded random variables."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, ShapeError, finite_array, interval, open_unit

TRUNCATION = 0.75
"""Largest share of the wealth a bet may lose."""

BISECTIONS = 60
"""Halvings of [0, 1] when the interval's ends are located."""


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


def mean_interval(samples: npt.ArrayLike, *, low: float, high: float, confidence: float) -> Interval:
    """Return an interval that covers the mean with at least the given probability, for every sample size.

    A gambler bets against each candidate mean m, never more than he may lose; if m is true his wealth is a
    nonnegative martingale, which exceeds 2/(1 − confidence) with probability at most (1 − confidence)/2 (Ville).
    One gambler bets on the mean being larger, one on its being smaller, and an m that makes neither rich stays.
    The bets follow the variance seen so far, so the width adapts to it and no distributional assumption enters.

    Args:
        samples: independent draws of one law on [low, high], in the order they were drawn.
        low: smallest possible value.
        high: largest possible value.
        confidence: coverage probability, in (0, 1).

    Raises:
        ShapeError: samples is not a nonempty vector.
        DomainError: a sample is outside [low, high], high ≤ low, or confidence outside (0, 1).

    Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 86 (2024),
    the hedged capital interval with its fixed-sample-size bets.

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
    unit = np.clip((values - left) / (right - left), 0.0, 1.0)
    bets = _bets(unit, alpha)
    mean = float(values.mean())
    bottom = _lower_end(unit, bets, math.log(2 / alpha))
    top = 1 - _lower_end(1 - unit, bets, math.log(2 / alpha))
    # The hull with the sample mean: a superset, and never empty.
    return Interval(mean, min(left + bottom * (right - left), mean), max(left + top * (right - left), mean))


def _bets(unit: FloatArray, alpha: float) -> FloatArray:
    """Return the bet placed before each sample: √(2 log(2/α)/(n σ̂²)), σ̂² from the samples before it."""
    n = len(unit)
    counts = np.arange(1, n + 1)
    means = (0.5 + np.cumsum(unit)) / (counts + 1)
    variances = (0.25 + np.cumsum((unit - means) ** 2)) / (counts + 1)
    before = np.concatenate([[0.25], variances[:-1]])
    return np.asarray(np.sqrt(2 * math.log(2 / alpha) / (n * before)))


def _lower_end(unit: FloatArray, bets: FloatArray, threshold: float) -> float:
    """Return the smallest m at which betting on a larger mean does not make the gambler rich.

    His wealth Π(1 + min(bet, c/m)(X − m)) decreases in m, so the end is found by bisection; the side returned is
    the one outside the interval.
    """
    outside, inside = 0.0, 1.0
    for _ in range(BISECTIONS):
        m = (outside + inside) / 2
        wealth = np.log1p(np.minimum(bets, TRUNCATION / m) * (unit - m)).sum()
        outside, inside = (m, inside) if wealth >= threshold else (outside, m)
    return outside
