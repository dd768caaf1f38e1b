"""A store answers questions, and stays as it is."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from quantbc.commands.results import results
from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.sweeps import engine
from quantbc.sweeps.executors import connect
from quantbc.sweeps.store import Outcome, Store
from quantbc.sweeps.study import COMPUTATION, sweep_of


@pytest.fixture
def store(problem_file: Path) -> Path:
    """A finished study of two horizons, two budgets and two seeds."""
    text = problem_file.read_text(encoding="utf-8")
    problem_file.write_text(text.replace("[20]", "[20, 200]"), encoding="utf-8")
    folder = problem_file.parent / "study"
    run(problem_file, folder / "results.sqlite")
    return folder / "results.sqlite"


def run(problem: Path, store: Path) -> None:
    sweep = sweep_of(load(problem))
    with Store(store) as made, connect(workers=1, cluster=None) as crew:
        assert engine.run(sweep, COMPUTATION, made, crew, lambda _: None).failed == 0


def ask(store: Path, *where: str, **options: Any) -> int:
    return results(store, **{"where": where, "csv": None, "parquet": None, "json": False, **options})


def test_tables_tell_coverage_and_slopes(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = store.read_bytes()
    assert ask(store) == 0
    out = capsys.readouterr().out
    for words in (
        "Coverage: how often the bound held",
        "0.6306, 1.0000",
        "Log-log slopes",
        "gaussian",
        "32 cells, 0 violations, 0 failed",
    ):
        assert words in out
    assert store.read_bytes() == before
    assert [entry.name for entry in store.parent.glob("results.sqlite*")] == ["results.sqlite"]


def test_filters_and_json(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(store, "H=3", "expert=gaussian", json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert {(cell["expert"], cell["H"]) for cell in document["cells"]} == {("gaussian", 3)}
    assert {"regret", "low", "high", "bound", "holds", "seed", "quantizer", "n"} <= document["cells"][0].keys()
    assert {(row["n"], row["N"], row["delta"], row["cells"]) for row in document["coverage"]} == {
        (20, 2, 0.05, 4),
        (200, 2, 0.05, 4),
    }
    assert {row["axis"] for row in document["slopes"]} == {"n"}
    assert (document["violations"], document["failures"], document["missing"]) == (0, 0, 0)


def test_one_cell_shows_how_its_gap_closes(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(store, "H=3") == 0
    assert "from bound to measurement" not in capsys.readouterr().out
    one = ("H=3", "n=20", "seed=0", "expert=gaussian")
    ask(store, *one, json=True)
    quantizers = [cell["quantizer"] for cell in json.loads(capsys.readouterr().out)["cells"]]
    ask(store, *one, f"quantizer={quantizers[0]}", json=True)
    (cell,) = json.loads(capsys.readouterr().out)["cells"]
    assert ask(store, *one, f"quantizer={quantizers[0]}") == 0
    out = capsys.readouterr().out
    assert "gaussian expert: from bound to measurement, one cell" in out
    for rung in cell["ladder"]:
        assert f"{rung['value']:.4g}" in out


def test_exports_hold_the_chosen_cells(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    files = {"csv": tmp_path / "cells.csv", "parquet": tmp_path / "cells.parquet"}
    assert ask(store, "H=6", **files) == 0
    assert capsys.readouterr().err == "".join(f"wrote {file}\n" for file in files.values())
    with files["csv"].open(encoding="utf-8") as file:
        table = list(csv.DictReader(line for line in file if not line.startswith("#")))
    regrets = parquet.read_table(files["parquet"])["regret"].to_pylist()
    assert [float(row["regret"]) for row in table] == regrets
    assert len(regrets) == 16


def test_an_edited_study_answers_for_itself(
    store: Path, problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the store holds of the study before the edit is mentioned, and never mixed in."""
    copy = tmp_path / "results.sqlite"
    copy.write_bytes(store.read_bytes())
    text = problem_file.read_text(encoding="utf-8")
    problem_file.write_text(text.replace("noise = 0.02", "noise = 0.05"), encoding="utf-8")
    run(problem_file, copy)
    capsys.readouterr()
    assert ask(copy, json=True) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["cells"]) == 32
    assert "not shown: 32 cells from earlier settings or code" in captured.err


def test_failures_and_violations_are_status_one(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "results.sqlite"
    copy.write_bytes(store.read_bytes())
    with Store(copy) as made:
        first, second, *_ = made.sweeps()[0].cells()
        made.put([Outcome(first, '{"regret": 9.0, "bound": 1.0, "holds": false}', None)])
        made._connection.execute("DELETE FROM cells WHERE key = ?", (second.key,))
        made.put([Outcome(second, None, "Traceback\nOSError: no luck")])
    assert ask(copy) == 1
    captured = capsys.readouterr()
    assert "31 cells, 1 violations, 1 failed, 0 not computed yet" in captured.out
    assert "OSError: no luck" in captured.err


def test_what_is_no_store_or_chooses_nothing_is_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="store must be an existing results file"):
        ask(tmp_path / "absent.sqlite")
    with pytest.raises(ProblemError, match=r"--where must choose cells of the store .*, got H=4 or 5"):
        ask(store, "H=5", "H=4")
    with pytest.raises(ProblemError, match="--where must be AXIS=VALUE, got 'H'"):
        ask(store, "H")
    with Store(tmp_path / "empty.sqlite"):
        pass
    with pytest.raises(ProblemError, match="store must hold a study, got an empty one"):
        ask(tmp_path / "empty.sqlite")


@pytest.mark.parametrize("options", [{"json": True}, {}, {"csv": Path("cells.csv")}])
def test_a_damaged_row_is_refused_before_anything_is_written(
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, Any],
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(store)) as foreign:
        foreign.execute("UPDATE cells SET result = '7' WHERE rowid = (SELECT max(rowid) FROM cells)")
        foreign.commit()
    with pytest.raises(ProblemError, match="undamaged results file"):
        ask(store, **options)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
    assert not Path("cells.csv").exists()


def test_a_refused_export_says_nothing_of_the_one_before(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OSError, match="something else than a file"):
        ask(store, csv=tmp_path / "cells.csv", parquet=Path("."))
    assert capsys.readouterr().err == ""
