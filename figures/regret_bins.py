"""Regret against cells: one panel for each expert and horizon, at the largest number of demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figures.panels import Panels
from figures.plot import Drawing
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_LAYOUT = Panels(x="cells", x_label="cells per action dimension", column="H", column_title=lambda H: f"H = {H} steps")


def draw(rows: Sequence[Row]) -> Figure:
    """Draw rows of a study; only the largest number of demonstrations is shown."""
    most = max(row["n"] for row in rows)
    return _LAYOUT.draw([row for row in rows if row["n"] == most])


DRAWING = Drawing(
    name="regret_bins",
    title="Regret against cells",
    alt="Measured regret, its certificate and its upper bound against the cells of each action dimension.",
    draw=draw,
)
