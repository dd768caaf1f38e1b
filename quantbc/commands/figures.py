"""`quantbc figures`: compute and draw the package's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from figures.catalog import FIGURES, render
from quantbc import __version__
from quantbc.errors import ProblemError
from quantbc.output import print_line, progress_bar

__all__ = ["draw"]


def draw(names: Sequence[str], *, out: Path, quick: bool) -> None:
    """Draw the named figures, or all, into a folder.

    Raises:
        ProblemError: an unknown name.
    """
    for name in names:
        if name not in FIGURES:
            raise ProblemError(f"figure must be one of {', '.join(FIGURES)}, got {name!r}")
    for plot in [FIGURES[name] for name in names] or list(FIGURES.values()):
        settings = plot.quick if quick else plot.settings
        with progress_bar(plot.name, settings.cells) as progress:
            rows = plot.compute(settings, progress)
        for file in render(plot, rows, out, notes=(f"quantbc {__version__}, figure {plot.name}", f"{settings}")):
            print_line(str(file))
