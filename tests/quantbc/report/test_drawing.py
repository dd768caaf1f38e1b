"""Drawings inside a page: named, described, with names of their own, and the same every time."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from figures.catalog import FIGURES
from figures.tables import read_csv
from quantbc.report.drawing import embedded, picture

BASELINE = Path(__file__).parents[2] / "figures" / "baseline"
SVG = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "http://www.w3.org/b.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
<metadata>m</metadata><defs><style>*{fill: red}</style><path id="glyph" d="M 1.23456 2"/></defs>
<g id="figure_1" clip-path="url(#clip)"><use xlink:href="#glyph" x="3.14159"/></g>
<clipPath id="clip"><rect x="0"/></clipPath></svg>"""


def drawn(name: str) -> Any:
    return picture(FIGURES[name], read_csv(BASELINE / f"{name}.csv"), table=f"data/{name}.csv")


def test_names_get_a_prefix_and_references_follow() -> None:
    svg = embedded(SVG, name="a", title="T", alt="D")
    assert 'clip-path="url(#a-clip)"' in svg
    assert '<use href="#a-glyph" x="3.14"' in svg
    assert set(re.findall(r'id="([^"]*)"', svg)) == {"a-glyph", "a-clip", "a-title", "a-alt"}


def test_what_belongs_to_a_file_is_left_out() -> None:
    svg = embedded(SVG, name="a", title="T", alt="D")
    assert not [word for word in ("http", "<?xml", "DOCTYPE", "metadata", "style", "9pt") if word in svg]
    assert 'd="M 1.23 2"' in svg


def test_title_and_description_are_escaped() -> None:
    svg = embedded(SVG, name="a", title="</title><script>", alt="a < b")
    assert '<title id="a-title">&lt;/title&gt;&lt;script&gt;</title><desc id="a-alt">a &lt; b</desc>' in svg


@pytest.mark.parametrize("name", ["bins_needed", "proof_graph"])
def test_a_figure_is_described_and_its_caption_is_text(name: str) -> None:
    found = drawn(name)
    assert FIGURES[name].alt in found.svg
    assert "No randomness." in found.caption
    assert "No randomness" not in found.svg
    assert found.svg == drawn(name).svg


def test_two_figures_share_no_names(inspect: Callable[[str], Any]) -> None:
    both = drawn("bins_needed").svg + drawn("tokenizers").svg
    assert inspect(both).wrong == []
    same = replace(FIGURES["tokenizers"], name="bins_needed")
    clash = drawn("bins_needed").svg + picture(same, read_csv(BASELINE / "tokenizers.csv"), table="").svg
    assert inspect(clash).wrong != []
