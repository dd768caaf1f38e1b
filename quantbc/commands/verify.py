"""`quantbc verify`: prove, mutate and test the statements of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from proofs_check.ledger import LedgerError, ProofResult
from proofs_check.library import library
from proofs_check.report import VerifyReport, scope
from proofs_check.verify import OPEN, verify
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_table, progress_bar

__all__ = ["checked", "run"]


def run(keys: Sequence[str], *, json: bool) -> int:
    """Check the named proofs with everything they rest on, or all.

    Returns:
        Exit status: 0 if everything is as it should be, 1 if a claim failed or is unexpectedly unproved.

    Raises:
        ProblemError: a key names no proof.
    """
    report = checked(keys)
    if json:
        print_json(report.to_json())
    else:
        _print(report, in_full=bool(keys))
    return 0 if report.ok else 1


def checked(keys: Sequence[str]) -> VerifyReport:
    """Verify the named proofs, or all, with progress.

    Raises:
        ProblemError: a key names no proof.
    """
    proved = [proof.key for proof in library().proofs]
    try:
        wanted = [key for key in keys or proved if key in proved or key not in OPEN]
        total = sum("/" in reference for reference in library().closure(wanted))
        with progress_bar("proof steps", total) as advance:
            return verify(list(keys) or None, progress=lambda name: advance(not name.startswith("empirical/")))
    except LedgerError as error:
        raise ProblemError(f"{error}; KEY must be one of {', '.join(proved)}") from None


def _print(report: VerifyReport, *, in_full: bool) -> None:
    columns = (
        ("statement", False),
        ("verdict", False),
        ("steps", True),
        ("mutants refuted", True),
        ("rests on", False),
    )
    print_table("Proofs", columns, [_line(result) for result in report.results])
    if in_full:
        for result in report.results:
            _steps(result)
    if report.checks:
        headings = (("check", False), ("cases", True), ("verdict", False), ("found", False))
        rows = [
            (c.name, str(c.cases), "checked on these cases" if c.holds else "FAILED", c.found) for c in report.checks
        ]
        print_table("Empirical checks", headings, rows)
    mutants, refuted = report.mutants
    print_line(f"{refuted} of {mutants} false neighbours refuted; {report.seconds:.1f} s.")
    for key, reason in report.open.items():
        print_line(f"not proved: {key}: {reason}.")
    words = list(report.opinions.values())
    if words:
        counts = ", ".join(f"{word} on {words.count(word)}" for word in ("agrees", "open", "disagrees"))
        print_line(f"Second opinion (cvc5): {counts} of {len(words)} SMT steps.")
    for problem in report.problems():
        print_line(f"PROBLEM: {problem}")


def _line(result: ProofResult) -> tuple[str, ...]:
    mutants = [mutant for step in result.steps for mutant in step.mutants]
    axioms = ", ".join(axiom.name for axiom in result.axioms) or "nothing assumed"
    refuted = sum(mutant.refuted for mutant in mutants)
    return result.proof.key, result.verdict.value, str(len(result.steps)), f"{refuted}/{len(mutants)}", axioms


def _steps(result: ProofResult) -> None:
    rows = [
        (step.step.id, step.step.obligation.engine, f"{1000 * step.seconds:.0f}", scope(step), step.step.claim)
        for step in result.steps
    ]
    columns = (("step", False), ("engine", False), ("ms", True), ("verdict", False), ("claim", False))
    print_table(f"{result.proof.key}: {result.proof.title}", columns, rows)
    for axiom in result.axioms:
        print_line(f"assumed: {axiom.name}: {axiom.statement} ({axiom.citation})")
