"""Summary of a sweep's results: violations, coverage of the high-probability claim, and slopes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from proofs_check.intervals import binomial_interval
from quantbc.errors import ProblemError
from quantbc.sweeps.sweep import Label

_CONFIDENCE = 0.95
_SLOPES = ("H", "n", "cells")
_LARGEST_COUNT = 1e15
_LARGEST = 1e300
"""Sums of larger numbers overflow."""


class _Mean:
    """Running means of regret and bound."""

    __slots__ = ("bound", "count", "regret")

    def __init__(self) -> None:
        self.count, self.regret, self.bound = 0, 0.0, 0.0

    def add(self, regret: float, bound: float) -> None:
        self.count += 1
        self.regret += (regret - self.regret) / self.count
        self.bound += (bound - self.bound) / self.count


class Summary:
    """Takes in the rows of a sweep one by one, and keeps a few numbers for every setting.

    Example:
        >>> summary = Summary()
        >>> for n, regret in ((10, 0.4), (1000, 0.04)):
        ...     row = {"n": n, "delta": 0.05, "regret": regret, "bound": 2.0, "holds": True, "vacuous": False}
        ...     summary.add({"n": n}, row)
        >>> summary.slopes()[0]["regret"].__round__(6), summary.violations
        (-0.5, 0)
    """

    def __init__(self) -> None:
        self.cells = self.violations = self.vacuous = 0
        self._claims: dict[tuple[Any, ...], list[int]] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._means: dict[tuple[tuple[str, ...], tuple[Any, ...]], _Mean] = {}

    def add(self, labels: Mapping[str, Label], row: Mapping[str, Any]) -> None:
        """Count one cell.

        Args:
            labels: the settings, without the seed.
            row: settings and results. Rows of a computation that compares nothing with a bound are only counted.

        Raises:
            ProblemError: a value that is not of the kind that was measured.
        """
        self.cells += 1
        if not {"regret", "bound", "holds"} <= row.keys():
            self.vacuous += 1
            return
        _check(row)
        self.violations += not row["holds"]
        if row["bound"] is None:  # no upper bound applies: at most a lower one is claimed
            self.vacuous += 1
            return
        self.vacuous += bool(row.get("vacuous"))
        claim = self._claims.setdefault((row.get("n"), _class_size(row), row.get("delta")), [0, 0])
        claim[0] += 1
        claim[1] += bool(row["holds"])
        setting = dict(labels) | {name: row[name] for name in _SLOPES if name in row}
        names = self._names.setdefault(tuple(setting), tuple(setting))  # one copy for all settings
        self._means.setdefault((names, tuple(setting.values())), _Mean()).add(row["regret"], row["bound"])

    def coverage(self) -> list[dict[str, Any]]:
        """How often the bound held, for each (n, N, delta), over seeds and all other settings.

        The claim is that a cell's bound holds with probability at least 1 - delta; ``low`` and ``high`` are the exact
        (Clopper-Pearson) 95 % interval of that probability, and ``consistent`` says that it reaches 1 - delta.
        """
        rows: list[dict[str, Any]] = []
        for (n, N, delta), (cells, held) in self._claims.items():
            low, high = binomial_interval(held, cells, confidence=_CONFIDENCE)
            row = {"n": n, "N": N, "delta": delta, "cells": cells, "held": held, "coverage": held / cells}
            consistent = None if delta is None else high >= 1 - delta
            rows.append(row | {"low": low, "high": high, "consistent": consistent})
        return rows

    def slopes(self) -> list[dict[str, Any]]:
        """Least-squares slopes of log regret and log bound against log H, log n and log cells.

        One row for every combination of the other settings, seeds averaged; for cells, tokenizers of one kind belong
        together. A mean regret that is not positive has no logarithm and is left out; ``points`` says how many remain,
        and fewer than two have no slope.
        """
        return [row for axis in _SLOPES for row in self._slopes(axis)]

    def _slopes(self, axis: str) -> Iterator[dict[str, Any]]:
        groups: dict[tuple[tuple[str, Any], ...], list[tuple[float, _Mean]]] = {}
        for (names, values), mean in self._means.items():
            others = dict(zip(names, values, strict=True))
            if axis in others:
                x = others.pop(axis)
                groups.setdefault(tuple(_others(axis, others)), []).append((x, mean))
        for others_, points in groups.items():
            if len({x for x, _ in points}) > 1:
                measured = [(x, mean.regret) for x, mean in points if mean.regret > 0]
                bound = [(x, mean.bound) for x, mean in points if 0 < mean.bound < math.inf]
                yield {
                    "axis": axis,
                    "settings": dict(others_),
                    "points": len(measured),
                    "regret": _slope(measured),
                    "bound": _slope(bound),
                }


def _check(row: Mapping[str, Any]) -> None:
    """Refuse a row that a damaged or foreign store holds."""
    constants = row.get("constants", {})
    if not isinstance(constants, Mapping) or not isinstance(row["holds"], bool):
        shown = {"holds": row["holds"], "constants": constants}
        raise ProblemError(f"a result must have a truth value for holds and a table of constants, got {shown}")
    numbers = {name: row.get(name) for name in ("n", "delta", *_SLOPES)}
    numbers["log_class_size"] = constants.get("log_class_size")
    given = {name: value for name, value in numbers.items() if value is not None}
    claimed = {} if row["bound"] is None else {"bound": row["bound"]}
    for name, value in {**given, **claimed, "regret": row["regret"]}.items():
        # a vacuous bound may be as large as it likes
        largest = math.inf if name == "bound" else _LARGEST
        if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= largest:
            raise ProblemError(f"{name} of a result must be a finite number, got {value!r}")
        if name in _SLOPES and value <= 0:
            raise ProblemError(f"{name} of a result must be positive, got {value!r}")


def _class_size(row: Mapping[str, Any]) -> int | None:
    """N, where it was recorded."""
    log_size = row.get("constants", {}).get("log_class_size")
    return None if log_size is None or log_size > math.log(_LARGEST_COUNT) else round(math.exp(log_size))


def _others(axis: str, setting: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings that stay fixed while one varies: a tokenizer and its cells vary together."""
    for name, value in setting.items():
        if axis == "cells" and name == "quantizer":
            yield name, str(value).split()[0]
        elif name != "cells":
            yield name, value


def _slope(points: list[tuple[float, float]]) -> float | None:
    if len({x for x, _ in points}) < 2:
        return None
    x, y = np.log(np.array(points)).T
    return float(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
