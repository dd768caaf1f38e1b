"""Plotted data as plain rows: kept beside every figure as CSV, with what produced it in the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from figures.files import whole

Row = Mapping[str, Any]
"""One line of a table, column to value."""


def flat(row: Row) -> dict[str, Any]:
    """A row without nested tables: ``terms`` and ``constants`` become columns, lists of tables are left out.

    Example:
        >>> flat({"H": 10, "terms": {"drift": 0.5}})
        {'H': 10, 'terms.drift': 0.5}
    """
    columns: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            plain = {inner: item for inner, item in value.items() if not isinstance(item, Mapping | list)}
            columns |= {f"{name}.{inner}": item for inner, item in plain.items()}
        elif not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            columns[name] = value
    return columns


def put_csv(file: TextIO, names: Sequence[str], rows: Iterable[Row], notes: Sequence[str]) -> None:
    """Write rows to an open file under the named columns; notes go first, behind ``#``; gaps stay empty."""
    file.writelines(f"# {note}\n" for note in notes)
    writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(flat, rows))


def write_csv(rows: Iterable[Row], path: Path, *, notes: Sequence[str] = ()) -> Path:
    """Write rows under the union of their columns, whole or not at all."""
    table = [flat(row) for row in rows]
    text = io.StringIO()
    put_csv(text, list(dict.fromkeys(name for row in table for name in row)), table, notes)
    with whole(path) as file:
        file.write(text.getvalue().encode())
    return path


def read_csv(path: Path) -> list[dict[str, Any]]:
    """Rows of a table that `write_csv` wrote, numbers and truth values as such and empty fields left out.

    A figure can be drawn again from the table beside it.
    """
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [{name: _value(text) for name, text in row.items() if text != ""} for row in csv.DictReader(lines)]


def _value(text: str) -> int | float | bool | str:
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def groups(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by the values of some columns, in the order of first appearance.

    Example:
        >>> groups([{"n": 1, "y": 2}, {"n": 3, "y": 4}, {"n": 1, "y": 6}], "n")[1,]
        [{'n': 1, 'y': 2}, {'n': 1, 'y': 6}]
    """
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def distinguishable(row: Row) -> bool:
    """Whether a row's regret is known to be positive: its interval has nothing at or below 0.

    Example:
        >>> distinguishable({"low": -0.1, "high": 0.2}), distinguishable({"low": 0.1, "high": 0.2})
        (False, True)
    """
    return bool(row["low"] > 0)


def rung(row: Row, name: str) -> float | None:
    """The number on a rung of a row's ladder, whether the row is fresh or read from a table; None where it is absent.

    Example:
        >>> rung({"rungs": {"catalog": 2.0}}, "catalog"), rung({"rungs.catalog": 2.0}, "catalog"), rung({}, "catalog")
        (2.0, 2.0, None)
    """
    value = row.get("rungs", {}).get(name, row.get(f"rungs.{name}"))
    return None if value is None else float(value)
