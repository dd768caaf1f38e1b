"""Results go to stdout, as strict JSON or as tables that survive odd text."""

import json

import pytest

from quantbc.output import print_json, print_line, print_table, progress_bar, say


def strict(text: str) -> object:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_json_has_no_infinities(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"total": float("inf"), "terms": {"drift": float("nan")}, "n": (1, 2.5), "name": "ε"})
    assert strict(capsys.readouterr().out) == {"total": None, "terms": {"drift": None}, "n": [1, 2.5], "name": "ε"}


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


def test_progress_is_silent_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("cells", 3) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")
