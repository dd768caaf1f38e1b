"""Only the largest budget of demonstrations is drawn."""

from figures import regret_horizon
from figures.study import Study, compute
from figures.style import styled


def test_the_largest_budget_is_drawn() -> None:
    rows = compute(Study(horizons=(3, 6), bins=(16, 32), demonstrations=(5, 20), seeds=(0,), episodes=50))
    with styled():
        figure = regret_horizon.draw(rows)
    assert len(figure.axes) == 4
    assert "n = 20 demonstrations" in " ".join(figure.get_supxlabel().split())
