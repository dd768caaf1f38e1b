"""`quantbc report`: a study, its bounds, every check and every figure on one page."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figures.catalog import FIGURES
from figures.files import whole
from figures.plot import silent
from figures.tables import Row, write_csv
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.run import Settings
from quantbc.audit.run import audit as run_audit
from quantbc.commands.certify import read_certificate
from quantbc.commands.simulate import compute
from quantbc.commands.verify import checked
from quantbc.errors import ProblemError
from quantbc.output import as_json, print_json, print_line, progress_bar, say
from quantbc.problem.file import Problem, load
from quantbc.report import checks, default_problem, tokenizers
from quantbc.report.blocks import Page
from quantbc.report.document import AUDIT_SEED, FOLDER, Results, document
from quantbc.report.page import render
from quantbc.report.provenance import versions
from quantbc.sweeps.engine import run
from quantbc.sweeps.executors import connect
from quantbc.sweeps.export import export_csv
from quantbc.sweeps.findings import Findings, Selection, last_line
from quantbc.sweeps.gallery import tables
from quantbc.sweeps.store import Store, kept_in
from quantbc.sweeps.study import sweep_of
from quantbc.sweeps.sweep import Axis, Cell, Computation, Sweep
from quantbc.tables.cells import notes, worst


@dataclass(frozen=True)
class Extent:
    """How much goes into a report.

    Attributes:
        figures: names of the package's figures.
        quick: their small settings.
        keys: proofs to check; empty for all.
        workers: processes for the study; by default one a core.
    """

    figures: tuple[str, ...] = tuple(FIGURES)
    quick: bool = False
    keys: tuple[str, ...] = ()
    workers: int | None = None


def verified(cell: Cell) -> dict[str, Any]:
    """Proofs, mutants and empirical checks."""
    return checks.plain(checked(cell.settings["keys"]))


CHECKS = Computation(
    verified, ("bounds", "simulators", "proofs_check", "quantbc.commands.verify", "quantbc.report.checks")
)


def report(
    problem: Path | None,
    *,
    audit: Path | None,
    out: Path,
    extent: Extent,
    json: bool,
    certify: Path | None = None,
    now: datetime | None = None,
) -> int:
    """Compute what is missing, and write the page.

    Args:
        problem: problem file; the package's own small one if there is neither that nor data nor a certificate.
        audit: demonstrations to audit.
        out: folder.
        extent: how much goes in.
        json: print JSON instead of a line.
        certify: the document of a certificate.
        now: the page's date.

    Returns:
        Exit status: 1 if a claim failed (the page says which), else 0.

    Raises:
        ProblemError: a file that cannot be used.
    """
    results = gather(problem, audit=audit, certify=certify, out=out, extent=extent)
    page = document(results, (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"))
    target = out / "report.html"
    with whole(target) as file:
        file.write(render(page).encode())
    if json:
        print_json(_summary(results, page, target))
    else:
        for name, value in page.summary:
            print_line(f"{name}: {value}")
        print_line(str(target))
    for failure in page.failures:
        say(f"FAILED: {failure}")
    return 1 if page.failures else 0


def gather(
    problem: Path | None,
    *,
    audit: Path | None,
    out: Path,
    extent: Extent,
    certify: Path | None = None,
) -> Results:
    """Everything a report is made of; what the folder's stores hold already is not computed again.

    Raises:
        ProblemError: a file that cannot be used.
    """
    path = problem or (default_problem() if audit is None and certify is None else None)
    study = None if path is None else load(path)
    certificate, certified = (None, []) if certify is None else read_certificate(certify)  # refuses before any work
    folder = kept_in(out, FOLDER)
    document = None if audit is None else _audited(audit, folder)
    if certificate is not None:
        with whole(folder / "certificate.json") as file:
            file.write(as_json(certificate).encode())
    rows, findings = ([], Findings()) if study is None else _measured(study, folder, extent.workers)
    with Store(kept_in(folder, "tables.sqlite")) as store:
        say(f"{len(extent.figures)} figures{', small settings' if extent.quick else ''}")
        drawn, _ = tables(extent.figures, store, quick=extent.quick) if extent.figures else ([], None)
        say("proofs and checks")
        found = _verified(store, extent.keys)
    for figure in drawn:
        if figure.rows is not None:
            write_csv(figure.rows, folder / f"{figure.plot.name}.csv", notes=figure.notes)
    return Results(
        problem=study,
        source={} if study is None else study.document,
        rows=rows,
        findings=findings,
        shown=worst(rows),
        figures=tuple(drawn),
        checks=found,
        audit=document,
        certificate=tuple(certified),
        command=_command(problem, audit, certify, out, extent),
        title=_title(problem, audit, certify),
    )


def _measured(study: Problem, folder: Path, workers: int | None) -> tuple[list[Row], Findings]:
    """Every finished cell of the study, and what they add up to."""
    with Store(kept_in(folder)) as store:
        sweep = sweep_of(study)
        say(f"{study.name}: {sweep.size} cells, results in {store.path}")
        compute(sweep, store, workers=workers)
        selection, findings = Selection(store, (sweep,)), Findings()
        rows: list[Row] = list(selection.rows(findings))
    if rows:
        export_csv(lambda: rows, folder / "cells.csv", notes=notes(study.name))
        write_csv(worst(rows), folder / "settings.csv", notes=notes(study.name))
    return rows, findings


def _title(problem: Path | None, audit: Path | None, certify: Path | None) -> str:
    """What the page is about, where it is not a study of the reader's own."""
    if problem is not None:
        return ""
    return " and ".join(path.absolute().name for path in (audit, certify) if path is not None) or "a built-in study"


