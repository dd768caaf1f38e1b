"""Regret against the horizon: one panel for each expert and quantizer, at the largest number of demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figures.panels import Panels
from figures.plot import Drawing
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_LAYOUT = Panels(x="H", x_label="horizon H (steps)", column="quantizer", column_title=str)


def draw(rows: Sequence[Row]) -> Figure:
    """Draw rows of a study; only the largest number of demonstrations is shown."""
    most = max(row["n"] for row in rows)
    return _LAYOUT.draw([row for row in rows if row["n"] == most])


DRAWING = Drawing(
    name="regret_horizon",
    title="Regret against the horizon",
    alt="Measured regret, its certificate and its upper bound against the horizon.",
    draw=draw,
)
