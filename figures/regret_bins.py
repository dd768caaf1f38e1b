"""Regret against cells: one panel for each expert and horizon, at the largest number of demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figures.panels import Panels
from figures.study import Study, compute
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["QUICK", "SETTINGS", "compute", "draw"]

SETTINGS = Study(horizons=(10, 30, 100), bins=(8, 16, 32, 64, 128, 256), demonstrations=(1000,), seeds=(0, 1, 2))
QUICK = Study(horizons=(5, 20), bins=(16, 64), demonstrations=(100,), seeds=(0,), episodes=2000)

_LAYOUT = Panels(x="cells", x_label="cells per action dimension", column="H", column_title=lambda H: f"H = {H} steps")


def draw(rows: Sequence[Row]) -> Figure:
    """Draw rows of a study; only the largest number of demonstrations is shown."""
    most = max(row["n"] for row in rows)
    return _LAYOUT.draw([row for row in rows if row["n"] == most])
