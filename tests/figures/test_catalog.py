"""Every figure: its table has what its drawing needs, its drawing is legible and has not changed.

The committed tables are those of `quantbc figures --quick`; after a wanted change, copy them here and draw the images
again with `pytest tests/figures/test_catalog.py --mpl-generate-path=tests/figures/baseline`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from figures.catalog import FIGURES, PROBLEM_FIGURES, render
from figures.study import Study, compute
from figures.style import BOUND, SMALL, styled
from figures.tables import read_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BASELINE = Path(__file__).parent / "baseline"
DPI = 60
TOLERANCE = 2.5  # root mean square of grey levels; the same drawing gives 0, a dashed line made solid 3.6 to 7.6


def drawn(name: str) -> "Figure":
    with styled():
        return FIGURES[name].draw(read_csv(BASELINE / f"{name}.csv"))


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.mpl_image_compare(
    baseline_dir=str(BASELINE), filename=None, tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": DPI}
)
def test_the_drawing_has_not_changed(name: str) -> "Figure":
    return drawn(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["horizon", "demonstrations", "bins_needed", "trap", "gap", "compounding"])
def test_a_bound_drawn_solid_would_be_seen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BOUND, "linestyle", "-")
    drawn(name).savefig(tmp_path / "solid.png", dpi=DPI)
    expected = BASELINE / f"test_the_drawing_has_not_changed_{name}.png"
    difference = compare_images(str(expected), str(tmp_path / "solid.png"), TOLERANCE, in_decorator=True)
    assert difference is not None
    assert difference["rms"] > TOLERANCE


@pytest.mark.parametrize("name", FIGURES)
def test_type_is_large_enough_at_the_printed_width(name: str) -> None:
    figure = drawn(name)
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text().strip()]
    assert figure.get_figwidth() <= 5.5
    assert texts
    assert {text.get_text() for text in texts if text.get_fontsize() < SMALL} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_sticks_out_of_the_figure(name: str) -> None:
    figure = drawn(name)
    figure.draw_without_rendering()
    tight, page = figure.get_tightbbox(), figure.bbox_inches
    assert min(tight.x0, tight.y0) > -0.03
    assert max(tight.x1 - page.x1, tight.y1 - page.y1) < 0.03


@pytest.mark.parametrize("name", FIGURES)
def test_the_caption_names_source_and_randomness(name: str) -> None:
    words = " ".join(drawn(name).get_supxlabel().split())
    assert "arXiv:2603.20538" in words
    assert "No randomness" in words or "seed" in words


@pytest.mark.parametrize("name", FIGURES)
def test_quick_settings_do_no_more_work(name: str) -> None:
    plot = FIGURES[name]
    assert 1 <= plot.quick.cells <= plot.settings.cells
    assert len(plot.alt) > 80


@pytest.mark.slow
@pytest.mark.parametrize("name", PROBLEM_FIGURES)
def test_a_problems_figure_is_a_table_and_three_images(name: str, tmp_path: Path) -> None:
    rows = compute(Study(horizons=(3, 6), bins=(16, 32), demonstrations=(5,), seeds=(0,), episodes=50))
    files = render(PROBLEM_FIGURES[name], rows, tmp_path, notes=["seed 0"])
    assert [file.name for file in files] == [f"{name}.{suffix}" for suffix in ("csv", "png", "svg", "pdf")]
    assert files[0].read_text(encoding="utf-8").startswith("# seed 0\n")
