"""Every figure renders from its own table."""

from pathlib import Path

import pytest

from figures.catalog import FIGURES, render
from figures.study import Study

TINY = Study(horizons=(3, 6), bins=(16, 32), demonstrations=(5,), seeds=(0,), episodes=50)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_a_table_and_three_images(name: str, tmp_path: Path) -> None:
    plot = FIGURES[name]
    files = render(plot, plot.compute(TINY, lambda _: None), tmp_path, notes=["seed 0"])
    assert [file.name for file in files] == [f"{name}.{suffix}" for suffix in ("csv", "png", "svg", "pdf")]
    assert files[0].read_text(encoding="utf-8").startswith("# seed 0\n")
