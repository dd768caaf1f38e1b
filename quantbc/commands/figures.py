"""`quantbc figures`: compute and draw the package's own figures, on the same engine as studies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from figures.catalog import FIGURES, render
from figures.plot import Plot, Settings, silent
from quantbc import __version__
from quantbc.engine import Tally, run
from quantbc.errors import ProblemError
from quantbc.executors import connect
from quantbc.findings import last_line
from quantbc.output import print_line, progress_bar, say
from quantbc.store import Store
from quantbc.sweep import Axis, Cell, Computation, Sweep

__all__ = ["Drawn", "draw", "tables"]


def _settings(name: str, *, quick: bool) -> Settings:
    plot = FIGURES[name]
    settings: Settings = plot.quick if quick else plot.settings
    return settings


def table(cell: Cell) -> dict[str, Any]:
    """The table of one figure, whose settings hold its seeds."""
    name, quick = cell.settings["figure"], cell.settings["quick"]
    return {"rows": FIGURES[name].compute(_settings(name, quick=quick), silent)}


COMPUTATION = Computation(table, ("bounds", "simulators", "proofs_check", "figures", "quantbc.commands.figures"))


class Drawn(NamedTuple):
    """A figure's table.

    Attributes:
        plot: the figure.
        rows: its table; None if it could not be computed.
        error: the last line of what went wrong.
        notes: what produced the table, for the head of its CSV file.
    """

    plot: Plot[Any]
    rows: list[dict[str, Any]] | None
    error: str
    notes: tuple[str, ...]


def tables(names: Sequence[str], store: Store, *, quick: bool) -> tuple[list[Drawn], Tally]:
    """The tables of the named figures, with progress; those that are stored and still current are not computed again.

    Args:
        names: at least one.
        store: where tables are kept.
        quick: small settings.
    """
    sweep = Sweep("figures", (Axis("figure", tuple(names)), Axis("quick", (quick,))), (0,), COMPUTATION.version)
    with (
        connect(workers=min(os.cpu_count() or 1, len(names)), cluster=None) as workers,
        progress_bar("figures", len(names)) as progress,
    ):
        tally = run(sweep, COMPUTATION, store, workers, progress)
    found = []
    for cell, result, error in store.outcomes(sweep.cells()):
        name = cell.settings["figure"]
        notes = (f"quantbc {__version__}, figure {name}", f"{_settings(name, quick=quick)}")
        found.append(Drawn(FIGURES[name], None if result is None else result["rows"], last_line(error), notes))
    return found, tally


def draw(names: Sequence[str], *, out: Path, quick: bool) -> int:
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
                say(f"{plot.name} failed, tried again on the next run: {error}")
                continue
            for file in render(plot, rows, out, notes=notes):
                print_line(str(file))
    say(f"{len(chosen)} figures, {tally.known} of their tables from {store.path}")
    return 1 if tally.failed else 0
