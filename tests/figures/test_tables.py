"""Plotted data are kept as CSV, whole or not at all."""

import csv
from pathlib import Path

import pytest

from figures.tables import flat, write_csv


def test_nested_tables_become_columns() -> None:
    assert flat({"H": 1, "terms": {"drift": 2, "imitation": 3}}) == {"H": 1, "terms.drift": 2, "terms.imitation": 3}


def test_rows_with_different_columns_share_one_table(tmp_path: Path) -> None:
    path = write_csv([{"a": 1}, {"b": 2.5}], tmp_path / "deep" / "table.csv", notes=["seed 0"])
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first == "# seed 0"
    assert list(csv.DictReader(rest)) == [{"a": "1", "b": ""}, {"a": "", "b": "2.5"}]


def test_a_failure_leaves_the_old_table(tmp_path: Path) -> None:
    path = write_csv([{"a": 1}], tmp_path / "table.csv")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(AttributeError):
        write_csv([{"a": 1}, 3], path)  # type: ignore[list-item]
    assert path.read_text(encoding="utf-8") == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]
