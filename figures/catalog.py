"""Every figure by name: its settings, how its table is computed and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from figures import regret_bins, regret_horizon
from figures.study import Study, compute
from figures.style import save, styled
from figures.tables import Row, write_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "Plot", "render"]


@dataclass(frozen=True)
class Plot:
    """A figure: frozen settings, a table computed from them, a drawing of the table.

    Attributes:
        name: file stem and command-line name.
        settings: what is computed.
        quick: smaller settings for a look.
        compute: settings and progress callback to rows.
        draw: rows to figure.
    """

    name: str
    settings: Study
    quick: Study
    compute: Callable[[Study, Callable[[int], None]], Sequence[dict[str, Any]]]
    draw: Callable[[Sequence[Row]], Figure]


FIGURES: Mapping[str, Plot] = MappingProxyType(
    {
        name: Plot(name, module.SETTINGS, module.QUICK, compute, module.draw)
        for name, module in (("regret_horizon", regret_horizon), ("regret_bins", regret_bins))
    }
)


def render(plot: Plot, rows: Sequence[Row], folder: Path, *, notes: Sequence[str]) -> list[Path]:
    """Write a figure's table and its drawing in every format.

    Args:
        plot: the figure.
        rows: its table.
        folder: where to; made if absent.
        notes: what produced the table, for the head of the CSV file.

    Returns:
        The files written.
    """
    table = write_csv(rows, folder / f"{plot.name}.csv", notes=notes)
    with styled():
        return [table, *save(plot.draw(rows), folder / plot.name)]
