"""Exact intervals for rates."""

from __future__ import annotations

CONFIDENCE = 0.999
"""With what probability the intervals of empirical checks cover."""


def binomial_interval(count: int, trials: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact (Clopper-Pearson) interval for a probability.

    Args:
        count: how often it happened.
        trials: of how many.
        confidence: with what probability the interval covers.

    Example:
        >>> [round(end, 4) for end in binomial_interval(0, 100, confidence=0.95)]
        [0.0, 0.0362]
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, trials - count + 1, tail))
    high = 1.0 if count == trials else float(betaincinv(count + 1, trials - count, 1 - tail))
    return low, high
