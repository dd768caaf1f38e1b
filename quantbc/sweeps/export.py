"""Tables too long for memory: rows are read twice, once for their columns and once to be written."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from figures.files import whole
from figures.tables import Row, flat, put_csv
from quantbc.errors import ProblemError, optional

_ROW_GROUP = 5000

Rows = Callable[[], Iterable[Row]]
"""Gives the rows from the beginning, each time it is called."""


def _kinds(rows: Iterable[Row]) -> dict[str, set[type]]:
    """Types of the values in each column, columns in the order of their first appearance."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in flat(row).items():
            kinds.setdefault(name, set()).add(type(value))
    return kinds


def export_csv(rows: Rows, path: Path, *, notes: Sequence[str] = ()) -> Path:
    """Write rows as CSV under the union of their columns; notes go first, behind ``#``.

    Numbers are written with all their digits; a value that a row does not have is left empty.

    Raises:
        OSError: the file cannot be written.
    """
    names = list(_kinds(rows()))
    with whole(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        put_csv(text, names, rows(), notes)
    return path


def export_parquet(rows: Rows, path: Path, *, notes: Sequence[str] = ()) -> Path:
    """Write rows as Parquet under the union of their columns; notes go into the file's metadata.

    A column of whole numbers and fractions holds fractions; what is neither number, text nor truth value becomes JSON.

    Raises:
        ProblemError: the extra is not installed, or a value does not fit.
        OSError: the file cannot be written.
    """
    with optional("Parquet files", "data"):
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    kinds = _kinds(rows())
    types = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    columns = {name: _column(found) for name, found in kinds.items()}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()], metadata={"notes": "\n".join(notes)})
    try:
        with whole(path) as file, pq.ParquetWriter(file, schema) as writer:
            source = iter(rows())
            while group := [_typed(row, columns) for row in islice(source, _ROW_GROUP)]:
                writer.write_table(pa.Table.from_pylist(group, schema))
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        raise ProblemError(f"export must have values that Parquet can hold, got {str(path)!r}: {error}") from None
    return path


def _column(found: set[type]) -> type:
    """The one type that holds all of a column's values."""
    found = found - {type(None)}
    if found == {int, float}:
        return float
    return next(iter(found)) if len(found) == 1 and found <= {bool, int, float, str} else str


def _typed(row: Row, columns: Mapping[str, type]) -> dict[str, Any]:
    return {name: _as(value, columns[name]) for name, value in flat(row).items()}


def _as(value: Any, kind: type) -> Any:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if kind is str else kind(value)
