"""The page as HTML: structure, names, nothing from elsewhere, everything escaped."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

from quantbc.report.blocks import Items, Page, Picture, Section, Table, Text
from quantbc.report.explorer import fragment
from quantbc.report.page import render
from quantbc.report.typeset import environment

EVIL = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def evil(page: Page) -> Page:
    """The same page with something nasty in every text."""
    table = Table(EVIL, ((EVIL, False), (EVIL, True)), ((EVIL, EVIL),))
    picture = Picture("evil", EVIL, Markup("<svg role='img' aria-labelledby='evil-heading'></svg>"), EVIL, 1.0, "x.csv")
    section = Section("evil", EVIL, (Text(EVIL), Items((EVIL,)), table, picture))
    return replace(page, title=EVIL, lead=EVIL, failures=(EVIL,), summary=((EVIL, EVIL),), sections=(section,))


def unescaped() -> Environment:
    templates = environment()
    templates.autoescape = False
    return templates


def test_a_page_is_sound(page: Page, inspect: Callable[[str], Any]) -> None:
    html = render(page)
    found = inspect(html)
    assert found.wrong == []
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert found.headings == [1, 2, 3]
    for words in ("A page", "plain", "one", "Numbers", "A caption.", "inside", "raw", "No claim failed."):
        assert words in found.words


def test_nothing_may_come_from_elsewhere(page: Page, inspect: Callable[[str], Any]) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in inspect(render(page)).csp.split(";"))
    assert rules["default-src"] == "'none'"
    scripts = rules.pop("script-src")
    assert {word for rule in rules.values() for word in rule.split()} == {"'none'", "'unsafe-inline'", "data:"}
    (program,) = re.findall(r"<script>(.*?)</script>", str(fragment()), re.DOTALL)
    assert scripts == f"'sha256-{b64encode(sha256(program.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/a.png">',
        '<script src="a.js"></script>',
        '<a href="https://example.org">x</a>',
        '<p id="first">twice</p>',
        '<a href="#nowhere">x</a>',
        "<svg role='img'></svg>",
        "<p onclick='x()'>x</p>",
        "<p>",
    ],
)
def test_the_inspection_sees_what_is_wrong(page: Page, inspect: Callable[[str], Any], markup: str) -> None:
    bad = Section("bad", "Bad", (Text(Markup(markup)),))  # noqa: S704
    assert inspect(render(replace(page, sections=(*page.sections, bad)))).wrong != []


def test_everything_is_escaped(page: Page, inspect: Callable[[str], Any]) -> None:
    found = inspect(render(evil(page)))
    assert found.wrong == []
    assert found.scripts == []
    assert found.words.count("alert(1)") >= 9


def test_a_template_that_does_not_escape_is_seen(page: Page, inspect: Callable[[str], Any]) -> None:
    found = inspect(render(evil(page), unescaped()))
    assert found.wrong != []
    assert found.scripts != []


def test_a_failed_claim_comes_first(page: Page, inspect: Callable[[str], Any]) -> None:
    words = inspect(render(replace(page, failures=("bound violated: here",)))).words
    assert words.index("1 claim failed") < words.index("bound violated: here") < words.index("plain")
    assert "No claim failed" not in words


def test_wide_content_scrolls_inside_its_own_box(page: Page) -> None:
    html = render(page)
    assert html.count("<table>") == html.count(
        '<div class="scroll wide" role="region" tabindex="0" aria-label="Numbers">'
    )
    assert html.count("<figure") == html.count('<div class="card scroll" role="region" tabindex="0"')


def test_the_same_page_is_the_same_but_for_its_date(page: Page) -> None:
    first, second = render(page), render(replace(page, made="2030-05-06"))
    assert first == render(page)
    assert second == first.replace("2026-01-02", "2030-05-06")
