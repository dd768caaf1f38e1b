"""A figure is written as a table and its drawing, and can be drawn again from the table."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from figures.plot import Drawing, render
from figures.style import new_figure
from figures.tables import Row, read_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(rows: Sequence[Row]) -> "Figure":
    figure, ((axes,),) = new_figure(1, 1, height=2.0)
    axes.plot([row["x"] for row in rows], [row["y"] for row in rows])
    return figure


def failing(rows: Sequence[Row]) -> "Figure":
    raise ZeroDivisionError


ROWS = [{"x": 1, "y": 0.5}, {"x": 2, "y": 1 / 3}]


def test_table_and_images_share_a_stem(tmp_path: Path) -> None:
    files = render(Drawing("curve", "A curve", "It rises.", draw), ROWS, tmp_path, notes=["seed 0"])
    assert [file.name for file in files] == ["curve.csv", "curve.png", "curve.svg", "curve.pdf"]
    assert read_csv(files[0]) == ROWS


def test_the_table_survives_a_failed_drawing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        render(Drawing("curve", "A curve", "It rises.", failing), ROWS, tmp_path, notes=[])
    assert [file.name for file in tmp_path.iterdir()] == ["curve.csv"]
