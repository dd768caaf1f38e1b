"""The cost of a class that lacks the expert, or of counting only a cover of it: the paper's appendix on the radius.

Half the squared Hellinger distance between the learned and the expert's laws of observed trajectories, D^2 / 2, is
at most 1 - exp(-x) for a realizable class (Lemma S1). With P* at a chi-squared divergence from the best policy of the
class, m = log(1 + chi^2), and with a one-sided log cover at scale c in place of the class, it is at most

    (sqrt(1 - exp(-c/2)) + sqrt(1 - exp(-x)))^2,    x = (log N + s) / n + m / 2 + c / 2,

where s is log(1/delta) if m = 0, and 3/2 log(1/delta) + log(3/2) + 1/2 log 3 if not: delta is split two to one between
the union over the class and the best policy's own likelihood. A realizable class counts N - 1 policies.
"""

from __future__ import annotations

import math

import numpy as np

from bounds.numerics import Array, log_of_one_less
from bounds.values import Values, widening

WIDENED = (widening("log_misspecification"), widening("log_cover"))
"""What any statistical radius can take besides."""
_SPLIT = math.log(1.5) + 0.5 * math.log(3.0)


def half_hellinger(values: Values, log_size: Array, *, sharp: bool) -> Array:
    """Bound on D^2 / 2 with the misspecification and the cover of the values.

    Args:
        values: n, delta, and log_misspecification and log_cover where they are given.
        log_size: log N, of the class or of its cover.
        sharp: whether exponentials are kept and N - 1 is counted where it may be.
    """
    off, cover = values.get("log_misspecification", 0.0), values.get("log_cover", 0.0)
    odds = -np.log(values["delta"])
    inside = (off == 0) & (cover == 0)
    size = np.where(inside, log_of_one_less(log_size), log_size) if sharp else log_size
    chance = np.where(off > 0, 1.5 * odds + _SPLIT, odds)
    x = np.maximum(size + chance, 0.0) / values["n"] + off / 2 + cover / 2
    if not sharp:
        return np.asarray((np.sqrt(cover / 2) + np.sqrt(x)) ** 2)
    return np.asarray(np.minimum(1.0, (np.sqrt(-np.expm1(-cover / 2)) + np.sqrt(-np.expm1(-x))) ** 2))
