"""`quantbc figures`: compute and draw the package's own figures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from figures.catalog import FIGURES, render
from quantbc import __version__
from quantbc.errors import ProblemError
from quantbc.output import print_line, progress_bar, say

__all__ = ["draw"]


def draw(names: Sequence[str], *, out: Path, quick: bool) -> None:
    """Draw the named figures, or all, into a folder.

    Raises:
        ProblemError: an unknown name.
    """
    for name in names:
        if name not in FIGURES:
            raise ProblemError(f"figure must be one of {', '.join(FIGURES)}, got {name!r}")
    plots = [FIGURES[name] for name in dict.fromkeys(names)] or list(FIGURES.values())
    for number, plot in enumerate(plots, start=1):
        start = time.perf_counter()
        settings = plot.quick if quick else plot.settings
        with progress_bar(plot.name, settings.cells) as progress:
            rows = plot.compute(settings, progress)
        for file in render(plot, rows, out, notes=(f"quantbc {__version__}, figure {plot.name}", f"{settings}")):
            print_line(str(file))
        say(f"{number} of {len(plots)}: {plot.title}, {time.perf_counter() - start:.1f} s")
