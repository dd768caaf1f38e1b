"""`quantbc audit`: which tokenizer and how many bins, from a demonstration file."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from quantbc.audit.differences import COLUMNS, KEYS, AuditDifferences, differences, read_document
from quantbc.audit.gate import Gate
from quantbc.audit.run import Settings, audit
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_lines, print_table, progress_bar, say, say_notes
from quantbc.sweeps.executors import Workers
from quantbc.tables.audits import (
    BOUND_COLUMNS,
    RAW_COLUMNS,
    TOKENIZER_COLUMNS,
    answer_lines,
    bound_lines,
    bounds_title,
    data_line,
    raw_lines,
    stability_lines,
    tokenizer_line,
    verdict_lines,
)


def log_size(size: int | None, log: float | None, flag: str) -> float | None:
    """log N from --class-size or --log-class-size.

    Raises:
        ProblemError: both are given, or a value is out of range.
    """
    if size is not None and log is not None:
        raise ProblemError(f"give --{flag} or --log-{flag}, not both: got {size} and {log:g}")
    if size is None:
        return log
    if size < 1:
        raise ProblemError(f"--{flag} must be at least 1, got {size}")
    return math.log(size)


def run(
    path: Path,
    settings: Settings,
    *,
    json: bool,
    full: bool = False,
    fail_if: str | None = None,
    against: Path | None = None,
    crew: Callable[[], AbstractContextManager[Workers]] | None = None,
) -> int:
    """Audit and print: a verdict, and the tables behind it where they are asked for.

    Args:
        path: the demonstrations.
        settings: what the user said.
        json: print one document.
        full: print the tables behind the verdict, and the notes.
        fail_if: a condition under which the audit fails.
        against: the document of an earlier audit.
        crew: who reads the files; this process if None.

    Returns:
        The exit status: 1 if the condition holds for a tokenizer or cannot be judged.
    """
    gate = None if fail_if is None else Gate(fail_if)
    earlier = None if against is None else read_document(against, "--against", "an audit", KEYS)
    with nullcontext() if crew is None else crew() as workers:
        found = audit(path, settings, progress=lambda rows: progress_bar("rows", rows), crew=workers)
    document = found.to_dict()
    changed = None if earlier is None else differences(earlier, document)
    if json:
        say_notes(document["warnings"])
        print_json(document if changed is None else document | {"differences": changed.to_dict()})
    else:
        _print_screen(document, full=full)
        if changed is not None:
            _print_differences(changed)
    failures = [] if gate is None else gate.failures(document)
    for failure in failures:
        say(f"--fail-if {fail_if!r}: {failure.sentence}")
    return 1 if failures else 0


def _print_differences(changed: AuditDifferences) -> None:
    print_lines(changed.lines())
    if changed.changes:
        print_table("Numbers that changed by more than 0.1 %", COLUMNS, [change.cells() for change in changed.changes])


def _print_screen(document: dict[str, Any], *, full: bool) -> None:
    print_lines([data_line(document), *verdict_lines(document)])
    if not full:
        if document["missing"] is not None:
            say_notes([document["missing"]])
        print_line(f"--full prints the underlying tables and {len(document['warnings'])} notes.")
        return
    say_notes(document["warnings"])
    title = "Tokenizers, in their own normalized units (errors: worst or mean over dimensions)"
    print_table(title, TOKENIZER_COLUMNS, [tokenizer_line(row) for row in document["tokenizers"]])
    print_table("The same errors by dimension, in the units of the file", RAW_COLUMNS, raw_lines(document))
    print_lines(stability_lines(document))
    if document["bounds"]:
        print_table(bounds_title(document), BOUND_COLUMNS, bound_lines(document))
    print_lines(answer_lines(document))
