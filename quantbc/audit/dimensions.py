"""Action dimensions as a user names them, and differences around a circle."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from quantbc.errors import ProblemError
from simulators.errors import FloatArray

TURN = 2 * math.pi
"""The period of an angle in radians."""


def chosen_dimensions(flag: str, wanted: str, dimension: int, names: Sequence[str] | None) -> list[int]:
    """Return the dimensions of a list such as ``0,3-5,gripper``, in increasing order; ``!`` before it: all others.

    Args:
        flag: what it was given with, for the message.
        wanted: numbers from 0, ranges of them with both ends, and names of the file's own.
        dimension: how many there are.
        names: what the file calls them; None if it has no names.

    Raises:
        ProblemError: no such dimension.

    >>> chosen_dimensions("--mask", "0,3-5", 7, None), chosen_dimensions("--mask", "!grip", 3, ("x", "y", "grip"))
    ([0, 3, 4, 5], [0, 1])
    """
    found: set[int] = set()
    for part in wanted.removeprefix("!").split(","):
        word = part.strip()
        if names is not None and word in names:
            found.add(list(names).index(word))
            continue
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", word)
        low = int(match[1]) if match else -1
        high = int(match[2]) if match and match[2] else low
        if not 0 <= low <= high < dimension:
            known = f"0 to {dimension - 1}" + (f" or {', '.join(names)}" if names is not None else "")
            raise ProblemError(f"{flag} must name action dimensions, {known}, got {word!r}")
        found.update(range(low, high + 1))
    return sorted(set(range(dimension)) - found if wanted.startswith("!") else found)


def periods_of(wanted: Sequence[str], dimension: int, names: Sequence[str] | None) -> FloatArray:
    """Return the period of every dimension, infinite where it does not wrap.

    Args:
        wanted: dimensions, each with a period after ``:`` where it is not 2π.
        dimension: how many there are.
        names: what the file calls them.

    Raises:
        ProblemError: no such dimension, or a period that is not positive.

    >>> periods_of(["1", "2:360"], 3, None).round(3).tolist()
    [inf, 6.283, 360.0]
    """
    periods = np.full(dimension, np.inf)
    for entry in wanted:
        dims, _, given = entry.partition(":")
        try:
            period = float(given) if given else TURN
        except ValueError:
            period = math.nan
        if not (math.isfinite(period) and period > 0):
            raise ProblemError(f"--periodic must have a period > 0 after the colon, got {entry!r}")
        periods[chosen_dimensions("--periodic", dims, dimension, names)] = period
    return periods


def wrapped(difference: npt.NDArray[np.float64], periods: FloatArray) -> FloatArray:
    """Return differences the short way around, in [−period/2, period/2]; unchanged where the period is infinite.

    Args:
        difference: shape (…, d).
        periods: shape (d,).

    >>> wrapped(np.array([[6.0, 6.0]]), np.array([np.inf, 2 * np.pi])).round(3).tolist()
    [[6.0, -0.283]]
    """
    around = np.isfinite(periods)
    if not around.any():
        return difference
    near = np.array(difference)
    near[..., around] -= periods[around] * np.rint(near[..., around] / periods[around])
    return near
