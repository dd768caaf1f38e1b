"""Cells chosen from a store, and what they add up to; shared by the commands that report on a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantbc.errors import ProblemError
from quantbc.sweeps.store import Store
from quantbc.sweeps.summary import Summary
from quantbc.sweeps.sweep import Cell, Sweep

_SHOWN_FAILURES = 100
"""Failures that are reported with their tracebacks; the others are counted."""


def parse_filters(texts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Filters from AXIS=VALUE texts; several values of one axis are alternatives.

    Raises:
        ProblemError: a text is not AXIS=VALUE.

    Example:
        >>> sorted(parse_filters(["H=10", "H=20", "expert=gaussian"])["H"])
        ['10', '20']
    """
    filters: dict[str, frozenset[str]] = {}
    for text in texts:
        axis, equals, value = text.partition("=")
        if not equals or not axis:
            raise ProblemError(f"--where must be AXIS=VALUE, got {text!r}")
        filters[axis] = filters.get(axis, frozenset()) | {value}
    return filters


def _matches(value: object, wanted: frozenset[str]) -> bool:
    """Texts are compared as texts, numbers as numbers (10 is 1e1), truth values as true and false."""
    if isinstance(value, bool):
        return str(value).lower() in {text.lower() for text in wanted}
    if isinstance(value, int | float):
        return any(_number(text) == value for text in wanted)
    return str(value) in wanted


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def last_line(traceback: str | None) -> str:
    r"""Of a traceback the line that says what went wrong; empty if there is none.

    Example:
        >>> last_line("Traceback (most recent call last):\n  ...\nValueError: no\n")
        'ValueError: no'
    """
    return "".join((traceback or "").strip().splitlines()[-1:])


@dataclass
class Findings:
    """What the cells of a selection add up to; filled while they are read.

    Attributes:
        summary: of the finished cells.
        failures: cells that raised.
        failed: settings and traceback of the first of them.
        missing: cells not computed yet.
    """

    summary: Summary = field(default_factory=Summary)
    failures: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    missing: int = 0

    @property
    def status(self) -> int:
        """Exit status: 1 if a bound is violated or a cell failed."""
        return 1 if self.summary.violations or self.failures else 0

    def as_dict(self) -> dict[str, Any]:
        """Everything but the cells, as plain values."""
        return {
            "violations": self.summary.violations,
            "failures": self.failures,
            "missing": self.missing,
            "errors": self.failed,
            "coverage": self.summary.coverage(),
            "slopes": self.summary.slopes(),
        }


@dataclass(frozen=True)
class Selection:
    """Cells of sweeps in a store.

    Attributes:
        store: where the results are.
        sweeps: whose cells.
        where: allowed values by column; a cell without the column is left out.
    """

    store: Store
    sweeps: tuple[Sweep, ...]
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def rows(self, findings: Findings | None = None) -> Iterator[dict[str, Any]]:
        """The finished cells as rows, read one at a time.

        Args:
            findings: takes in what was read.
        """
        for study, cell, result, error in self._outcomes():
            if result is not None:
                row = study | cell.row(result)
                if findings is not None:
                    findings.summary.add(study | dict(cell.labels), row)
                yield row
            elif findings is not None and error is None:
                findings.missing += 1
            elif findings is not None:
                findings.failures += 1
                if len(findings.failed) < _SHOWN_FAILURES:
                    findings.failed.append({"settings": study | cell.row({}), "traceback": error})

    def _outcomes(self) -> Iterator[tuple[dict[str, str], Cell, dict[str, Any] | None, str | None]]:
        for sweep in self.sweeps:
            study = {"study": sweep.name}
            for cell, result, error in self.store.outcomes(sweep.cells()):
                row = study | cell.row(result or {})
                if all(axis in row and _matches(row[axis], wanted) for axis, wanted in self.where.items()):
                    yield study, cell, result, error

    def check(self) -> None:
        """Refuse filters that choose nothing.

        Raises:
            ProblemError: no cell has the column, or none has the values.
        """
        if next(self._outcomes(), None) is None:
            asked = ", ".join(f"{axis}={' or '.join(sorted(values))}" for axis, values in self.where.items())
            known = {axis.name: axis.labels for sweep in self.sweeps for axis in sweep.axes}
            axes = "; ".join(f"{name}: {', '.join(map(str, labels))}" for name, labels in known.items())
            if not asked:
                raise ProblemError(f"store must hold a study, got an empty one: {str(self.store.path)!r}")
            raise ProblemError(f"--where must choose cells of the store ({axes}), got {asked}")
