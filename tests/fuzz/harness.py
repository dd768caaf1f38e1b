"""Runs the command line inside this process and says what is wrong with how it ended."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantbc import cli

CPU_SECONDS = 20.0
"""What one case may take; a case that never ends is stopped by the timeout of the test."""

_SIGNATURES = {".png": b"\x89PNG\r\n", ".svg": b"<?xml", ".pdf": b"%PDF-", ".parquet": b"PAR1", ".html": b"<!"}
_ENDINGS = {".png": b"IEND\xaeB`\x82", ".svg": b"</svg>\n", ".pdf": b"%%EOF\n", ".parquet": b"PAR1", ".html": b">\n"}


@dataclass(frozen=True)
class Ending:
    """How a command ended.

    Attributes:
        arguments: what was typed.
        status: exit status; None where an exception came out instead.
        out: what it wrote to stdout.
        err: what it wrote to stderr.
        seconds: CPU time.
        error: the exception.
    """

    arguments: tuple[str, ...]
    status: int | None
    out: str
    err: str
    seconds: float
    error: BaseException | None = None


def run(arguments: Sequence[str], main: Callable[[], None] = cli.main) -> Ending:
    """Run a command as the shell would, with streams that encode as a terminal's do."""
    out, err = _stream("strict"), _stream("backslashreplace")
    status: int | None = None
    raised: BaseException | None = None
    typed, sys.argv = sys.argv, ["quantbc", *arguments]
    start = time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
        status = 0
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else None
    except Exception as error:  # a traceback is what this looks for
        raised = error
    finally:
        sys.argv = typed
    seconds = time.process_time() - start
    return Ending(tuple(arguments), status, _text(out), _text(err), seconds, raised)


def _stream(errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "replace")


def faults(ending: Ending) -> list[str]:
    """What is wrong with an ending, in words; empty if it is as promised."""
    if ending.error is not None:
        return [f"raised {type(ending.error).__name__}: {ending.error}"]
    found = []
    if ending.status not in (0, 1, 2):
        found.append(f"exit status {ending.status}")
    if ending.seconds > CPU_SECONDS:
        found.append(f"took {ending.seconds:.1f} s")
    if "Traceback" in ending.err:
        found.append("a traceback on stderr")
    if ending.status == 2:
        found += _faults_of_refusal(ending)
    elif "--json" in ending.arguments and ending.out and "--help" not in ending.arguments:
        found += _faults_of_json(ending.out)
    return found


def _faults_of_refusal(ending: Ending) -> list[str]:
    found = []
    if ending.out:
        found.append(f"refused after writing {ending.out[:80]!r} to stdout")
    if ending.err.count("\n") != 1 or not ending.err.startswith("quantbc: "):
        found.append(f"refused with other than one line: {ending.err!r}")
    return found


def _faults_of_json(text: str) -> list[str]:
    def forbid(token: str) -> Any:
        raise ValueError(f"{token} is no JSON")

    try:
        json.loads(text, parse_constant=forbid)
    except ValueError as error:
        return [f"stdout is no JSON document: {error}"]
    return []


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """An empty current folder, for commands that write where they stand."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield Path(folder)


def files(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def unfinished(folder: Path) -> list[str]:
    """Files that are not what their ending says, or not whole, and folders left empty."""
    return [f"{path.relative_to(folder)}: {what}" for path in files(folder) if (what := _fault_of_file(path))]


def _fault_of_file(path: Path) -> str:
    kind, content = path.suffix, path.read_bytes()
    if kind in _SIGNATURES:
        whole = content.startswith(_SIGNATURES[kind]) and content.endswith(_ENDINGS[kind])
        return "" if whole else "cut short"
    checks = {".json": _fault_of_json, ".csv": _fault_of_csv, ".sqlite": _fault_of_store}
    return checks[kind](path) if kind in checks else "left behind"


def _fault_of_json(path: Path) -> str:
    return "; ".join(_faults_of_json(path.read_text(encoding="utf-8")))


def _fault_of_csv(path: Path) -> str:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    widths = {len(row) for row in csv.reader(lines)}
    return "" if len(widths) == 1 else f"rows of {sorted(widths)} columns"


def _fault_of_store(path: Path) -> str:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            (answer,) = store.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if answer == "ok" else str(answer)
