"""Speed, measured side by side in one run: `python -m benchmarks`.

Every module of this package has a function `rows(quick)` that yields `Row` objects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Row", "side_by_side"]


class Row(NamedTuple):
    """One measurement.

    Attributes:
        name: what was timed, against what.
        ours: seconds.
        reference: seconds.
        ratio: the number the target speaks of.
        target: ``"<= 1.3"`` or ``">= 1e5"``.
    """

    name: str
    ours: float
    reference: float
    ratio: float
    target: str

    @property
    def met(self) -> bool:
        """Whether the ratio meets the target.

        Example:
            >>> Row("a sum", 1.0, 2.0, 0.5, "<= 1.3").met
            True
        """
        relation, number = self.target.split()
        return self.ratio <= float(number) if relation == "<=" else self.ratio >= float(number)


def side_by_side(ours: Callable[[], object], reference: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Best times of both, taken in turns after one warm-up each, so that a busy machine troubles both alike.

    Example:
        >>> all(seconds > 0 for seconds in side_by_side(lambda: sum(range(9)), lambda: sum(range(9)), 3))
        True
    """
    best = [float("inf"), float("inf")]
    for round_ in range(repeats + 1):
        for index, work in enumerate((ours, reference)):
            start = time.perf_counter()
            work()
            elapsed = time.perf_counter() - start
            if round_:
                best[index] = min(best[index], elapsed)
    return best[0], best[1]
