"""Held-out trajectories as certified numbers: what the statements of `bounds.validated` take.

Limits are one-sided and hold with the confidence asked for, at the given number of trajectories: nothing is asymptotic.
"""

from __future__ import annotations

import math
from typing import Any

from bounds.errors import ParameterError
from bounds.symbols import as_floats

__all__ = ["mean_limit", "mismatch_limit", "trajectories_for_mean", "trajectories_for_mismatch"]


def _risk(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ParameterError(f"confidence must be a number in (0, 1), got {confidence!r}")
    return 1.0 - confidence


def mean_limit(samples: Any, width: float, confidence: float = 0.95) -> float:
    """Upper confidence limit for the mean of numbers in [0, width].

    The smaller of Hoeffding's limit and of the empirical Bernstein limit of Maurer and Pontil (2009, Theorem 4), each
    at half the risk.

    Args:
        samples: one number a trajectory, e.g. sum over h of c_h |error_h| with the weights of
            `bounds.validated.error_weights`, 1-D.
        width: largest number that is possible, e.g. sum of the weights times the largest error of an action.
        confidence: that the limit holds.

    Raises:
        ParameterError: no samples, samples outside [0, width], or a confidence outside (0, 1).

    Example:
        >>> round(mean_limit([0.1, 0.3, 0.2, 0.2] * 50, width=1.0), 4)
        0.2662
    """
    values, risk = as_floats("samples", samples, "numbers in [0, width]"), _risk(confidence) / 2
    if values.ndim != 1 or not values.size or not ((values >= 0) & (values <= width)).all():
        raise ParameterError(f"samples must be numbers in [0, {width!r}], 1-D and not empty, got {samples!r}")
    n = values.size
    hoeffding = width * math.sqrt(math.log(1 / risk) / (2 * n))
    if n == 1:
        return min(width, float(values.mean()) + hoeffding)
    logs = math.log(2 / risk)
    bernstein = math.sqrt(2 * float(values.var(ddof=1)) * logs / n) + 7 * width * logs / (3 * (n - 1))
    return min(width, float(values.mean()) + min(hoeffding, bernstein))


def mismatch_limit(mismatches: int, trajectories: int, confidence: float = 0.95) -> float:
    """Upper confidence limit for the probability that a trajectory has a mismatch (Clopper and Pearson).

    Args:
        mismatches: trajectories with a label more than bins_off bins off.
        trajectories: how many were held out.
        confidence: that the limit holds.

    Raises:
        ParameterError: counts that are no counts, or a confidence outside (0, 1).

    Example:
        >>> round(mismatch_limit(0, 59), 4), round(mismatch_limit(3, 100), 4)
        (0.0495, 0.0757)
    """
    from scipy.special import betaincinv

    risk = _risk(confidence)
    if not (isinstance(trajectories, int) and isinstance(mismatches, int) and 0 <= mismatches <= trajectories > 0):
        raise ParameterError(
            f"mismatches must be a whole number from 0 to trajectories >= 1, got {mismatches!r} of {trajectories!r}"
        )
    if mismatches == trajectories:
        return 1.0
    return float(betaincinv(mismatches + 1, trajectories - mismatches, 1.0 - risk))


def trajectories_for_mean(width: float, slack: float, confidence: float = 0.95) -> int:
    """Trajectories after which Hoeffding's limit is at most ``slack`` above the mean of numbers in [0, width].

    Raises:
        ParameterError: a slack that is not positive, or a confidence outside (0, 1).

    Example:
        >>> trajectories_for_mean(1.0, 0.1)
        150
    """
    risk = _risk(confidence)
    if not (slack > 0 and width >= 0):
        raise ParameterError(f"slack must be a number > 0 and width >= 0, got {slack!r} and {width!r}")
    return max(1, math.ceil(math.log(1 / risk) / 2 * (width / slack) ** 2))


def trajectories_for_mismatch(mismatch: float, confidence: float = 0.95) -> int:
    """Trajectories without a mismatch that certify ``mismatch``: log(risk) / log(1 - mismatch).

    Raises:
        ParameterError: a probability or confidence outside (0, 1).

    Example:
        >>> trajectories_for_mismatch(0.05)
        59
    """
    risk = _risk(confidence)
    if not 0 < mismatch < 1:
        raise ParameterError(f"mismatch must be a number in (0, 1), got {mismatch!r}")
    return max(1, math.ceil(math.log(risk) / math.log1p(-mismatch)))
