"""The command: a page and what it was made from; what is stored is not computed again; what failed is status 1."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.certify import Settings
from quantbc.audit.policy_loop import Given
from quantbc.commands.certify import run as run_certify
from quantbc.commands.report import Extent, report
from quantbc.commands.simulate import compute
from quantbc.sweeps.store import _checksum
from tests.quantbc.conftest import Run

pytestmark = pytest.mark.usefixtures("sketched")

SMALL = Extent(figures=("bins_needed",), quick=True, keys=("calibration",), workers=1)
DATE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def make(problem: Path, out: Path, *, audit: Path | None = None, now: datetime = DATE) -> tuple[int, str]:
    status = report(problem, audit=audit, out=out, extent=SMALL, json=True, now=now)
    return status, (out / "report.html").read_text(encoding="utf-8")


def tamper(store: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change stored results; a page that shows the change did not compute them again."""
    with sqlite3.connect(store) as connection:
        connection.create_function("checksum", -1, _checksum, deterministic=True)  # the change is no damage
        for key, result in connection.execute("SELECT key, result FROM cells").fetchall():
            changed = json.dumps(change(json.loads(result)))
            setting = "result = ?1, checksum = checksum(key, settings, ?1, error)"
            connection.execute(f"UPDATE cells SET {setting} WHERE key = ?2", (changed, key))  # noqa: S608 (constants)
    connection.close()


@pytest.fixture
def quantbc(quantbc: Run) -> Run:
    return partial(quantbc, "report")


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    states = np.random.default_rng(0).normal(size=(300, 2))
    path = tmp_path / "demo.npz"
    np.savez(path, actions=0.4 * states[:, :1], observations=states, episode_ends=[100, 200, 300])
    return path


@pytest.mark.slow
def test_a_page_with_what_it_was_made_from(
    problem_file: Path, demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    status, html = make(problem_file, out, audit=demo)
    document = json.loads(capsys.readouterr().out)
    assert status == 0
    assert (document["page"], document["bytes"]) == (str(out / "report.html"), len(html.encode()))
    assert {"violations": 0, "cells": 16, "failures": [], "figures": {"bins_needed": True}}.items() <= document.items()
    assert document["checks"]["theorems"] == {"calibration": "ALGEBRA CHECKED"}
    assert "audit" in document["sections"]
    assert "certificate" not in document["sections"]
    assert document["versions"]["numpy"] == np.__version__
    kept = {
        "results.sqlite",
        "tables.sqlite",
        "cells.csv",
        "settings.csv",
        "bins_needed.csv",
        "audit.csv",
        "audit.json",
    }
    assert {path.name for path in out.rglob("*") if path.is_file()} == {"report.html", *kept}
    assert json.loads((out / "data" / "audit.json").read_text(encoding="utf-8"))["layout"] == "npz"
    for words in (
        "2026-01-02 03:04 UTC",
        "No claim failed.",
        "calibration",
        "Bins needed for a target regret",
        "demo.npz",
    ):
        assert words in html


@pytest.mark.slow
def test_a_page_about_data_computes_no_study(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert report(None, audit=demo, out=out, extent=SMALL, json=True, now=DATE) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["cells"], document["sections"][0]) == (0, "audit")
    assert not {"problem", "measured"} & set(document["sections"])
    assert "<title>quantbc report: demo.npz</title>" in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "data" / "results.sqlite").exists()


@pytest.mark.slow
def test_the_page_shows_the_problem_that_it_computed(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*args: Any, **kwargs: Any) -> None:
        problem_file.write_text(problem_text.replace('"small"', '"another study"'), encoding="utf-8")
        compute(*args, **kwargs)

    problem_text = problem_file.read_text(encoding="utf-8")
    monkeypatch.setattr("quantbc.commands.report.compute", meanwhile)
    _, html = make(problem_file, tmp_path / "out")
    assert "small" in html
    assert "another study" not in html


@pytest.mark.slow
def test_a_second_run_computes_nothing_and_makes_the_same_page(problem_file: Path, tmp_path: Path) -> None:
    _, first = make(problem_file, tmp_path / "out")
    _, second = make(problem_file, tmp_path / "out", now=DATE.replace(year=2031))
    assert second == first.replace("2026-01-02", "2031-01-02")


@pytest.mark.slow
def test_failed_claims_are_shown_from_the_store_and_status_one(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    make(problem_file, out)
    tamper(out / "data" / "results.sqlite", lambda row: row | {"holds": row["seed"] != 1})
    tamper(out / "data" / "tables.sqlite", lambda row: row | {"problems": ["calibration/sum is UNKNOWN"]})
    capsys.readouterr()
    status, html = make(problem_file, out)
    captured = capsys.readouterr()
    assert status == 1
    assert json.loads(captured.out)["violations"] == 8
    assert captured.err.count("FAILED: bound violated") == 8
    assert "9 claims failed" in html
    assert html.index("calibration/sum is UNKNOWN") < html.index('id="problem"')


@pytest.mark.slow
def test_a_verification_that_breaks_off_is_on_the_page(
    problem_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ArithmeticError("in the middle")

    monkeypatch.setattr("quantbc.commands.report.checked", failing)
    status, html = make(problem_file, tmp_path / "out")
    assert status == 1
    assert "verification was aborted: ArithmeticError: in the middle" in html


@pytest.mark.slow
def test_a_certificate_on_the_page_says_what_certify_prints_with_all_its_options(
    problem_file: Path, demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with np.load(demo) as data:
        actions = data["actions"]
    played, kept, out = tmp_path / "played.npz", tmp_path / "certificate.json", tmp_path / "out"
    np.savez(played, predictions=0.9 * actions)
    asked = Settings(tokenizer="uniform", bins=8, given=Given(C=0.5, eta=0.5), tolerance=2.0)
    run_certify(demo, played, asked, json=True)
    kept.write_text(capsys.readouterr().out, encoding="utf-8")
    run_certify(demo, played, asked, json=False)
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in printed[1:3]] == ["error", "labels"]
    assert any(line.startswith("tolerance  2 per state entry is ") for line in printed)
    assert printed[-1].startswith("estimated  lipschitz = ")
    report(problem_file, audit=None, certify=kept, out=out, extent=SMALL, json=True, now=DATE)
    document = json.loads(capsys.readouterr().out)
    assert "certificate" in document["sections"]
    assert f"--certify {kept}" in document["command"]
    html = unescape((out / "report.html").read_text(encoding="utf-8"))
    assert [line for line in printed if line not in html] == []
    copy = json.loads((out / "data" / "certificate.json").read_text(encoding="utf-8"))
    assert copy == json.loads(kept.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.toml",), ("problem file must be readable", "absent.toml")),
        (("--audit", "absent.npz"), ("existing file or folder", "absent.npz")),
        (("--audit", "BAD"), ("known layout", "bad.npz")),
        (("--certify", "absent.json"), ("--certify must be an existing file", "absent.json")),
        (("--certify", "BAD"), ("--certify must be the JSON document of a certificate", "bad.npz")),
        (("--colour", "red"), ("--colour",)),
    ],
)
def test_bad_input_is_one_line_and_status_two_before_any_work(
    quantbc: Run, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (tmp_path / "bad.npz").write_text("no zip", encoding="utf-8")
    given = (str(tmp_path / "bad.npz") if word == "BAD" else word for word in arguments)
    status, out, err = quantbc(*given, "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err
    assert not (tmp_path / "out").exists()


def test_starting_the_command_line_does_not_load_templates() -> None:
    code = "import quantbc.cli, sys; print(sorted({'jinja2', 'markupsafe', 'matplotlib'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
