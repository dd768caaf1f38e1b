"""What was proved, what was checked on cases, what is assumed: three different words, and what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from proofs_check.ledger import StepResult, Verdict
from proofs_check.report import VerifyReport
from quantbc.report.blocks import Block, Fold, Items, Section, Table, Text

_STEP = (("step", False), ("claim", False), ("engine", False), ("verdict", False), ("mutants refuted", True))


def plain(report: VerifyReport) -> dict[str, Any]:
    """A verification as plain values, to be stored: the JSON document of `quantbc verify` and what a page shows beyond.

    Example:
        >>> from proofs_check.verify import verify
        >>> data = plain(verify(["calibration"], second=False))
        >>> data["refuted"]["calibration"], sorted(data["axioms"])
        ({'calibration': 1, 'truncation': 2, 'log_less': 2, 'simple': 3}, ['exponential', 'exponential_tangent'])
    """
    axioms = {axiom.name: axiom for result in report.results for axiom in result.axioms}
    return report.to_json() | {
        "axioms": {name: [axiom.statement, axiom.citation] for name, axiom in axioms.items()},
        "sources": {result.proof.key: result.proof.source for result in report.results},
        "refuted": {
            result.proof.key: {step.step.id: _refuted(step) for step in result.steps} for result in report.results
        },
    }


def _refuted(step: StepResult) -> int:
    return sum(mutant.refuted for mutant in step.mutants)


def section(data: Mapping[str, Any]) -> Section:
    """The section.

    Args:
        data: what `plain` gave.
    """
    mutants = data["mutants"]
    words = data["second_opinion"]
    total = sum(words.values())
    lead: list[Block] = [
        Text(
            "PROVED: a proof kernel (Rocq) accepted the statement for all finite spaces and all horizons, from its "
            "hypotheses alone. ALGEBRA CHECKED: engines decided real-arithmetic claims for all values of their "
            "variables; nothing is claimed about policies or probabilities. CHECKED ON CASES: computed for the cases "
            "named. ASSUMED: a textbook fact, or a step linked to others by prose. CITED: from another paper. "
            f"Kernel: {data.get('kernel', '')}."
        ),
        Text(
            f"{mutants['refuted']} of {mutants['total']} mutants (false variants of a step: a dropped hypothesis, a "
            "reversed inequality, a smaller constant) were refuted. "
            + (
                f"A second solver (cvc5) agrees on {words['agrees']} of {total} steps, leaves {words['open']} open and "
                f"disagrees on {words['disagrees']}."
                if total
                else "No second solver was used: cvc5 is not installed."
            ),
            "good" if mutants["refuted"] == mutants["total"] else "bad",
        ),
    ]
    if data["problems"]:
        lead.append(Items(tuple(data["problems"]), "bad"))
    parts = (_proofs(data), _empirical(data["empirical"]), _axioms(data["axioms"]), _open(data["open"]))
    return Section("checks", "Checks", tuple(lead), parts)


def _proofs(data: Mapping[str, Any]) -> Section:
    rows, folds = [], []
    for key, proof in data["theorems"].items():
        refuted, steps = data["refuted"].get(key, {}), proof["steps"]
        mutants = sum(step["mutants"] for step in steps)
        engines = ", ".join(sorted({name for step in steps for name in step["engine"].split("+")}))
        cases = sum(step["verdict"] == Verdict.CASES.value for step in steps)
        rows.append(
            (
                Markup('<a href="#proof-{0}">{0}</a>').format(key),
                proof["verdict"],
                str(len(steps)),
                str(cases),
                engines,
                f"{sum(refuted.values())}/{mutants}",
                str(len(proof["axioms"])),
            )
        )
        folds.append(_proof(key, proof, refuted, data["sources"].get(key, "")))
    caption = "Every proof; “on cases” counts steps that are checked on the cases they name, not for all"
    columns = (
        *(("statement", False), ("verdict", False), ("steps", True), ("on cases", True), ("engines", False)),
        *(("mutants refuted", True), ("axioms", True)),
    )
    return Section("proofs", "Proofs", (Table(caption, columns, tuple(rows)), *folds))


def _proof(key: str, proof: Mapping[str, Any], refuted: Mapping[str, int], source: str) -> Fold:
    rows = []
    for step in proof["steps"]:
        verdict = step["verdict"] + (f"; cvc5: {step['cvc5']}" if "cvc5" in step else "")
        counts = f"{refuted[step['id']]}/{step['mutants']}"
        rows.append((step["id"], step["claim"], step["engine"], verdict, counts))
    axioms = ", ".join(proof["axioms"]) or "nothing"
    words = f"{proof['kind']}, {source}; form of the statement: {proof['provenance']}. Assumed: {axioms}."
    table = Table(f"Steps of {key}", _STEP, tuple(rows))
    return Fold(f"{key}: {proof['title']}: {proof['verdict']}", (Text(words), table), anchor=f"proof-{key}")


def _empirical(checks: Sequence[Mapping[str, Any]]) -> Section:
    columns = (("check", False), ("claim", False), ("cases", True), ("verdict", False), ("found", False))
    rows = tuple(
        (c["name"], c["claim"], str(c["cases"]), Verdict.CASES.value if c["holds"] else "FAILED", c["found"])
        for c in checks
    )
    return Section("empirical", "Theorems against simulators", (Table("Empirical checks", columns, rows),))


def _axioms(axioms: Mapping[str, Sequence[str]]) -> Section:
    columns = (("axiom", False), ("statement", False), ("verdict", False), ("citation", False))
    rows = tuple((name, statement, "assumed", citation) for name, (statement, citation) in axioms.items())
    return Section("axioms", "Axioms", (Table("What is assumed", columns, rows),))


def _open(reasons: Mapping[str, str]) -> Section:
    items = tuple(Markup("<code>{}</code>: {}.").format(key, reason) for key, reason in reasons.items())
    blocks: tuple[Block, ...] = (Items(items),) if items else (Text("Nothing among the requested statements."),)
    return Section("open", "Not proved", blocks)


def broken(error: str) -> dict[str, Any]:
    """The replacement for `plain` if the verification itself was aborted."""
    counts = {"mutants": {"total": 0, "refuted": 0}, "second_opinion": {"agrees": 0, "open": 0, "disagrees": 0}}
    empty: dict[str, Any] = {name: {} for name in ("theorems", "open", "axioms", "sources", "refuted")}
    return {
        **counts,
        **empty,
        "kernel": "",
        "empirical": [],
        "problems": [f"verification was aborted: {error}"],
        "seconds": 0.0,
    }
