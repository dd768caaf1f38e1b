"""Formulas become MathML: every symbol and every caption of the package, and nothing dangerous."""

from pathlib import Path

import pytest

import bounds
from figures.catalog import FIGURES
from figures.style import styled
from figures.tables import read_csv
from quantbc.report.typeset import formula, symbol, with_formulas

BASELINE = Path(__file__).parents[2] / "figures" / "baseline"


@pytest.mark.parametrize("name", bounds.SYMBOLS)
def test_every_symbol_is_typeset(name: str) -> None:
    assert "\\" not in symbol(name)


@pytest.mark.parametrize("name", FIGURES)
def test_every_caption_is_typeset(name: str) -> None:
    with styled():
        caption = FIGURES[name].draw(read_csv(BASELINE / f"{name}.csv")).get_supxlabel()
    assert not {"\\", "$"} & set(with_formulas(caption))


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("K^K", "<msup><mi>K</mi><mi>K</mi></msup>"),
        (r"\log N", "log"),
        ("a<b", "&#x0003C;"),
        (r"\unknown", r"\unknown"),
    ],
)
def test_commands_and_scripts(latex: str, shown: str) -> None:
    assert "<math " in formula(latex)
    assert shown in formula(latex)


def test_text_around_formulas_is_escaped() -> None:
    assert with_formulas("<b> $<$").startswith("&lt;b&gt; <math ")
    assert "<b>" not in with_formulas("<b> $<b>$")
