"""The command line of the runs that measure."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def parser(prog: str, description: str | None, *, quick: str, page: str) -> argparse.ArgumentParser:
    """The options of every run that measures.

    Args:
        prog: what is typed to start it.
        description: its module's docstring.
        quick: what --quick does.
        page: what --page puts into the page.
    """
    options = argparse.ArgumentParser(
        prog=prog, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help=quick)
    options.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options.add_argument("--page", type=Path, metavar="FILE", help=f"also put {page} into this page")
    return options


def typed(options: argparse.ArgumentParser, words: Sequence[str] | None) -> argparse.Namespace:
    """What was typed; a page that does not exist is refused before anything is measured."""
    arguments = options.parse_args(words)
    if arguments.page is not None and not arguments.page.is_file():
        options.error(f"--page must be a file, got {str(arguments.page)!r}")
    return arguments
