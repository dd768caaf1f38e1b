"""The command line's help as a page: ``python docs/command_line.py`` renews ``docs/command-line.md``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer

from quantbc.cli import app

PAGE = Path(__file__).with_name("command-line.md")

_INTRODUCTION = """# Command line

Results go to stdout, diagnostics to stderr. Exit status 0 means success, 1 a claim that failed or could not be
decided, 2 bad input: one line that names the argument, what is required, and what was given. `--json` prints
one JSON document instead of tables. Symbols (H, n, C, eta, …) are explained with
the [statements](proofs/statements.md#symbols).
"""


def help_of(command: str) -> str:
    """What ``quantbc COMMAND --help`` prints, 80 columns wide."""
    words = [str(Path(sys.executable).with_name("quantbc")), *command.split(), "--help"]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - ours
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def page() -> str:
    """The page: every command under its name."""
    group = typer.main.get_command(app)
    sections = [("quantbc", ""), *((name, name) for name in group.commands)]  # type: ignore[attr-defined]
    parts = [
        f"## {title}\n\n```sh\n{' '.join(filter(None, ('quantbc', command, '--help')))}\n```\n\n"
        f"```text\n{help_of(command)}\n```\n"
        for title, command in sections
    ]
    return "\n".join([_INTRODUCTION, *parts])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
