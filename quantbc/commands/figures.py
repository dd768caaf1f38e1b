"""`quantbc figures`: compute and draw the package's own figures, on the same engine as studies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from figures.catalog import FIGURES, render
from figures.style import SCREEN, Look
from quantbc.errors import ProblemError
from quantbc.output import print_line, say
from quantbc.sweeps.gallery import tables
from quantbc.sweeps.store import Store


def draw(names: Sequence[str], *, out: Path, quick: bool, look: Look = SCREEN) -> int:
    """Draw the named figures, or all, into a folder; tables that are stored there and still current are kept.

    Returns:
        Exit status: 1 if a table could not be computed, else 0.

    Raises:
        ProblemError: an unknown name.
    """
    for name in names:
        if name not in FIGURES:
            raise ProblemError(f"figure must be one of {', '.join(FIGURES)}, got {name!r}")
    chosen = tuple(dict.fromkeys(names)) or tuple(FIGURES)
    with Store(out / "tables.sqlite") as store:
        found, tally = tables(chosen, store, quick=quick)
        for plot, rows, error, notes in found:
            if rows is None:
                say(f"{plot.name} failed, will be retried on the next run: {error}")
                continue
            for file in render(plot, rows, out, notes=notes, look=look):
                print_line(str(file))
    say(f"figures drawn: {len(chosen)}; tables reused from {store.path}: {tally.known}")
    return 1 if tally.failed else 0
