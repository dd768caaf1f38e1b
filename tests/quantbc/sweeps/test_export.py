"""Tables on disk hold every row with all its digits, or do not exist."""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.sweeps.export import export_csv, export_parquet

ROWS: list[dict[str, Any]] = [
    {"expert": "gaussian, clipped", "H": 3, "regret": 0.1 + 0.2, "terms": {"drift": 1}, "lower": None, "holds": True},
    {"expert": "ü\n", "H": 6, "regret": 1e-300, "terms": {"drift": 0.5, "other": 2.0}, "mixed": "a", "holds": False},
    {"expert": "", "H": 9, "regret": -1.0, "terms": {}, "mixed": [1, 2], "holds": True},
]
Export = Callable[..., Path]


def rows() -> Iterator[dict[str, Any]]:
    yield from ROWS


def test_csv_has_the_union_of_the_columns(tmp_path: Path) -> None:
    path = export_csv(rows, tmp_path / "new" / "cells.csv", notes=("who made it",))
    with path.open(encoding="utf-8", newline="") as file:
        assert next(file) == "# who made it\n"
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["expert", "H", "regret", "terms.drift", "lower", "holds", "terms.other", "mixed"]
    assert [float(row["regret"]) for row in table] == [row["regret"] for row in ROWS]
    assert [row["terms.other"] for row in table] == ["", "2.0", ""]
    assert [row["expert"] for row in table] == [row["expert"] for row in ROWS]


def test_parquet_keeps_types_and_every_digit(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(export_parquet(rows, tmp_path / "cells.parquet", notes=("who", "when")))
    assert table.schema.metadata[b"notes"] == b"who\nwhen"
    columns = table.to_pydict()
    assert columns["regret"] == [row["regret"] for row in ROWS]
    assert columns["H"] == [3, 6, 9]
    assert columns["holds"] == [True, False, True]
    assert columns["terms.drift"] == [1.0, 0.5, None]
    assert columns["mixed"] == [None, "a", "[1, 2]"]
    assert columns["lower"] == [None, None, None]


def test_many_rows_are_written_in_groups(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = export_parquet(lambda: ({"x": i} for i in range(12_000)), tmp_path / "cells.parquet")
    assert parquet.ParquetFile(path).num_row_groups == 3
    assert parquet.read_table(path)["x"].to_pylist() == list(range(12_000))


@pytest.mark.parametrize("export", [export_csv, export_parquet])
def test_a_broken_table_is_not_left_behind(tmp_path: Path, export: Export) -> None:
    calls = []

    def breaking() -> Iterator[dict[str, Any]]:
        calls.append(1)
        yield ROWS[0]
        if len(calls) > 1:
            raise KeyboardInterrupt

    path = tmp_path / "cells"
    path.write_text("the one before", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        export(breaking, path)
    assert {entry.name: entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()} == {
        "cells": "the one before"
    }


@pytest.mark.parametrize("export", [export_csv, export_parquet])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, export: Export) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file") as told:
        export(rows, tmp_path / "file" / "cells")
    assert str(told.value.filename) == str(tmp_path / "file")


def test_parquet_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ProblemError, match=r"pip install 'quantbc\[data\]'"):
        export_parquet(rows, tmp_path / "cells.parquet")


@pytest.mark.parametrize("export", [export_csv, export_parquet])
@pytest.mark.parametrize("name", ["", "."])
def test_a_path_without_a_name_is_refused(export: Export, name: str) -> None:
    with pytest.raises(OSError, match="something else than a file"):
        export(rows, Path(name))


def test_a_number_that_parquet_cannot_hold_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="values that Parquet can hold"):
        export_parquet(lambda: iter([{"n": 10**30}]), tmp_path / "cells.parquet")
    assert list(tmp_path.iterdir()) == []
