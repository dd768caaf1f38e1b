"""Results go to stdout, as strict JSON or as tables that survive odd text."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from quantbc.output import print_json, print_json_list, print_line, print_table, progress_bar, say


def strict(text: str) -> object:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_json_has_no_infinities(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"total": float("inf"), "terms": {"drift": float("nan")}, "n": (1, 2.5), "name": "ε"})
    assert strict(capsys.readouterr().out) == {"total": None, "terms": {"drift": None}, "n": [1, 2.5], "name": "ε"}


def test_a_long_list_is_written_item_by_item(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []

    def items() -> Iterator[dict[str, float]]:
        for i in range(3):
            seen.append(i)
            yield {"value": float("inf") if i else 0.5}

    print_json_list("cells", items(), lambda: {"count": len(seen), "inner": {"a": [1, 2]}, "none": []})
    wanted = {
        "cells": [{"value": 0.5}, {"value": None}, {"value": None}],
        "count": 3,
        "inner": {"a": [1, 2]},
        "none": [],
    }
    out = capsys.readouterr().out
    assert strict(out) == wanted
    print_json(wanted)
    assert capsys.readouterr().out == out
    print_json_list("cells", [], dict)
    assert strict(capsys.readouterr().out) == {"cells": []}


def test_progress_on_a_terminal_tells_rate_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "100")):
        monkeypatch.setenv(name, value)
    with progress_bar("cells", 300) as advance:
        advance(100)
        for _ in range(100):
            advance(1)
            time.sleep(0.001)
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err).splitlines()[-1]
    assert re.search(r"cells .*200/300 [0-9.e+]+/s 0:00:00 0:00:0\d", last), last


def test_tables_show_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[bold]title", [("name", False), ("value", True)], [("[red]x", "1.5"), ("y", "12.25")])
    out = capsys.readouterr().out
    assert "[bold]title" in out
    assert "[red]x" in out
    assert "12.25" in out


def test_results_and_talk_go_different_ways(capsys: pytest.CaptureFixture[str]) -> None:
    print_line("result")
    say("talk")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "talk\n")


def test_short_work_is_silent_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("cells", 3) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("terminal", [False, True])
def test_long_work_says_how_far_it_is_where_no_bar_can_be_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("TTY_COMPATIBLE", "1" if terminal else "0")
    now = iter([0.0, 10.0, 31.0, 40.0, 65.4, 99.0])
    monkeypatch.setattr("quantbc.output.monotonic", lambda: next(now))
    with progress_bar("cells", 9) as advance:
        for count in (1, 3, 1, 2, 2):
            advance(count)
    assert capsys.readouterr() == ("", "cells: 4 of 9 after 31 s\ncells: 7 of 9 after 65 s\n")
