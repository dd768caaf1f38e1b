"""`quantbc verify`: check the proofs, refute their mutants and test the statements of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

import bounds
from bounds.errors import did_you_mean
from proofs_check.kernel import rocq
from proofs_check.kernel.index import KernelError, headlines
from proofs_check.ledger import LedgerError, ProofResult, Verdict
from proofs_check.library import library
from proofs_check.report import VerifyReport
from proofs_check.verify import OPEN, verify
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_table, progress_bar, say


def run(keys: Sequence[str], *, json: bool, kernel: bool = False) -> int:
    """Check the named proofs with everything they rest on, or all.

    Args:
        keys: proofs, or statements of the catalog; all if there is none.
        json: plain values on stdout.
        kernel: whether to compile the kernel's sources afresh.

    Returns:
        Exit status: 0 if everything is as it should be, 1 if a claim failed or is unexpectedly unproved.

    Raises:
        ProblemError: a key names no proof, or the kernel cannot be asked.
    """
    report = checked(keys, kernel=kernel)
    if json:
        print_json(report.to_json())
    else:
        _print(report, in_full=bool(keys))
    return 0 if report.ok else 1


def checked(keys: Sequence[str], *, kernel: bool = False) -> VerifyReport:
    """Verify the named proofs, or all, with progress.

    Raises:
        ProblemError: a key names no proof, or the kernel cannot be asked.
    """
    if kernel and not rocq.installed():
        raise ProblemError(f"--kernel needs Rocq: {rocq.INSTALL}")
    if kernel:
        say("compiling the kernel's proofs: minutes, before the first step")
    proved = [proof.key for proof in library().proofs]
    elsewhere = {*OPEN, *(key for headline in headlines() for key in headline.proves)}
    try:
        wanted = [key for key in keys or proved if key in proved or key not in elsewhere]
        total = sum("/" in reference for reference in library().closure(wanted))
        with progress_bar("proof steps", total) as advance:
            return verify(
                list(keys) or None,
                kernel=kernel,
                progress=lambda name: advance(not name.startswith("empirical/")),
            )
    except LedgerError as error:
        lemmas = ", ".join(key for key in proved if key not in bounds.catalog)
        unknown = next(key for key in wanted if key not in proved)
        message = f"{error}; KEY must be one that `quantbc theorems` lists, or {lemmas}"
        raise ProblemError("; ".join(filter(None, (message, did_you_mean(unknown, proved))))) from None
    except KernelError as error:
        raise ProblemError(str(error)) from None


def _print(report: VerifyReport, *, in_full: bool) -> None:
    columns = (
        ("statement", False),
        ("verdict", False),
        ("steps", True),
        ("mutants refuted", True),
        ("rests on", False),
    )
    words = report.verdicts
    print_table("Statements and lemmas", columns, [_line(key, word, report) for key, word in words.items()])
    if Verdict.PROVED in words.values():
        print_line(f"PROVED: by the kernel; {report.kernel.line}.")
    if in_full:
        for result in report.results:
            _steps(result)
    if report.checks:
        headings = (("check", False), ("cases", True), ("verdict", False), ("found", False))
        rows = [(c.name, str(c.cases), Verdict.CASES.value if c.holds else "FAILED", c.found) for c in report.checks]
        print_table("Empirical checks", headings, rows)
    mutants, refuted = report.mutants
    print_line(f"{refuted} of {mutants} mutants refuted; {report.seconds:.1f} s.")
    if report.premise_only:
        print_line(f"{report.premise_only} of them only drop a premise, which is weak evidence.")
    for key, reason in report.open.items():
        print_line(f"not proved: {key}: {reason}.")
    opinions = list(report.opinions.values())
    if opinions:
        counts = ", ".join(f"{word} on {opinions.count(word)}" for word in ("agrees", "open", "disagrees"))
        print_line(f"Second opinion (cvc5): {counts} of {len(opinions)} SMT steps.")
    for problem in report.problems():
        print_line(f"PROBLEM: {problem}")


def _line(key: str, verdict: Verdict, report: VerifyReport) -> tuple[str, ...]:
    result = next((result for result in report.results if result.proof.key == key), None)
    steps = () if result is None else result.steps
    mutants = [mutant for step in steps for mutant in step.mutants]
    refuted = sum(mutant.refuted for mutant in mutants)
    if key in report.kernel.proofs:
        proof = report.kernel.proofs[key]
        rests = f"{proof.theorem}: {', '.join(proof.assumptions) or 'no axiom'}"
    else:
        rests = ", ".join(axiom.name for axiom in result.axioms) if result is not None else ""
    return key, verdict.value, str(len(steps)), f"{refuted}/{len(mutants)}", rests or "nothing assumed"


def _steps(result: ProofResult) -> None:
    rows = [
        (step.step.id, step.step.obligation.engine, f"{1000 * step.seconds:.0f}", step.verdict.value, step.step.claim)
        for step in result.steps
    ]
    columns = (("step", False), ("engine", False), ("ms", True), ("verdict", False), ("claim", False))
    print_table(f"{result.proof.key}: {result.proof.title}", columns, rows)
    for axiom in result.axioms:
        print_line(f"assumed by these steps: {axiom.name}: {axiom.statement} ({axiom.citation})")
