"""The phase map: the named term is the largest one, and vacuous means at least H."""

import numpy as np

from figures.phases import Settings, compute, draw
from figures.style import styled

ROWS = compute(Settings(points=13))


def test_the_dominating_term_is_the_largest() -> None:
    for row in ROWS:
        terms = {name: row[name] for name in ("imitation", "decoupling", "drift")}
        assert row[row["dominant"]] == max(terms.values())
        assert np.isclose(row["bound"], sum(terms.values()), rtol=1e-12)


def test_vacuous_is_where_the_bound_reaches_the_horizon() -> None:
    assert all(row["vacuous"] == (row["bound"] >= row["H"]) for row in ROWS)


def test_every_phase_occurs() -> None:
    assert {row["dominant"] for row in ROWS} == {"imitation", "decoupling", "drift"}
    assert {row["vacuous"] for row in ROWS} == {True, False}


def test_every_region_is_named_once() -> None:
    with styled():
        (axes,) = draw(ROWS).axes
    names = [text.get_text() for text in axes.texts if text.get_text().isalpha()]
    assert sorted(names) == ["decoupling", "drift", "imitation", "vacuous"]
