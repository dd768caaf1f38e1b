"""How commands speak: results on stdout as a table or JSON, everything else on stderr."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from textwrap import indent
from time import monotonic
from typing import Any

_FILE_WIDTH = 160
"""Columns of a table that does not go to a terminal: wide enough never to be cut."""

_QUIET = 30.0
"""Seconds between two lines of progress where no bar can be drawn; shorter work is silent."""


_LONGEST_CELL = 300
_LONGEST_LINE = 2000


def shown(text: str, longest: int = _LONGEST_LINE) -> str:
    r"""Text as it may reach a terminal: control characters, escapes and changes of direction as codes, cut to a length.

    Example:
        >>> print(shown("a\x1b[31mb\u202e"), shown("x" * 20, 8))
        a\x1b[31mb\u202e xxxxxxx…
    """
    text = text if len(text) <= longest else f"{text[: longest - 1]}…"
    if text.isprintable():
        return text
    safe = "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def _plain(value: Any) -> Any:
    """JSON has no infinities and no NaN: they become null, and a flag beside them says so."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(as_json(value) + "\n")


def as_json(value: Any) -> str:
    """A value as JSON text, in ASCII: it survives any encoding of a stream."""
    return json.dumps(_plain(value), indent=2, allow_nan=False)


def print_json_list(name: str, items: Iterable[Any], rest: Callable[[], Mapping[str, Any]]) -> None:
    """Write one JSON object to stdout whose first entry is a list too long for memory.

    Args:
        name: key of the list.
        items: its items, written one at a time.
        rest: the other entries; asked for once all items are written.
    """
    write = sys.stdout.write
    write(f"{{\n  {json.dumps(name)}: [")
    separator = "\n"
    for item in items:
        write(separator + indent(as_json(item), "    "))
        separator = ",\n"
    write("\n  ]")
    for key, value in rest().items():
        write(f",\n  {json.dumps(key)}: " + indent(as_json(value), "  ").lstrip())
    write("\n}\n")


def print_line(text: str) -> None:
    """Write one line of result to stdout."""
    sys.stdout.write(shown(text, len(text) + 1) + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Write lines of result to stdout."""
    for text in lines:
        print_line(text)


def say(text: str) -> None:
    """Write a one-line message to stderr; a closed stderr does not stop the work."""
    with suppress(OSError):
        sys.stderr.write(shown(text) + "\n")


def say_notes(notes: Iterable[str]) -> None:
    """Write notes about a result to stderr."""
    for text in notes:
        say(f"note: {text}")


def print_table(title: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    """Write a table to stdout.

    Args:
        title: heading.
        columns: heading of each column and whether it holds numbers (right-aligned).
        rows: cells as text.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    console.print(escape(shown(title)), style="bold", soft_wrap=True)
    table = Table(
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for heading, numeric in columns:
        table.add_column(escape(shown(heading, _LONGEST_CELL)), justify="right" if numeric else "left", no_wrap=numeric)
    for row in rows:
        table.add_row(*(escape(shown(text, _LONGEST_CELL)) for text in row))
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    console.print(table)


@contextmanager
def progress_bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar with rate and time left; yields what to call with finished units.

    Where no bar can be drawn (a file, a pipe, a dumb terminal), a line now and then says how far it is.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Units a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.3g}/s")

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield _lines(title, total)
        return
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda count: progress.advance(task, count)


def _lines(title: str, total: int) -> Callable[[int], None]:
    started = said = monotonic()
    done = 0

    def advance(count: int) -> None:
        nonlocal said, done
        done += count
        now = monotonic()
        if now - said >= _QUIET and done < total:
            said = now
            say(f"{title}: {done} of {total} after {now - started:.0f} s")

    return advance
