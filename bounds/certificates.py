"""The number of held-out trajectories that certify the inputs of the statements in `bounds.validated`.

Limits are one-sided and hold with the confidence asked for, at the given number of trajectories: nothing is asymptotic.
"""

from __future__ import annotations

import math

from bounds.errors import ParameterError


def _risk(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ParameterError(f"confidence must be a number in (0, 1), got {confidence!r}")
    return 1.0 - confidence


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
