"""Texts that would fill the memory, the stack or the terminal are refused in one line that says where."""

import os
from pathlib import Path

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.document import parsed
from quantbc.problem.file import load


def refusal(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ProblemError) as told:
        load(path)
    return str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("deep = " + "[" * 2000 + "]" * 2000, "nested at most 24 deep"),
        ("ok = 1\ndeep = " + "{a = " * 2000 + "1" + "}" * 2000, "line 2: 'deep = {"),
        (".".join("a" * 9000) + " = 1", "a.a.a"),
        ("[" + ".".join("a" * 9000) + "]", "a.a.a"),
        ("big = " + "9" * 5000, "line 1: 'big = 99"),
        ("big = 0x" + "f" * 5000, "line 1: 'big = 0xff"),
        ("[sweep]\nbig = [1, 9223372036854775808]", "sweep.big[1] must be an integer of 64 bits"),
        ("text = '" + "x" * 5_000_000 + "'", "at most 4194304 bytes"),
        (b"text = '\xff'", "not UTF-8 text"),
    ],
)
def test_where_it_is_too_much_is_said(tmp_path: Path, text: str | bytes, words: str) -> None:
    told = refusal(tmp_path / "problem.toml", text)
    assert words in told
    assert len(told) < 300 + len(str(tmp_path))


def test_brackets_and_digits_inside_texts_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "problem.toml"
    odd = "[" * 50 + "1" * 2000
    path.write_text(
        f'a = "{odd}\\""\nb = \'{odd}\'\n# {odd}\nc = \'\'\'\n{odd}\'\'\'\nd = """{odd}"""\n', encoding="utf-8"
    )
    assert parsed(path) == {"a": odd + '"', "b": odd, "c": odd, "d": odd}


def test_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "problem.toml"
    path.write_bytes(b"a = 1\r\nb = 2\r\n")
    assert parsed(path) == {"a": 1, "b": 2}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_never_ends_is_not_begun(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "problem.toml")
    for path in (tmp_path / "problem.toml", Path("/dev/zero")):
        with pytest.raises(ProblemError, match="must be a regular file"):
            parsed(path)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("bins = 32", "bins = 100000000", "quantizers[1].bins"),
        ("horizons = [3, 6]", "horizons = [1000000000]", "sweep.horizons"),
        ("demonstrations = [20]", "demonstrations = [1000000000000]", "sweep.demonstrations"),
        ("horizons = [3, 6]\ndemonstrations = [20]", "horizons = [1000000]\ndemonstrations = [1000000]", "sweep.dem"),
        ("episodes = 200", "episodes = 1000000000000", "sweep.episodes"),
        ('name = "gaussian"', 'name = "' + "x" * 100_000 + '"', "experts[1].name"),
        ('name = "gaussian"', 'name = "\\u001b[31mX"', "experts[1].name"),
        ('name = "gaussian"', 'name = "\\u202eX"', "experts[1].name"),
        ("std = 0.3", "std = 1e-300", "experts[1].std"),
        ("[sweep]", "[sweep]\n" + "k" * 100_000 + " = 1", "sweep.kkk"),
        ("alpha = [0.5, 0.4]", f"alpha = {[0.5] * 10_000}", "system.alpha"),
    ],
)
def test_numbers_and_names_have_limits(tmp_path: Path, problem_text: str, old: str, new: str, key: str) -> None:
    assert old in problem_text
    told = refusal(tmp_path / "problem.toml", problem_text.replace(old, new))
    assert key in told
    assert "\x1b" not in told
    assert len(told) < 300


@pytest.mark.parametrize("entry", ["-1e308", "1e90"])
def test_matrices_that_overflow_are_refused_before_any_cell(tmp_path: Path, problem_text: str, entry: str) -> None:
    text = problem_text.replace('type = "servo"', 'type = "linear"')
    text = text.replace("alpha = [0.5, 0.4]", f"A = [[0.5, {entry}], [0.1, {entry}]]\nB = [[1, 0], [0, 1]]")
    assert "system.A" in refusal(tmp_path / "problem.toml", text)
