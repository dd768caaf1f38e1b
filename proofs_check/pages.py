"""Proofs and statements as Markdown pages, rendered from ledger and catalog: they cannot drift from what is checked.

``python -m proofs_check.pages FOLDER`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import ndiff
from pathlib import Path
from textwrap import wrap

from bounds.catalog import catalog
from proofs_check import statements
from proofs_check.kernel import pages as kernel
from proofs_check.ledger import AXIOM_PREFIX, KERNEL_PREFIX, Library, Proof, Step
from proofs_check.library import library
from proofs_check.verify import OPEN

_WIDTH = 96
"""Characters of a line of code on the pages."""

_INTRODUCTION = """# Proofs

Every claim below is a step of the ledger: scalar algebra, which `quantbc verify` discharges for all values of its
variables, unless its engine is `exact`, which checks the cases it names. PROVED is reserved for what
[the kernel](../kernel/index.md) accepts. A formula that a step takes from another must be an instance of what the
other's engine decided: anything else is an error, not a verdict. A step that leans on another by prose is ASSUMED, and
says so. Each step has mutants, false variants of its claim that must be refuted.

Each claim is followed by what its engine decides. `show` is the goal, for all values of its variables that satisfy
every `given`; `by` names another step and the instance of it that is used; an induction has a `base` and a `step`; the
parts of a claim are numbered; an identity is also `tried` at points of a range; an `exact` claim holds only on its
`cases`. A mutant is shown as the lines it removes from the claim (`-`) and the lines it adds (`+`).
"""


def _anchor(reference: str) -> str:
    """A link to a step, an axiom or a theorem of the kernel."""
    if reference.startswith(AXIOM_PREFIX):
        name = reference.removeprefix(AXIOM_PREFIX)
        return f"[{name}](axioms.md#{name})"
    if reference.startswith(KERNEL_PREFIX):
        name = reference.removeprefix(KERNEL_PREFIX)
        return f"[{name}](../kernel/{kernel.slug(name)}.md)"
    proof, _, step = reference.partition("/")
    return f"[{reference}]({proof}.md#{step.lower()})"


def _step(step: Step, proof: Proof) -> str:
    claim = step.obligation.written()
    lines = [f"## {step.id}", "", step.claim]
    if step.latex:
        lines += ["", f"$$ {step.latex} $$"]
    lines += ["", f"- engine: {step.obligation.engine}"]
    leans = proof.full(step.leans)
    firm = [name for name in proof.full(step.named) if name not in leans]
    lines.append(f"- rests on: {', '.join(map(_anchor, firm)) or 'nothing'}")
    if leans:
        lines.append(f"- leans, by prose, on: {', '.join(map(_anchor, leans))}")
    lines += ["", *_fenced("text", claim), "", "Mutants refuted:"]
    for mutant in step.mutants:
        lines += ["", f"- {mutant.change}"]
        if changes := list(_changes(claim, mutant.obligation.written())):
            lines += ["", *(f"  {line}" for line in _fenced("diff", changes))]
    return "\n".join(lines)


def _fenced(language: str, lines: Iterable[str]) -> list[str]:
    """A block of code whose long lines are broken."""
    broken = (part for line in lines for part in wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False))
    return [f"```{language}", *broken, "```"]


def _changes(claim: Sequence[str], mutant: Sequence[str]) -> Iterator[str]:
    """The lines in which a mutant differs from the claim; its own alone where they share none."""
    kinds = "-+" if set(claim) & set(mutant) else "+"
    return (line for line in ndiff(claim, mutant) if line[0] in kinds)


def _proof(proof: Proof) -> str:
    steps = [_step(step, proof) for step in proof.steps]
    head = f"# {proof.title}\n\n`{proof.key}` – {proof.kind}, provenance: {proof.provenance}. {proof.source}."
    if proof.key in catalog:
        head += f" [The statement](statements.md#{proof.key})."
    return "\n\n".join([head, *steps]) + "\n"


def _index(ledger: Library) -> str:
    rows = [f"- [{proof.key}]({proof.key}.md): {proof.title} ({proof.kind})" for proof in ledger.proofs]
    open_claims = [f"- `{key}`: {reason}." for key, reason in OPEN.items()] or ["Nothing."]
    others = "[Statements](statements.md) · [Axioms](axioms.md)"
    return "\n".join([_INTRODUCTION, *rows, "", "## Open", "", *open_claims, "", others, ""])


def _axioms(ledger: Library) -> str:
    entries = [f"## {axiom.name}\n\n{axiom.statement}\n\n*{axiom.citation}*" for axiom in ledger.axioms]
    return "\n\n".join(["# Axioms", "Textbook facts that are used and not proved here.", *entries]) + "\n"


def pages(ledger: Library | None = None, keys: Collection[str] = ()) -> dict[str, str]:
    """File name to text, for every page.

    Args:
        ledger: the proofs; all of them by default.
        keys: of the proofs whose pages are wanted, beside the overviews; all if empty.

    Example:
        >>> sorted(pages(Library((), ())))
        ['axioms.md', 'index.md', 'statements.md']
    """
    ledger = library() if ledger is None else ledger
    rendered = {f"{proof.key}.md": _proof(proof) for proof in ledger.proofs if not keys or proof.key in keys}
    proved = {proof.key for proof in library().proofs}
    overviews = {
        "index.md": _index(ledger),
        "axioms.md": _axioms(ledger),
        "statements.md": statements.page(proved, OPEN),
    }
    return overviews | rendered


def write(folder: Path, keys: Collection[str] = ()) -> list[Path]:
    """Write the pages of some proofs, or all and nothing else, into a folder, and those of the kernel beside it."""
    rendered = pages(keys=keys)
    return [*_write(folder, rendered, whole=not keys), *_write(folder.parent / "kernel", kernel.pages(), whole=True)]


def _write(folder: Path, rendered: Mapping[str, str], *, whole: bool) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in {path.name for path in folder.glob("*.md")} - set(rendered) if whole else ():
        (folder / stale).unlink()
    for name, text in rendered.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in rendered]


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:])
