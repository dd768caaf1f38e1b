"""Any results file: read, or refused in one line; never changed by reading, and no export that is cut short."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from quantbc.commands import simulate
from quantbc.sweeps.store import _checksum
from tests.fuzz.broken import ODD_VALUES, changed, flipped
from tests.fuzz.harness import faults, files, run, unfinished, workplace
from tests.fuzz.test_problem_files import PROBLEM
from tests.fuzz.typed import ODD

fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
)
READINGS = (
    (),
    ("--json",),
    ("--csv", "cells.csv"),
    ("--json", "--parquet", "cells.parquet"),
    ("--where", "H=2", "--json"),
    ("--where", "expert=gaussian"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The results of a tiny study; tests work on copies."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate, "PROBLEM_FIGURES", {})
        ending = run(("simulate", str(folder / "problem.toml"), "--out", str(folder / "out"), "--workers", "1"))
        assert ending.status == 0
        yield folder / "out" / "results.sqlite"


def accept(flags: Sequence[str], name: str = "results.sqlite", *, damaged: bool = True) -> int | None:
    """Read the store in the current folder; nothing is wrong with how it ends or with what it leaves."""
    before = Path(name).read_bytes()
    ending = run(("results", name, *flags))
    if currently_in_test_context():
        event(f"exit {ending.status}")
    assert not faults(ending)
    assert Path(name).read_bytes() == before
    left = [fault for fault in unfinished(Path()) if not (damaged and fault.startswith(name))]
    assert not left
    return ending.status


@pytest.mark.parametrize("flags", READINGS)
def test_the_unchanged_store_is_read(store: Path, flags: tuple[str, ...]) -> None:
    with workplace():
        shutil.copyfile(store, "results.sqlite")
        assert accept(flags, damaged=False) == 0


@pytest.mark.parametrize("part", range(2))
@settings(fuzz, max_examples=150)
@given(data=st.data())
def test_flipped_bytes(store: Path, part: int, data: st.DataObject) -> None:
    with workplace():
        Path("results.sqlite").write_bytes(data.draw(flipped(store.read_bytes())))
        accept(data.draw(st.sampled_from(READINGS)))


@settings(fuzz, max_examples=100)
@given(data=st.data())
def test_a_study_goes_on_with_a_damaged_store(store: Path, data: st.DataObject) -> None:
    with workplace() as folder:
        Path("problem.toml").write_text(PROBLEM, encoding="utf-8")
        Path("other.sqlite").write_bytes(data.draw(flipped(store.read_bytes())))
        ending = run(("simulate", "problem.toml", "--store", "other.sqlite", "--out", "out", "--workers", "1"))
        assert not [fault for fault in faults(ending) if "other than one line" not in fault]
        assert ending.err.count("quantbc: ") == (ending.status == 2)
        left = unfinished(folder)
        assert not [fault for fault in left if not fault.startswith(("problem.toml", "other.sqlite"))]


@settings(fuzz, max_examples=250)
@given(data=st.data())
def test_rows_that_another_program_wrote(store: Path, data: st.DataObject) -> None:
    """The file is sound SQLite; what stands in it is not what quantbc writes."""
    table, column = data.draw(
        st.sampled_from([("cells", "result"), ("cells", "settings"), ("cells", "error"), ("sweeps", "description")])
    )
    with workplace():
        shutil.copyfile(store, "results.sqlite")
        with contextlib.closing(sqlite3.connect("results.sqlite")) as connection:
            ((text,),) = connection.execute(f"SELECT {column} FROM {table} LIMIT 1").fetchall()  # noqa: S608
            value = data.draw(_rewritten(text))
            columns = {"cells": "key, settings, result, error", "sweeps": "description, name"}[table]
            connection.create_function("checksum", -1, _checksum)
            with contextlib.suppress(sqlite3.Error, OverflowError):
                connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608
                if data.draw(st.booleans()):  # written by one who knows how
                    connection.execute(f"UPDATE {table} SET checksum = checksum({columns})")  # noqa: S608
                connection.commit()
        accept(data.draw(st.sampled_from(READINGS)), damaged=False)


def _rewritten(text: str | None) -> st.SearchStrategy[Any]:
    plain = st.sampled_from([value for value in ODD_VALUES if isinstance(value, int | float | str | None)])
    rough = st.one_of(plain, st.text(st.characters(codec="utf-8"), max_size=20), st.binary(max_size=20))
    if text is None:
        return rough
    return st.one_of(changed(json.loads(text), most=2).map(json.dumps), rough)


@settings(fuzz, max_examples=150)
@given(data=st.data())
def test_filters_and_exports(store: Path, data: st.DataObject) -> None:
    axes = st.sampled_from(["H", "n", "seed", "expert", "quantizer", "system", "terms", "", "ü"])
    filters = data.draw(st.lists(st.tuples(axes, st.sampled_from([*ODD, "2", "2.0", "gaussian", "4"])), max_size=2))
    files_ = st.sampled_from(
        ["cells.csv", "new/cells.csv", ".", "", "results.sqlite/x.csv", "/proc/x.csv", "\udcff.csv"]
    )
    flags = [word for axis, value in filters for word in ("--where", f"{axis}={value}")]
    if data.draw(st.booleans()):
        flags += ["--csv", data.draw(files_)]
    if data.draw(st.booleans()):
        flags += ["--parquet", data.draw(files_).replace("csv", "parquet")]
    with workplace():
        shutil.copyfile(store, "results.sqlite")
        accept(flags, damaged=False)


@settings(fuzz, max_examples=100)
@given(st.binary(max_size=300))
def test_anything_at_all(content: bytes) -> None:
    with workplace() as folder:
        Path("results.sqlite").write_bytes(content)
        before = files(folder)
        assert accept(()) == 2
        assert files(folder) == before
