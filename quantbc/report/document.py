"""The report as data: results in, sections out; nothing is computed but the bounds themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from figures.catalog import PROBLEM_FIGURES
from figures.tables import Row
from quantbc.problem.file import Problem
from quantbc.report import checks, explorer, measured, problem, provenance, terms, tokenizers
from quantbc.report.blocks import Block, Items, Page, Picture, Raw, Section, Text
from quantbc.report.drawing import picture
from quantbc.sweeps.findings import Findings
from quantbc.sweeps.gallery import Drawn

FOLDER = "data"
"""Where tables and stores are, beside the page."""
VERIFY_SEED = 0
AUDIT_SEED = 0


@dataclass(frozen=True)
class Results:
    """Everything a report is made of.

    Attributes:
        problem: the study; None for a report on data alone.
        source: its file, parsed.
        rows: every finished cell.
        findings: what they add up to.
        shown: of every setting, the row of the worst seed.
        figures: tables of the package's figures.
        checks: what was proved (`checks.plain`).
        audit: document of an audit; None without one.
        command: what makes the report again.
        certificate: what is certified of a trained policy, a sentence each; empty without one.
        title: what the page is about, where that is not the study's name.
    """

    problem: Problem | None
    source: Mapping[str, Any]
    rows: Sequence[Row]
    findings: Findings
    shown: Sequence[Row]
    figures: tuple[Drawn, ...]
    checks: Mapping[str, Any]
    audit: Mapping[str, Any] | None
    command: str
    certificate: tuple[str, ...] = ()
    title: str = ""


def failures(results: Results) -> tuple[str, ...]:
    """Every failed claim, one sentence each; empty if none failed."""
    figures = [f"figure {drawn.plot.name} failed: {drawn.error}" for drawn in results.figures if drawn.rows is None]
    return (*measured.failures(results.rows, results.findings), *results.checks["problems"], *figures)


def document(results: Results, made: str) -> Page:
    """The page: what is the reader's own comes first, then what holds for everybody.

    Args:
        results: what it is made of.
        made: the date.
    """
    explore = (Text("The bounds at values of your choice, by term."), Raw(explorer.fragment()))
    sections = [
        *_own(results),
        Section("explore", "Explore", explore),
        checks.section(results.checks),
        _gallery(results.figures),
        provenance.section(
            results.problem,
            results.figures,
            command=results.command,
            verify_seed=VERIFY_SEED,
            audit_seed=None if results.audit is None else AUDIT_SEED,
        ),
    ]
    return Page(
        title=f"quantbc report: {results.title or (results.problem and results.problem.name)}",
        lead="Regret bounds for behavior cloning with quantized actions: computed, proved, measured.",
        failures=failures(results),
        summary=_summary(results),
        sections=tuple(sections),
        made=made,
    )


def _own(results: Results) -> Iterator[Section]:
    """What the reader asked about: a study, data, a trained policy."""
    if results.problem is not None:
        drawings = PROBLEM_FIGURES.values() if results.shown else ()
        study = [picture(drawing, results.shown, table=f"{FOLDER}/settings.csv") for drawing in drawings]
        yield problem.section(results.problem, results.source)
        yield terms.section(results.problem)
        yield measured.section(results.rows, results.findings, results.shown, study, table=f"{FOLDER}/cells.csv")
    if results.audit is not None:
        yield _audit(results.audit)
    if results.certificate:
        estimated = Text(
            "What a trained policy's validation error certifies; ~ marks values based on estimated constants."
        )
        yield Section("certificate", "Certificate", (estimated, Items(results.certificate)))


def _summary(results: Results) -> tuple[tuple[str, str], ...]:
    summary, found = results.findings.summary, results.checks
    proved = sum(proof["verdict"] == "PROVED" for proof in found["theorems"].values())
    held = sum(check["holds"] for check in found["empirical"])
    drawn = sum(figure.rows is not None for figure in results.figures)
    study = (
        ("measured", f"{summary.cells} cells, {summary.violations} violations"),
        ("informative", f"bound below H on {summary.cells - summary.vacuous} of {summary.cells} cells"),
    )
    return (
        *(() if results.problem is None else study),
        ("proved", f"{proved} of {len(found['theorems'])}, by the kernel; {len(found['open'])} statements open"),
        ("mutants", f"{found['mutants']['refuted']} of {found['mutants']['total']} refuted"),
        ("checked on cases", f"{held} of {len(found['empirical'])} checks hold"),
        ("figures", f"{drawn} of {len(results.figures)}"),
    )


def _gallery(figures: Sequence[Drawn]) -> Section:
    blocks: list[Block] = [Text("Dashed: upper bound; solid: measured; dotted: lower bound.")]
    blocks += [_drawn(figure) for figure in figures]
    return Section("figures", "Figures", tuple(blocks))


def _drawn(figure: Drawn) -> Picture | Text:
    if figure.rows is None:
        return Text(f"{figure.plot.title}: the table could not be computed: {figure.error}", "bad")
    return picture(figure.plot, figure.rows, table=f"{FOLDER}/{figure.plot.name}.csv")


def _audit(document: Mapping[str, Any]) -> Section:
    table = tokenizers.rows(document)
    drawn = picture(tokenizers.drawing(document), table, table=f"{FOLDER}/{tokenizers.NAME}.csv")
    return tokenizers.section(document, [drawn])
