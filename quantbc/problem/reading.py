"""Checked access to the tables of a TOML document: every key is asked for by name, anything left over is an error."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from bounds.errors import did_you_mean
from quantbc.errors import ProblemError

_LARGEST, _SMALLEST = 1e100, 1e-100
"""Magnitudes of numbers; beyond, products of a few of them leave the floats."""
_LONGEST_TEXT = 255
_FINITE = sys.float_info.max
_SHOWN = 60
"""Characters of a refused value that are shown."""
_REQUIRED: Any = object()


class Table:
    """One table of a problem file, read key by key.

    Args:
        data: the parsed table.
        path: its dotted name, for messages.

    Example:
        >>> table = Table({"bins": 0}, "quantizer")
        >>> table.integer("bins", low=1)
        Traceback (most recent call last):
        quantbc.errors.ProblemError: quantizer.bins must be a whole number >= 1, got 0
    """

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self._data = data
        self._path = path
        self._asked: set[str] = set()

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    @property
    def path(self) -> str:
        """Its dotted name, for messages."""
        return self._path

    def raw(self, key: str) -> Any:
        """The value as it was parsed."""
        return self._get(key, "a value", _REQUIRED)

    def plain(self, key: str) -> float | int | bool | str | tuple[float, ...]:
        """A number, a truth value, a text or a list of numbers."""
        value = self.raw(key)
        if isinstance(value, list):
            return self.numbers(key)
        if not isinstance(value, bool | int | float | str):
            raise self.fail(key, "a number, a truth value, a text or a list of numbers", value)
        return value

    def fail(self, key: str, requirement: str, value: object) -> ProblemError:
        """The error for a key that breaks a requirement."""
        return ProblemError(f"{self._name(key)} must be {requirement}, got {_cut(repr(value))}")

    def _get(self, key: str, requirement: str, default: Any) -> Any:
        self._asked.add(key)
        if key in self._data:
            return self._data[key]
        if default is _REQUIRED:
            for given in sorted(set(self._data) - self._asked):
                if question := did_you_mean(given, [key]):
                    requirement += f", got {given!r}; {question}"
                    break
            raise ProblemError(f"{self._name(key)} must be given: {requirement}")
        return default

    def text(self, key: str, *, allowed: tuple[str, ...] = (), default: Any = _REQUIRED) -> str:
        """A string, one of ``allowed`` if given."""
        requirement = f"one of {', '.join(allowed)}" if allowed else "a nonempty string"
        value = self._get(key, requirement, default)
        if not isinstance(value, str) or not value or (allowed and value not in allowed):
            raise self.fail(key, requirement, value)
        if len(value) > _LONGEST_TEXT or not value.isprintable():
            raise self.fail(key, f"at most {_LONGEST_TEXT} printable characters", value)
        return value

    def number(
        self,
        key: str,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        inside: bool = False,
        default: Any = _REQUIRED,
    ) -> float:
        """A finite number in [low, high], or strictly inside."""
        requirement = _requirement("a finite number", low, high, inside=inside)
        return self._checked_number(key, self._get(key, requirement, default), low, high, inside=inside)

    def _checked_number(self, key: str, value: Any, low: float, high: float, *, inside: bool) -> float:
        requirement = _requirement("a finite number", low, high, inside=inside)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _FINITE:
            raise self.fail(key, requirement, value)
        if value and not _SMALLEST <= abs(value) <= _LARGEST:
            raise self.fail(key, f"0, or of magnitude {_SMALLEST:g} to {_LARGEST:g}", value)
        if not (low < value < high if inside else low <= value <= high):
            raise self.fail(key, requirement, value)
        return float(value)

    def integer(self, key: str, *, low: int, high: float = math.inf, default: Any = _REQUIRED) -> int:
        """A whole number in [low, high]."""
        requirement = _requirement("a whole number", low, high)
        value = self._get(key, requirement, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(key, requirement, value)
        return value

    def numbers(
        self,
        key: str,
        *,
        length: int | None = None,
        low: float = -math.inf,
        high: float = math.inf,
        inside: bool = False,
        default: Any = _REQUIRED,
    ) -> tuple[float, ...]:
        """A nonempty list of finite numbers, of a given length; one number stands for that many equal ones."""
        requirement = f"a list of {'' if length is None else f'{length} '}finite numbers"
        value = self._get(key, requirement, default)
        if length is not None and isinstance(value, int | float):
            value = [value] * length
        if not isinstance(value, list | tuple) or not value or (length is not None and len(value) != length):
            raise self.fail(key, requirement, value)
        return tuple(
            self._checked_number(f"{key}[{i}]", item, low, high, inside=inside) for i, item in enumerate(value)
        )

    def integers(self, key: str, *, low: int, high: float = math.inf) -> tuple[int, ...]:
        """A nonempty list of distinct whole numbers in [low, high]."""
        requirement = "a nonempty list of distinct " + _requirement("whole numbers", low, high)
        value = self._get(key, requirement, _REQUIRED)
        if not isinstance(value, list) or not value:
            raise self.fail(key, requirement, value)
        if any(isinstance(item, bool) or not isinstance(item, int) or not low <= item <= high for item in value):
            raise self.fail(key, requirement, value)
        if len(set(value)) != len(value):
            raise self.fail(key, requirement, value)
        return tuple(value)

    def matrix(self, key: str, *, shape: tuple[int, int] | None = None) -> tuple[tuple[float, ...], ...]:
        """A nonempty list of rows of equal length."""
        return self._checked_matrix(key, self._get(key, "a nonempty list of rows", _REQUIRED), shape)

    def matrices(self, key: str) -> tuple[tuple[tuple[float, ...], ...], ...]:
        """A nonempty list of matrices."""
        requirement = "a nonempty list of matrices, each a list of rows"
        value = self._get(key, requirement, _REQUIRED)
        if not isinstance(value, list) or not value:
            raise self.fail(key, requirement, value)
        return tuple(self._checked_matrix(f"{key}[{i}]", item, None) for i, item in enumerate(value))

    def _checked_matrix(self, key: str, value: Any, shape: tuple[int, int] | None) -> tuple[tuple[float, ...], ...]:
        requirement = "a nonempty list of rows of finite numbers, all of one length"
        if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
            raise self.fail(key, requirement, value)
        if len({len(row) for row in value}) != 1:
            raise self.fail(key, requirement, value)
        if shape is not None and (len(value), len(value[0])) != shape:
            raise self.fail(key, f"a matrix of shape {shape[0]} x {shape[1]}", value)
        return tuple(
            tuple(
                self._checked_number(f"{key}[{i}][{j}]", item, -math.inf, math.inf, inside=False)
                for j, item in enumerate(row)
            )
            for i, row in enumerate(value)
        )

    def table(self, key: str, *, optional: bool = False) -> Table:
        """A subtable."""
        value = self._get(key, "a table", {} if optional else _REQUIRED)
        if not isinstance(value, dict):
            raise self.fail(key, "a table", value)
        return Table(value, self._name(key))

    def tables(self, key: str, *, most: int) -> list[Table]:
        """A nonempty array of tables."""
        requirement = f"1 to {most} [[{self._name(key)}]] tables"
        value = self._get(key, requirement, _REQUIRED)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self.fail(key, requirement, value)
        if len(value) > most:
            raise self.fail(key, requirement, len(value))
        return [Table(item, f"{self._name(key)}[{index}]") for index, item in enumerate(value)]

    def truth(self, key: str, *, default: bool) -> bool:
        """A truth value."""
        value = self._get(key, "true or false", default)
        if not isinstance(value, bool):
            raise self.fail(key, "true or false", value)
        return value

    def nested(self, key: str) -> bool:
        """Whether the key holds a table."""
        return isinstance(self._data.get(key), dict)

    def has(self, key: str) -> bool:
        """Whether the key is present (asking counts as knowing it)."""
        self._asked.add(key)
        return key in self._data

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = sorted(set(self._data) - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise ProblemError(
                f"{self._name(_cut(unknown[0]))} must be a known key ({known}), got {_cut(repr(unknown[0]))}"
            )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _requirement(kind: str, low: float, high: float, *, inside: bool = False) -> str:
    if math.isinf(low) and math.isinf(high):
        return kind
    if math.isinf(high):
        return f"{kind} {'>' if inside else '>='} {low:g}"
    left, right = "()" if inside else "[]"
    return f"{kind} in {left}{low:g}, {high:g}{right}"
