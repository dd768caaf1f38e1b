"""The ladder from bounds known beforehand to the measurement: the value of each kind of knowledge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulators.experiments.base import Measured

if TYPE_CHECKING:
    from proofs_check.comparison import Row


RUNGS = ("catalog", "gains", "loop", "variance", "certificate", "rollout", "measured")
"""From what is known before to what was measured: constants C and eta of an envelope; every gain by itself; what the
policy does about a displacement; range and spread of the return; the data at hand; roll-outs; the regret itself."""


@dataclass(frozen=True)
class Rung:
    """A step of the ladder from what is known beforehand to what was measured.

    Attributes:
        rung: one of `RUNGS`.
        statement: key of the statement; None where no single one is behind the number.
        value: in units of total reward.
        ratio: to the measured regret, where that is positive.
        factor: how many times smaller than the rung above; None on the first, and where this number is not positive.
        needs: assumptions and symbols that the rung above does without; what a certificate or roll-outs look at.
    """

    rung: str
    statement: str | None
    value: float
    ratio: float | None
    factor: float | None = None
    needs: tuple[str, ...] = ()


_LOOKED_AT: Mapping[str, frozenset[str]] = {
    "certificate": frozenset({"known system", "this data"}),
    "rollout": frozenset({"known system", "this data", "roll-outs"}),
}


def _needs(row: Row) -> Iterator[str]:
    """Assumptions, and symbols as they were given, but for those of every statement."""
    yield from (assumed.name for assumed in row.evaluation.theorem.assumptions)
    yield from (
        name
        for name in row.evaluation.values.arrays.keys() | row.evaluation.values.objects.keys()
        if name not in ("H", "n", "delta")
    )


def _factor(above: float, value: float) -> float | None:
    return above / value if np.isfinite(above) and value > 0 else None


def climb(rows: Sequence[Row], measured: Measured, notes: dict[str, str]) -> Iterator[Rung]:
    """Yield the best bound of every rung, as far as it is no larger than those above it, then the measured regret.

    Args:
        rows: statements, smallest bound first.
        measured: regret and certificates.
        notes: takes in why a rung is absent.
    """
    regret, least, above = float(measured.regret.mean), np.inf, frozenset[str]()
    for rung in RUNGS[:-1]:
        row = next((row for row in rows if row.rung == rung), None)
        certificate = measured.certificates.get(rung)
        value = row.bound if row is not None else None if certificate is None else float(certificate)
        statement = None if row is None else row.statement
        if value is None:
            notes[rung] = "no statement of this kind applies" if rung in RUNGS[:4] else "not computed"
        elif value > least:
            notes[rung] = f"{statement or rung} allows {value:.6g}, more than a rung above"
        else:
            needed = _LOOKED_AT[rung] if row is None else frozenset(_needs(row))
            ratio = value / regret if regret > 0 else None
            yield Rung(rung, statement, value, ratio, _factor(least, value), tuple(sorted(needed - above)))
            least, above = value, needed
    yield Rung("measured", None, regret, 1.0 if regret > 0 else None, _factor(least, regret))