def audited(cell: Cell) -> dict[str, Any]:
    """The document of an audit."""
    settings = Settings(seed=cell.seed)
    return run_audit(Path(cell.settings["data"]), settings, progress=lambda rows: progress_bar("rows", rows)).to_dict()


AUDIT = Computation(
    audited, ("bounds", "simulators", "proofs_check", "quantbc.audit", "quantbc.tables", "quantbc.words")
)


def _audited(data: Path, folder: Path) -> dict[str, Any]:
    """The audit of a file as it is now, before anything else is computed: its content may be refused.

    Raises:
        ProblemError: the file cannot be used.
    """
    open_source(data)
    axes = (Axis("data", (str(data),)), Axis("state", (_state(data),)))
    say(f"auditing {data}")
    with Store(kept_in(folder, "tables.sqlite")) as store:
        result, error = _stored(store, Sweep("audit", axes, (AUDIT_SEED,), AUDIT.version), AUDIT)
    if result is None:
        raise ProblemError(f"--audit must be data that can be audited, got {str(data)!r}: {error}")
    with whole(folder / "audit.json") as file:
        file.write(as_json(result).encode())
    write_csv(tokenizers.rows(result), folder / f"{tokenizers.NAME}.csv", notes=(f"audit of {data}",))
    return result


def _state(data: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files, which say whether anything has changed."""
    files = sorted(data.rglob("*")) if data.is_dir() else [data]
    found = ((file, file.stat()) for file in files if file.is_file())
    return tuple((str(file.relative_to(data.parent)), state.st_size, state.st_mtime_ns) for file, state in found)


def _verified(store: Store, keys: tuple[str, ...]) -> Mapping[str, Any]:
    sweep = Sweep("checks", (Axis("keys", (keys,)),), (0,), CHECKS.version)
    result, error = _stored(store, sweep, CHECKS)
    return result if result is not None else checks.broken(error)


def _stored(store: Store, sweep: Sweep, computation: Computation) -> tuple[dict[str, Any] | None, str]:
    """The result of a sweep of one cell, computed in this process; or the last line of what went wrong."""
    with connect(workers=1, cluster=None) as workers:
        run(sweep, computation, store, workers, silent)
    _, result, error = next(store.outcomes(sweep.cells()))
    return result, last_line(error)


def _command(problem: Path | None, audit: Path | None, certify: Path | None, out: Path, extent: Extent) -> str:
    words = ["quantbc", "report", *([] if problem is None else [str(problem)]), "--out", str(out)]
    words += [] if audit is None else ["--audit", str(audit)]
    words += [] if certify is None else ["--certify", str(certify)]
    return shlex.join([*words, *(["--quick"] if extent.quick else [])])


def _summary(results: Results, page: Page, target: Path) -> dict[str, Any]:
    summary = results.findings.summary
    return {
        "page": str(target),
        "bytes": target.stat().st_size,
        "made": page.made,
        "command": results.command,
        "verdict": "failed" if page.failures else "as it should be",
        "failures": page.failures,
        "cells": summary.cells,
        "violations": summary.violations,
        "checks": {
            "theorems": {key: proof["verdict"] for key, proof in results.checks["theorems"].items()},
            "empirical": {check["name"]: check["holds"] for check in results.checks["empirical"]},
            **{name: results.checks[name] for name in ("mutants", "open", "problems")},
        },
        "figures": {drawn.plot.name: drawn.rows is not None for drawn in results.figures},
        "sections": [section.name for section in page.sections],
        "versions": versions(),
    }
