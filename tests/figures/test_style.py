"""Files are written whole, in every format, and logarithmic axes are honest about zero."""

from pathlib import Path

import numpy as np

from figures.style import FORMATS, band, new_figure, save, styled


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
    np.testing.assert_array_equal(estimate.get_xydata(), [[1, 0.5]])
    np.testing.assert_array_equal(limit.get_xydata(), [[2, 0.3]])
    assert limit.get_marker() == "v"
