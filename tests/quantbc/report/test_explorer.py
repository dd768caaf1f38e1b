"""The fragment carries its expressions and numbers, says what it shows, and fetches nothing."""

import json
import re

import numpy as np
import pytest
import sympy
from markupsafe import Markup

import bounds
from quantbc.report.explorer import FIXED, Settings, fragment, script, sliders, symbols

TEXT = str(fragment())
DATA = json.loads(re.search(r'id="explorer-data">(.*?)</script>', TEXT, re.DOTALL)[1])  # type: ignore[index]


def test_the_page_has_the_numbers_of_the_sliders() -> None:
    assert DATA["fixed"] == FIXED
    for slider, on_page in zip(sliders(), DATA["sliders"], strict=True):
        assert on_page["values"] == list(slider.values)
        assert on_page["values"][on_page["start"]] == slider.start
        for position in (0, 7, -1):
            at_one = symbols(slider.name, slider.values[position])
            assert {of: numbers[position] for of, numbers in on_page["symbols"].items()} == pytest.approx(
                {of: float(number) for of, number in at_one.items()}
            )


def test_the_fragment_is_small() -> None:
    assert len(TEXT) < 40_000


def test_a_sum_that_cannot_go_on_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sum adds must not change with what it is part of: the page goes on from where it was."""
    i, j, H = sympy.symbols("i j H")
    nested = sympy.Sum(sympy.Sum(i * j, (j, 0, i)), (i, 0, H))
    first, *_ = Settings.shown
    theorem = type("Nested", (), {"parts": lambda _: {"drift": nested}})()
    monkeypatch.setattr(bounds, "catalog", {**bounds.catalog, first[0]: theorem})
    with pytest.raises(bounds.ParameterError, match="over its own index alone"):
        script()


def test_nothing_comes_from_elsewhere() -> None:
    assert not re.findall(r"(?:src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest", TEXT)
    assert re.findall(r"https?://[^\"]+", TEXT) == ["http://www.w3.org/2000/svg"]  # the name of a format


def test_every_statement_stands_in_the_words_of_the_catalog() -> None:
    for key, *_ in Settings.shown:
        theorem = bounds.catalog[key]
        assert f'<option value="{key}"' in TEXT
        assert str(Markup.escape(theorem.statement)) in TEXT
        assert theorem.source in TEXT


def test_sliders_move_and_start_on_one_of_their_values() -> None:
    for slider in sliders():
        assert (np.diff(slider.values) > 0).all()
        assert slider.start in slider.values
        if slider.name in ("H", "K", "n"):
            assert all(value == int(value) for value in slider.values)
