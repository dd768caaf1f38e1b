"""The store keeps every finished cell, and refuses files that are not its own."""

import sqlite3
from pathlib import Path

import pytest

from quantbc.errors import ProblemError
from quantbc.problem import load
from quantbc.store import Store, cell_key


def test_what_was_put_is_found_again_after_reopening(problem_file: Path, tmp_path: Path) -> None:
    first, second, *_ = load(problem_file).cells()
    with Store(tmp_path / "results.sqlite") as store:
        store.put(first, result={"regret": 0.1, "terms": {"drift": 2.0}}, error=None)
    with Store(tmp_path / "results.sqlite") as store:
        assert store.finished([first, second]) == {cell_key(first): {"regret": 0.1, "terms": {"drift": 2.0}}}


def test_a_failure_is_recorded_but_not_finished(problem_file: Path, tmp_path: Path) -> None:
    cell = next(iter(load(problem_file).cells()))
    with Store(tmp_path / "results.sqlite") as store:
        store.put(cell, result=None, error="Traceback")
        assert store.finished([cell]) == {}
        store.put(cell, result={"regret": 0.0}, error=None)
        assert list(store.finished([cell])) == [cell_key(cell)]


def test_keys_tell_settings_and_seeds_apart(problem_file: Path) -> None:
    cells = list(load(problem_file).cells())
    assert len({cell_key(cell) for cell in cells}) == len(cells)


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ProblemError, match="store must be a quantbc results file"):
        Store(path)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    with Store(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ProblemError, match="schema 99"):
        Store(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("not a database, but long enough to have a header" * 40, encoding="utf-8")
    with pytest.raises(ProblemError, match="store must be a writable results file"):
        Store(path)
    with pytest.raises(ProblemError, match="store must be a writable results file"):
        Store(tmp_path)
