"""The fragment carries its tables, says what it shows, and fetches nothing."""

import json
import re

import pytest
from markupsafe import Markup

import bounds
from quantbc.report.explorer import Slider, fragment, sliders
from quantbc.report.explorer_statements import SETTINGS, Explorer

TEXT = str(fragment())
DATA = json.loads(re.search(r'id="explorer-data">(.*?)</script>', TEXT, re.DOTALL)[1])  # type: ignore[index]


def test_the_page_has_the_tables_of_the_package() -> None:
    made = json.loads(json.dumps(Explorer().to_json()))
    assert {name: DATA[name] for name in made} == made
    assert DATA["confidence"] == 1 - SETTINGS.delta


def test_the_fragment_is_small() -> None:
    assert len(TEXT) < 300_000


def test_nothing_comes_from_elsewhere() -> None:
    assert not re.findall(r"(?:src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest", TEXT)
    assert re.findall(r"https?://[^\"]+", TEXT) == ["http://www.w3.org/2000/svg"]  # the name of a format


def test_every_statement_stands_in_the_words_of_the_catalog() -> None:
    for shown in Explorer().shown:
        theorem = bounds.catalog[shown.key]
        assert f'<option value="{shown.key}"' in TEXT
        assert str(Markup.escape(theorem.statement)) in TEXT
        assert theorem.source in TEXT


def test_sliders_reach_from_end_to_end_of_the_tables() -> None:
    offered = {slider.name: slider for slider in sliders(SETTINGS)}
    ranges = {"H": "horizons", "K": "bins", "n": "demonstrations", "eta": "decays"}
    for name, setting in ranges.items():
        values = offered[name].values
        assert (values[0], values[-1]) == getattr(SETTINGS, setting)
    slopes = offered["lipschitz"].values
    assert (slopes[0], slopes[1], slopes[-1]) == (0.0, *SETTINGS.slopes)
    assert all(value == int(value) for name in ("H", "K", "n") for value in offered[name].values)


@pytest.mark.parametrize(
    ("values", "start", "message"),
    [
        ((1.0,), 1.0, "values of H must be two or more, increasing"),
        ((2.0, 1.0), 1.0, "values of H must be two or more, increasing"),
        ((1.0, 2.0), 3.0, "start of H must be one of its values"),
    ],
)
def test_a_slider_that_cannot_move_is_refused(values: tuple[float, ...], start: float, message: str) -> None:
    with pytest.raises(bounds.ParameterError, match=message):
        Slider("H", Markup("H"), "", "", values, start)
