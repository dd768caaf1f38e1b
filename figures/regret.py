"""Regret of a study against its horizon and against its cells, at the largest number of demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figures.panels import Panels
from figures.plot import Drawing
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _drawing(name: str, what: str, axis: str, layout: Panels) -> Drawing:
    def draw(rows: Sequence[Row]) -> Figure:
        most = max(row["n"] for row in rows)
        return layout.draw([row for row in rows if row["n"] == most])

    alt = f"Measured regret, its certificate and its upper bound against {axis}."
    return Drawing(name, f"Regret against {what}", alt, draw)


HORIZON = _drawing(
    "regret_horizon",
    "the horizon",
    "the horizon",
    Panels(x="H", x_label="horizon H (steps)", column="quantizer", column_title=str),
)
"""A panel for each expert and quantizer."""
BINS = _drawing(
    "regret_bins",
    "cells",
    "the cells of each action dimension",
    Panels(x="cells", x_label="cells per action dimension", column="H", column_title=lambda H: f"H = {H} steps"),
)
"""A panel for each expert and horizon."""
