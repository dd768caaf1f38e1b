"""The tables of the package's own figures, computed on the same engine as studies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from figures.catalog import FIGURES
from figures.plot import Plot, Settings, silent
from quantbc import __version__
from quantbc.errors import missing_extra
from quantbc.output import progress_bar
from quantbc.sweeps.engine import Tally, run
from quantbc.sweeps.executors import connect
from quantbc.sweeps.findings import last_line
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep


def _settings(name: str, *, quick: bool) -> Settings:
    plot = FIGURES[name]
    settings: Settings = plot.quick if quick else plot.settings
    return settings


def table(cell: Cell) -> dict[str, Any]:
    """The table of one figure, whose settings hold its seeds.

    Raises:
        ImportError: it needs an extra that is not installed; the message says how to add it.
    """
    name, quick = cell.settings["figure"], cell.settings["quick"]
    try:
        return {"rows": FIGURES[name].compute(_settings(name, quick=quick), silent)}
    except ModuleNotFoundError as error:
        raise ImportError(missing_extra(error.name) or str(error)) from None


COMPUTATION = Computation(table, ("bounds", "simulators", "proofs_check", "figures", "quantbc.sweeps.gallery"))


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
