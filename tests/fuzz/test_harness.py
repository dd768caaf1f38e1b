"""The harness sees what it looks for: every promise has a command that breaks it."""

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import harness
from tests.fuzz.harness import faults, run, unfinished, workplace


def crash() -> None:
    raise ZeroDivisionError("of a formula")


def wrong_status() -> None:
    sys.exit(3)


def text_status() -> None:
    sys.exit("the interpreter would print this and exit with 1")


def printed_traceback() -> None:
    sys.stderr.write("Traceback (most recent call last):\n")
    sys.exit(1)


def wordy_refusal() -> None:
    sys.stderr.write("quantbc: no\nreally not\n")
    sys.exit(2)


def late_refusal() -> None:
    sys.stdout.write("half a table\n")
    sys.stderr.write("quantbc: no\n")
    sys.exit(2)


def silent_refusal() -> None:
    sys.exit(2)


def not_json() -> None:
    sys.stdout.write('{"total": NaN}\n')


def half_a_document() -> None:
    sys.stdout.write('{"cells": [')


def unprintable() -> None:
    sys.stdout.write("\udcff")


@pytest.mark.parametrize(
    "command",
    [
        *(crash, wrong_status, text_status, printed_traceback, wordy_refusal, late_refusal, silent_refusal),
        *(not_json, half_a_document, unprintable),
    ],
)
def test_a_command_that_breaks_a_promise_is_caught(command: Callable[[], None]) -> None:
    assert faults(run(["any", "--json"], command))


def test_a_slow_command_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "CPU_SECONDS", -1.0)
    assert faults(run([], lambda: None))


def test_a_command_that_keeps_its_promises_passes() -> None:
    def good() -> None:
        sys.stdout.write('{"total": null}\n')

    def refusal() -> None:
        sys.stderr.write("quantbc: n must be > 0, got -1\n")
        sys.exit(2)

    assert not faults(run(["any", "--json"], good))
    assert not faults(run(["any", "--json"], refusal))


def test_partial_files_are_caught() -> None:
    with workplace() as folder:
        Path("a.json").write_text('{"cells": [', encoding="utf-8")
        Path("b.csv").write_text("# note\nH,n\n1,2\n3\n", encoding="utf-8")
        Path("c.csv.partial").write_text("H,n\n", encoding="utf-8")
        Path("d.png").write_bytes(b"\x89PNG\r\n")
        store = sqlite3.connect("e.sqlite")
        store.execute("CREATE TABLE cells (key TEXT)")
        store.commit()
        store.close()
        whole = Path("e.sqlite").read_bytes()
        Path("e.sqlite").write_bytes(whole[:4096] + b"\xff" * 4096)
        assert len(unfinished(folder)) == 5


def test_whole_files_pass() -> None:
    with workplace() as folder:
        Path("a.json").write_text("{}", encoding="utf-8")
        Path("b.csv").write_text("# note\nH,n\n1,2\n", encoding="utf-8")
        sqlite3.connect("e.sqlite").close()
        assert unfinished(folder) == []
