"""The whole page from results made by hand: every section, every failure."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from figures.catalog import FIGURES
from figures.tables import read_csv
from quantbc.problem.file import load
from quantbc.report.document import Results, document, failures
from quantbc.report.page import render
from quantbc.sweeps.gallery import Drawn

BASELINE = Path(__file__).parents[2] / "figures" / "baseline"
WithRows = Callable[[list[dict[str, Any]]], Results]


def drawn(name: str) -> Drawn:
    return Drawn(FIGURES[name], read_csv(BASELINE / f"{name}.csv"), "", ("quantbc",))


def test_every_section_is_there_and_sound(
    with_rows: WithRows, row: dict[str, Any], inspect: Callable[[str], Any]
) -> None:
    rows = [row | {"H": H, "quantizer": f"uniform {bins}", "cells": bins} for H in (3, 6) for bins in (16, 32)]
    results = replace(with_rows(rows), figures=(drawn("bins_needed"), drawn("tokenizers")))
    page = document(results, "2026-01-02")
    names = [section.name for section in page.sections]
    assert names == ["problem", "bounds", "measured", "explore", "checks", "figures", "versions"]
    assert page.failures == ()
    found = inspect(render(page))
    assert found.wrong == []
    assert len(found.labels) >= 4


@pytest.mark.slow
def test_every_figure_of_the_package_fits_on_one_page(results: Results, inspect: Callable[[str], Any]) -> None:
    html = render(document(replace(results, figures=tuple(drawn(name) for name in FIGURES)), "2026"))
    assert inspect(html).wrong == []
    assert html.count("<figure id=") == len(FIGURES)
    assert len(html) < 2_000_000


def test_every_kind_of_failure_is_on_the_page(
    with_rows: WithRows, row: dict[str, Any], checks_data: Callable[..., Any], inspect: Callable[[str], Any]
) -> None:
    figure = Drawn(FIGURES["gap"], None, "OverflowError: too large", ("quantbc",))
    results = replace(
        with_rows([row | {"holds": False}]), figures=(figure,), checks=checks_data(problems=["sums/sum is UNKNOWN"])
    )
    found = failures(results)
    assert [text.split(":")[0] for text in found] == ["bound violated", "sums/sum is UNKNOWN", "figure gap failed"]
    words = inspect(render(document(results, "2026"))).words
    assert "3 claims failed" in words
    assert all(text in words for text in found)
    assert "the table could not be computed: OverflowError: too large" in words


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</title><b>"])
def test_texts_of_a_problem_file_are_escaped(
    results: Results, problem_text: str, tmp_path: Path, inspect: Callable[[str], Any], text: str
) -> None:
    changed = problem_text.replace('name = "gaussian"', f'name = "{text}"')
    path = tmp_path / "evil.toml"
    path.write_text(f'description = "{text}"\n{changed}', encoding="utf-8")
    clean, evil = results, replace(results, problem=load(path), source={"description": text})
    expected, found = (inspect(render(document(each, "2026"))) for each in (clean, evil))
    assert found.wrong == []
    assert found.scripts == expected.scripts
    assert found.words.count(text) >= 3


def test_a_page_about_data_alone_has_no_study(results: Results) -> None:
    page = document(replace(results, title="demo.npz", problem=None, certificate=("error 0.1",)), "2026-01-02")
    assert page.title == "quantbc report: demo.npz"
    assert [section.name for section in page.sections] == ["certificate", "explore", "checks", "figures", "versions"]
    assert not {"measured", "informative"} & {name for name, _ in page.summary}


def test_what_is_the_reader_s_own_comes_first(results: Results) -> None:
    page = document(replace(results, certificate=("error 0.1",)), "2026-01-02")
    assert [section.name for section in page.sections][:4] == ["problem", "bounds", "measured", "certificate"]
