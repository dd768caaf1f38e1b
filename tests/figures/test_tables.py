"""Plotted data are kept as CSV, whole or not at all."""

import csv
from pathlib import Path

import pytest

from figures.tables import flat, groups, read_csv, write_csv


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


def test_reading_gives_back_numbers_truth_values_and_words(tmp_path: Path) -> None:
    rows = [{"name": "a", "n": 3, "x": 0.1, "holds": True}, {"name": "b", "n": 4, "x": 1e-300, "holds": False}]
    assert read_csv(write_csv(rows, tmp_path / "table.csv", notes=["seed 0"])) == rows


def test_empty_fields_are_left_out(tmp_path: Path) -> None:
    assert read_csv(write_csv([{"a": 1}, {"b": 2.5}], tmp_path / "table.csv")) == [{"a": 1}, {"b": 2.5}]


def test_infinite_numbers_come_back(tmp_path: Path) -> None:
    assert read_csv(write_csv([{"a": float("inf")}], tmp_path / "table.csv")) == [{"a": float("inf")}]


def test_groups_keep_the_order_of_first_appearance() -> None:
    assert list(groups([{"a": 2}, {"a": 1}, {"a": 2}], "a")) == [(2,), (1,)]
