"""Formulas become HTML: every symbol and every caption of the package, and nothing dangerous."""

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
        ("K^K", "<i>K</i><sup><i>K</i></sup>"),
        ("10^{-5}", "10<sup>-5</sup>"),
        (r"\bar e", "<i>e\u0304</i>"),
        (r"\rho = \eta + C\ell", "<i>ρ</i> = <i>η</i> + <i>C</i><i>ℓ</i>"),
        (r"\log N", "log <i>N</i>"),
        ("a<b", "<i>a</i> &lt; <i>b</i>"),
        (r"\unknown", r"\unknown"),
        ("x^", "<i>x</i><sup></sup>"),
    ],
)
def test_commands_and_scripts(latex: str, shown: str) -> None:
    assert formula(latex) == f'<span class="math">{shown}</span>'


def test_text_around_formulas_is_escaped() -> None:
    assert with_formulas("<b> $<$") == '&lt;b&gt; <span class="math"> &lt; </span>'
