"""Only the largest budget of demonstrations is drawn."""

import pytest

from figures.plot import Drawing
from figures.regret import BINS, HORIZON
from figures.study import Study, compute
from figures.style import styled


@pytest.mark.parametrize("drawing", [BINS, HORIZON], ids=lambda drawing: drawing.name)
def test_the_largest_budget_is_drawn(drawing: Drawing) -> None:
    rows = compute(Study(horizons=(3, 6), bins=(16, 32), demonstrations=(5, 20), seeds=(0,), episodes=50))
    with styled():
        figure = drawing.draw(rows)
    assert len(figure.axes) == 4
    assert "n = 20 demonstrations" in " ".join(figure.get_supxlabel().split())
