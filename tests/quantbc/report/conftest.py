"""A small page made by hand, results made by hand, and what every page must satisfy."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from quantbc.problem.file import Problem, load
from quantbc.report.blocks import Bar, Fold, Items, Page, Picture, Raw, Section, Table, Text
from quantbc.report.document import Results
from quantbc.report.drawing import embedded
from quantbc.sweeps.findings import Findings

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M 0 0"/></svg>'
VOID = {"meta", "link", "br", "input", "hr", "img"}
RESOURCES = {"src", "href", "xlink:href", "srcset", "data", "poster", "action", "formaction"}


class Inspector(HTMLParser):
    """Collects what a page must not have, and what it must."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.csp = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "svg" and named.get("aria-hidden") != "true":
            self._name(named)
        if tag == "meta" and named.get("http-equiv") == "Content-Security-Policy":
            self.csp = named["content"]
        if tag in {"h1", "h2", "h3", "h4", "h5"}:
            self.headings.append(int(tag[1]))
        self.wrong += [f"{tag} {key}" for key in named if key.startswith("on")]
        for key in RESOURCES & set(named):
            if named[key].startswith("#"):
                self.links.append(named[key][1:])
            elif tag != "a" and not named[key].startswith("data:"):
                self.wrong.append(f"{tag} {key}={named[key]}")
            elif ":" in named[key].split("/")[0] and not named[key].startswith("data:"):
                self.wrong.append(f"link to elsewhere: {named[key]}")

    def _name(self, named: dict[str, str]) -> None:
        """A drawing says what it is: by its title and description, or by a label of its own."""
        self.labels.append(named.get("aria-labelledby", ""))
        if named.get("role") != "img" or not (self.labels[-1].strip() or named.get("aria-label", "").strip()):
            self.wrong.append("svg without a name")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"unbalanced {tag}")

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    @property
    def words(self) -> str:
        """Everything that is shown."""
        return " ".join(" ".join(text for tag, text in self.texts if tag not in ("style", "script")).split())

    @property
    def scripts(self) -> list[str]:
        return [text for tag, text in self.texts if tag == "script"]


def inspected(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    twice = sorted({name for name in inspector.ids if inspector.ids.count(name) > 1})
    inspector.wrong += [f"id {name} twice" for name in twice]
    inspector.wrong += [f"link to nothing: {name}" for name in inspector.links if name not in inspector.ids]
    named = {name for label in inspector.labels for name in label.split()}
    inspector.wrong += [f"named by nothing: {name}" for name in named if name not in inspector.ids]
    style = " ".join(text for tag, text in inspector.texts if tag == "style")
    inspector.wrong += [word for word in ("@import", "url(http", "//") if word in style]
    return inspector


@pytest.fixture
def inspect() -> Callable[[str], Inspector]:
    return inspected


@pytest.fixture
def page() -> Page:
    """A page with every kind of block."""
    svg = embedded(SVG, name="dot", title="A dot", alt="One dot.")
    table = Table("Numbers", (("name", False), ("share", False), ("n", True)), (("a", Bar((("x", 1.0),)), "1"),))
    blocks = (
        *(Text("plain"), Text("wrong", "bad"), Items(("one", "two")), table),
        *(
            Picture("dot", "A dot", svg, "A caption.", 2.0, "data/dot.csv"),
            Fold("more", (Text("inside"),), anchor="in"),
        ),
        Raw(Markup("<p>raw</p>")),
    )
    below = Section("below", "Below", (Text("x"),))
    return Page("A page", "Lead.", (), (("cells", "3"),), (Section("first", "First", blocks, (below,)),), "2026-01-02")


def checked(**changes: Any) -> dict[str, Any]:
    """A verification of one proof, made by hand."""
    step = {"id": "sum", "engine": "smt", "verdict": "ALGEBRA CHECKED", "seconds": 0.1, "claim": "1 + 1 = 2"}
    case = step | {"id": "case", "engine": "exact", "verdict": "CHECKED ON CASES", "mutants": 1}
    proof = {"verdict": "ALGEBRA CHECKED", "title": "Sums", "kind": "lemma", "provenance": "ours"}
    check = {"name": "rates", "theorem": "sums", "claim": "it scales", "cases": 4, "holds": True, "found": "1.0"}
    return {
        "theorems": {"sums": proof | {"steps": [step | {"mutants": 2, "cvc5": "open"}, case], "axioms": ["limits"]}},
        "mutants": {"total": 3, "refuted": 3},
        "open": {"hard": "nobody knows"},
        "second_opinion": {"agrees": 0, "open": 1, "disagrees": 0},
        "empirical": [check],
        "problems": [],
        "seconds": 1.0,
        "axioms": {"limits": ["Limits preserve weak inequalities.", "W. Rudin"]},
        "sources": {"sums": "here"},
        "refuted": {"sums": {"sum": 2, "case": 1}},
    } | changes


@pytest.fixture
def checks_data() -> Callable[..., dict[str, Any]]:
    return checked


@pytest.fixture
def problem(problem_file: Path) -> Problem:
    return load(problem_file)


@pytest.fixture
def results(problem: Problem) -> Results:
    """Results without measurement or figures, to be replaced in part."""
    return Results(problem, {"name": "small"}, (), Findings(), (), (), checked(), None, "quantbc report")


@pytest.fixture
def row() -> dict[str, Any]:
    """A finished cell."""
    return {
        "expert": "gaussian", "quantizer": "uniform 32", "H": 6, "n": 20, "seed": 1, "delta": 0.05, "regret": 0.5,
        "low": 0.25, "high": 0.75, "bound": 2.0, "statement": "theorem_2", "vacuous": False, "holds": True, "cells": 32,
        "terms": {"imitation": 1.0, "decoupling": 0.25, "drift": 0.75}, "lower_bound": 0.1, "constants": {},
    }  # fmt: skip


@pytest.fixture
def with_rows(results: Results) -> Callable[[list[dict[str, Any]]], Results]:
    """Results with these cells."""

    def put(rows: list[dict[str, Any]]) -> Results:
        findings = Findings()
        for row in rows:
            findings.summary.add({name: row[name] for name in ("expert", "quantizer", "H", "n")}, row)
        return replace(results, rows=rows, findings=findings, shown=rows)

    return put
