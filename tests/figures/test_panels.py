"""The regret panels: what is drawn is what was measured."""

import numpy as np
import pytest

from figures.panels import Panels, worst_seed
from figures.style import styled


def row(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "expert": "deterministic",
        "quantizer": "uniform 16",
        "statement": "binning_lipschitz",
        "delta": 0.05,
        "cells": 16,
        "H": 10,
        "n": 100,
        "seed": 0,
        "regret": 0.5,
        "low": 0.4,
        "high": 0.6,
        "bound": 2.0,
        "rungs": {"certificate": 0.8},
    }
    return base | changes


ROWS = [row(), row(H=20, regret=1.0, low=0.9, high=1.1, bound=4.0, rungs={})]
LAYOUT = Panels(x="H", x_label="horizon H (steps)", column="quantizer", column_title=str)


def curves(rows: list[dict[str, object]]) -> dict[str, list[list[float]]]:
    with styled():
        (axes,) = LAYOUT.draw(rows).axes
    return {
        str(line.get_linestyle()): np.transpose(line.get_data()).tolist()
        for line in axes.lines
        if len(line.get_xdata())
    }


def test_bound_is_dashed_certificate_dash_dotted_and_no_line_is_dotted() -> None:
    drawn = curves(ROWS)
    assert drawn["--"] == [[10.0, 2.0], [20.0, 4.0]]
    assert drawn["-."] == [[10.0, 0.8]]
    assert ":" not in drawn


def test_a_certificate_that_is_not_positive_leaves_a_gap_and_no_number_far_below() -> None:
    """It once stood at the place of the smallest float, and the axes' labels under the caption."""
    rows = [row(rungs={"certificate": 0.6}), row(H=20, regret=-0.1, low=-0.1, high=-0.1, rungs={"certificate": -0.1})]
    np.testing.assert_array_equal(curves(rows)["-."], [[10.0, 0.6], [20.0, np.nan]])
    with styled():
        figure = LAYOUT.draw(rows)
        figure.draw_without_rendering()
    assert all(text.xy[1] > 0 for text in figure.axes[0].texts)


def labels(rows: list[dict[str, object]]) -> tuple[set[str], str]:
    with styled():
        figure = LAYOUT.draw(rows)
    return {text.get_text() for text in figure.legends[0].get_texts()}, figure.get_supxlabel()


def test_a_lower_bound_on_this_instance_is_dotted_and_one_on_the_worst_is_not_drawn() -> None:
    own = {"floor": 0.3, "floor_statement": "theorem_6"}
    worst = {"lower_bound": 9.0, "lower_statement": "theorem_9"}
    rows = [row(bound=None, statement=None, rungs={}, **own, **worst)]
    assert curves(rows)[":"] == [[10.0, 0.3]]
    legend, caption = labels(rows)
    assert "lower bound on this instance" in legend
    assert "theorem_6" in caption
    legend, caption = labels([row(**worst)])
    assert "lower bound on this instance" not in legend
    assert "theorem_9" not in caption


def test_the_legend_lists_what_is_drawn() -> None:
    legend, caption = labels([row(bound=None, statement=None, rungs={})])
    assert legend == {"measured, with interval", "H: above it a bound is vacuous"}
    assert "certificate" not in caption


def written(rows: list[dict[str, object]]) -> set[str]:
    with styled():
        return {text.get_text() for axes in LAYOUT.draw(rows).axes for text in axes.texts}


def test_the_last_point_says_how_far_the_bound_is() -> None:
    assert written([row(), row(H=20, regret=1.0, low=0.9, bound=4.0, rungs={"certificate": 1.25})]) == {"4×", "1.2×"}
    assert written([row(low=-0.1)]) == {"0.2 H", "0.08 H"}


def test_panels_come_in_the_order_of_their_cells() -> None:
    rows = [row(quantizer="uniform 64", cells=64), row(), row(quantizer="learned", cells=None)]
    with styled():
        assert [axes.get_title() for axes in LAYOUT.draw(rows).axes] == ["uniform 16", "uniform 64", "learned"]


