"""`quantbc theorems`: the catalog as a list, or one statement in full."""

from __future__ import annotations

import re
from typing import Any

import bounds
from bounds.typeset import align
from proofs_check.kernel.verdicts import Kernel, shipped
from quantbc.commands.bound import theorem_named
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_table

_LEGEND = (
    "provenance: paper, in the paper's form; explicit, the paper's with every constant written out; ours, not in the "
    "paper; cited, another paper's. rests on: a theorem of the kernel, or algebra step by step (quantbc verify KEY). "
    "witness: an instance on which a term is attained."
)


def as_json(theorem: bounds.Theorem, kernel: Kernel) -> dict[str, Any]:
    """A statement as plain values; formulas as text in the symbols' keyword names."""
    proof = kernel.proofs.get(theorem.key)
    return {
        "theorem": theorem.key,
        "title": theorem.title,
        "number": _number(theorem),
        "sense": theorem.sense.value,
        "provenance": theorem.provenance.value,
        "source": theorem.source,
        "statement": theorem.statement,
        "quantity": theorem.quantity,
        "assumptions": [
            {"name": a.name, "sentence": a.sentence, "requirement": a.requirement} for a in theorem.assumptions
        ],
        "symbols": {name: bounds.SYMBOLS[name].meaning for name in theorem.symbols if name in bounds.SYMBOLS},
        "needs": [str(wanted) for wanted in theorem.needs],
        "terms": {form: {name: str(e) for name, e in theorem.parts(form).items()} for form in theorem.forms},
        "paper_rate": theorem.paper_rate,
        "increasing": list(theorem.increasing),
        "decreasing": list(theorem.decreasing),
        "kernel": None if proof is None else proof.to_json(),
        "tight": [{"witness": witness, "term": term} for witness, term in theorem.tight],
    }


def show(key: str | None, *, latex: bool, json: bool) -> None:
    """Print the catalog, or one statement.

    Raises:
        ProblemError: no such statement, or --latex with --json.
    """
    if latex and json:
        raise ProblemError("give --latex or --json, not both")
    chosen = list(bounds.catalog.values()) if key is None else [theorem_named(key, "KEY")]
    if latex:
        for theorem in chosen:
            print_line(f"% {theorem.key}: {theorem.source}\n{align(theorem)}")
    elif json:
        kernel = shipped()
        documents = [as_json(theorem, kernel) for theorem in chosen]
        print_json({"theorems": documents} if key is None else documents[0])
    elif key is None:
        columns = [(name, False) for name in ("paper", "key", "sense", "provenance", "rests on", "witness", "title")]
        proved = shipped().proofs
        print_table(
            "Statements (quantbc theorems KEY shows one in full)", columns, [_row(t, t.key in proved) for t in chosen]
        )
        print_line(_LEGEND)
    else:
        _describe(chosen[0])


def _number(theorem: bounds.Theorem) -> str:
    """Where the paper has it; empty where it does not."""
    found = re.match(r"arXiv:2603\.20538v\d+, ((?:Theorem|Proposition|Appendix) \w+)", theorem.source)
    return found[1] if found else ""


def _row(theorem: bounds.Theorem, by_kernel: bool) -> tuple[str, ...]:
    ground = "kernel" if by_kernel else "steps"
    witnesses = ", ".join(dict.fromkeys(name for name, _ in (*theorem.tight, *theorem.within)))
    sense, provenance = theorem.sense.value, theorem.provenance.value
    return _number(theorem), theorem.key, sense, provenance, ground, witnesses, theorem.title


def _proved(document: dict[str, Any], line: str) -> str:
    found = document["kernel"]
    if found is None:
        return f"Not proved by the kernel; quantbc verify {document['theorem']} shows what is checked, and how."
    assumed = ", ".join(found["assumptions"]) or "no axiom"
    form = bounds.catalog[document["theorem"]].forms[0]
    scope = f"{form} form, finite spaces, gains C*eta^j, errors bounded by one number"
    return f"PROVED by the kernel ({scope}): {found['theorem']}, {assumed} ({line})."


def _describe(theorem: bounds.Theorem) -> None:
    kernel = shipped()
    document = as_json(theorem, kernel)
    print_line(f"{theorem.key}: {theorem.title}")
    print_line(f"{theorem.sense.value} bound, {theorem.provenance.value}; {theorem.source}\n")
    print_line(f"{theorem.statement}\nQuantity: {theorem.quantity}.")
    print_line(f"Order in the paper: {theorem.paper_rate}\n")
    print_line("Assumptions")
    for assumption in theorem.assumptions:
        checked = f"  [checked: {assumption.requirement}]" if assumption.requirement else ""
        print_line(f"  {assumption.name}: {assumption.sentence}{checked}")
    print_line(f"\n{_proved(document, kernel.line)}")
    for form, terms in document["terms"].items():
        print_line(f"\nTerms, {form} form")
        for name, formula in terms.items():
            print_line(f"  {name} = {formula}")
    print_line("\nSymbols")
    for name, meaning in document["symbols"].items():
        print_line(f"  {name}: {meaning}; {bounds.SYMBOLS[name].domain}")
    print_line(f"\nNon-decreasing in: {', '.join(theorem.increasing) or 'none'}.")
    print_line(f"Non-increasing in: {', '.join(theorem.decreasing) or 'none'}.")
    print_line(f"Attained by: {theorem.attained_by}.")
