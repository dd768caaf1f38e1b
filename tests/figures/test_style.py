"""Files are written whole, in every format, and logarithmic axes are honest about zero."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from figures.style import (
    BOUND,
    COLUMN,
    FORMATS,
    LOWER,
    MEASURED,
    Look,
    axis_label,
    band,
    caption,
    equals,
    ink,
    new_figure,
    panels,
    save,
    shades,
    styled,
)


def test_a_figure_is_saved_in_every_format(tmp_path: Path) -> None:
    with styled():
        figure, _ = new_figure(1, 1, height=2.0)
        files = save(figure, tmp_path / "deep" / "plot")
    assert [file.suffix[1:] for file in files] == list(FORMATS)
    assert all(file.stat().st_size > 500 for file in files)
    assert {file.name for file in (tmp_path / "deep").iterdir()} == {f"plot.{suffix}" for suffix in FORMATS}


def test_drawing_twice_gives_the_same_vector_files(tmp_path: Path) -> None:
    def draw(stem: str) -> bytes:
        with styled():
            figure, ((axes,),) = new_figure(1, 1, height=2.0)
            axes.plot([1, 2], [1, 2])
            return save(figure, tmp_path / stem)[1].read_bytes()

    assert draw("one") == draw("two")


def test_what_is_not_positive_is_drawn_as_an_upper_limit() -> None:
    with styled():
        _, ((axes,),) = new_figure(1, 1, height=2.0)
        axes.set(yscale="log", ylim=(0.01, 10))
        band(axes, [1, 2], [0.5, -0.2], [0.1, -0.4], [0.9, 0.3], joined=True)
    estimate, limit = axes.lines
    np.testing.assert_array_equal(estimate.get_xydata(), [[1, 0.5], [2, np.nan]])
    np.testing.assert_array_equal(limit.get_xydata(), [[2, 0.3]])
    assert limit.get_marker() == "v"


def luminance(colour: str) -> float:
    """Relative luminance of the colour on paper without colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_shades_differ_in_greyscale_and_stand_out_from_paper(count: int) -> None:
    levels = [luminance(colour) for colour in shades(count)]
    assert min(np.diff(np.cbrt(levels))) > 0.08
    assert 1.05 / (max(levels) + 0.05) > 2.0


def test_words_beside_a_curve_are_dark_enough_to_read() -> None:
    contrasts = [1.05 / (luminance(ink(colour)) + 0.05) for colour in shades(5)]
    assert min(contrasts) >= 4.5


def test_the_senses_differ_without_colour() -> None:
    assert len({look["linestyle"] for look in (BOUND, MEASURED, LOWER)}) == 3


def test_the_style_ends_with_its_block_and_ignores_the_users() -> None:
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9}):
        with styled():
            assert mpl.rcParams["font.size"] < 20
            assert mpl.rcParams["lines.linewidth"] < 9
        assert mpl.rcParams["font.size"] == 20


def test_labels_come_from_the_symbol_table() -> None:
    assert axis_label("eps_q") == r"quantization error $\varepsilon_q$"
    assert axis_label("n") == "number of demonstrations $n$"
    assert equals("L", 0.05) == "$L$\xa0=\xa00.05"


def test_captions_are_broken_to_the_width_and_never_inside_an_equation() -> None:
    with styled():
        figure, _ = panels(1, 1, width=COLUMN, height=2.0)
        caption(figure, f"A long caption that says {equals('H', 50)} " + "again and again " * 9)
        figure.draw_without_rendering()
        page = figure.bbox_inches.x1
        assert figure.get_tightbbox().x1 <= page
    assert any("$H$\xa0=\xa050" in line for line in figure.get_supxlabel().split("\n"))


def test_letters_that_computer_modern_lacks_are_drawn_in_another_type(tmp_path: Path) -> None:
    """A letter without a glyph is a box on paper and a warning, hence an error, here."""
    paper = Look(latex=True)
    with styled(paper):
        figure, (axes,) = panels(1, 1, width=COLUMN, height=2)
        axes.set_title("6× ε – é → ≤")
        pdf = save(figure, tmp_path / "a", paper)[-1].read_bytes()
    assert b"cmr10" in pdf.lower()
    assert b"stix" in pdf.lower()


def test_a_paper_sets_captions_apart_and_type_in_computer_modern(tmp_path: Path) -> None:
    paper = Look(captions=False, latex=True)
    with styled(paper):
        figure, (axes,) = panels(1, 1, width=COLUMN, height=2)
        axes.set_title("regret")
        caption(figure, "What to see.")
        written = save(figure, tmp_path / "a", paper)
    assert [path.suffix for path in written] == [".txt", ".png", ".svg", ".pdf"]
    assert written[0].read_text(encoding="utf-8") == "What to see.\n"
    assert "What to see" not in written[2].read_text(encoding="utf-8")
    pdf = written[3].read_bytes()
    assert b"cmr10" in pdf.lower()
    assert b"/Type3" not in pdf  # fonts as outlines that editors and journals take