def test_rows_of_one_name_with_other_cells_are_points_of_one_curve() -> None:
    layout = Panels(x="cells", x_label="cells", column="H", column_title=str)
    rows = [row(quantizer="own", cells=cells, regret=8 / cells, bound=32 / cells) for cells in (4, 16, 64)]
    with styled():
        (axes,) = layout.draw(rows).axes
    drawn = {str(line.get_linestyle()): list(line.get_xdata()) for line in axes.lines if len(line.get_xdata())}
    assert drawn["--"] == [4, 16, 64]
    assert any(list(line.get_ydata()) == [2, 0.5, 0.125] and line.get_linestyle() == "-" for line in axes.lines)


def test_a_tokenizer_without_a_number_of_cells_stands_beyond_those_that_have_one() -> None:
    layout = Panels(x="cells", x_label="cells", column="H", column_title=str)
    with styled():
        (axes,) = layout.draw([row(), row(quantizer="own", cells=None, bound=3.0)]).axes
    (bound,) = (line for line in axes.lines if line.get_linestyle() == "--")
    assert np.transpose(bound.get_data()).tolist() == [[16.0, 2.0], [32.0, 3.0]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["16", "∞"]


def test_an_expert_may_have_any_name() -> None:
    with styled():
        figure = LAYOUT.draw([row(expert="a$b_$^")])
        figure.draw_without_rendering()
    assert figure.axes[0].get_ylabel().startswith("a$b_$^ expert")


def test_the_worst_seed_is_drawn() -> None:
    assert [r["seed"] for r in worst_seed([row(), row(seed=1, regret=0.7)], ["H"])] == [1]
    assert curves([*ROWS, row(seed=1, bound=2.0, regret=0.7)])["--"] == [[10.0, 2.0], [20.0, 4.0]]


def test_the_caption_names_sense_source_and_seeds() -> None:
    with styled():
        figure = LAYOUT.draw(ROWS)
    caption = " ".join(figure.get_supxlabel().split())
    for words in (
        "The measured regret (solid) stays below",
        "upper bounds, with probability 0.95",
        "arXiv:2603.20538v1",
        "n = 100",
        "here 0",
    ):
        assert words in caption


def test_no_line_of_the_caption_ends_inside_an_equation() -> None:
    with styled():
        caption = LAYOUT.draw(ROWS).get_supxlabel()
    assert any("n\xa0=\xa0100" in line for line in caption.split("\n"))


def test_diamonds_are_drawn_and_named_only_where_a_tokenizer_is_no_series() -> None:
    def caption_and_markers(column: str, rows: list[dict[str, object]]) -> tuple[str, set[object]]:
        with styled():
            figure = Panels(x="cells", x_label="cells", column=column, column_title=str).draw(rows)
        markers = {line.get_marker() for axes in figure.axes for line in axes.lines}
        return " ".join(figure.get_supxlabel().split()), markers

    mixed = [row(bins=16), row(quantizer="uniform 64", bins=64, cells=64)]
    mixed.append(row(quantizer="openvla 256", bins=256, cells=255))
    caption, markers = caption_and_markers("H", mixed)
    assert "hollow diamonds, openvla 256;" in caption
    assert "D" in markers
    for column, rows in (("quantizer", mixed), ("H", ROWS[:1])):
        caption, markers = caption_and_markers(column, rows)
        assert "diamond" not in caption
        assert "D" not in markers


@pytest.mark.parametrize("count", [1, 3])
def test_there_is_a_panel_for_every_expert_and_column(count: int) -> None:
    rows = [row(quantizer=f"uniform {k}", expert=e) for k in range(count) for e in ("deterministic", "gaussian")]
    with styled():
        assert len(LAYOUT.draw(rows).axes) == 2 * count
