"""The statements as one Markdown page beside the proofs, rendered from the catalog so that nothing is retyped."""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType

from bounds.catalog import catalog
from bounds.symbols import SYMBOLS, Symbol
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.typeset import formula
from proofs_check.kernel.index import headlines
from proofs_check.kernel.pages import slug

_INTRODUCTION = """# Statements

Every statement of the catalog, as `quantbc theorems KEY` shows it and `bounds.catalog[KEY]` holds it. A bound is the
sum of its terms. The *sharp* form is the preferred one; the *simple* form is weaker and easier to read. Assumptions
marked *checked* are inequalities between the values, and evaluation refuses values that break them; the others are
yours to answer for. What is proved, and what is not, is said at each statement.
"""

_PROVENANCE: Mapping[Provenance, str] = MappingProxyType(
    {
        Provenance.PAPER: "the form is the paper's",
        Provenance.EXPLICIT: "the paper's statement with every constant written out",
        Provenance.OURS: "a statement that the paper does not make",
        Provenance.CITED: "from another paper",
    }
)
_RELATION = MappingProxyType({Sense.UPPER: r"\leq", Sense.LOWER: r"\geq"})


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _symbol(entry: Symbol) -> str:
    default = "" if entry.default is None else f"{entry.default:g}"
    return f"| `{entry.name}` | ${entry.latex}$ | {_cell(entry.meaning)} | {entry.domain} | {default} |"


def _assumption(assumption: Assumption) -> str:
    checked = f" *Checked:* `{assumption.requirement}`." if assumption.requirement else ""
    return f"- **{assumption.name}**: {assumption.sentence}.{checked}"


def _formula(theorem: Theorem, form: str) -> list[str]:
    """The inequality, one displayed line a term: long sums stay readable on a narrow screen."""
    lead = f"{theorem.left} {_RELATION[theorem.sense]}"
    parts = {rf"\text{{{name}}}": formula(e) for name, e in theorem.parts(form).items() if e != 0}
    if len(parts) == 1:
        return [f"$$ {lead} {next(iter(parts.values()))} $$"]
    return [f"$$ {lead} {' + '.join(parts)} $$", *(f"$$ {name} = {part} $$" for name, part in parts.items())]


def _evidence(theorem: Theorem, proved: Set[str], unproved: Mapping[str, str]) -> str:
    by_kernel = next((h.name for h in headlines() if theorem.key in h.proves), None)
    algebra = f"[algebra, step by step]({theorem.key}.md)" if theorem.key in proved else ""
    if by_kernel is not None:
        words = f"PROVED by the kernel: [{by_kernel}](../kernel/{slug(by_kernel)}.md)"
        return words + (f"; {algebra}." if algebra else ".")
    if algebra:
        return f"Not proved by the kernel; {algebra}."
    return f"*Not proved here*: {unproved[theorem.key]}."


def _section(theorem: Theorem, evidence: str) -> str:
    blocks = [
        f"## {theorem.key}",
        f"**{theorem.title}.** {theorem.source}; {_PROVENANCE[theorem.provenance]} ({theorem.provenance.value}).",
        theorem.statement,
        f"Quantity: {theorem.quantity}. Order in the paper: ${theorem.paper_rate}$.",
        evidence,
    ]
    for form in theorem.forms:
        blocks += [f"*{form.capitalize()} form:*", *_formula(theorem, form)]
    blocks += ["Assumptions:", "\n".join(map(_assumption, theorem.assumptions))]
    blocks.append(f"{_monotone(theorem)}{_attained(theorem)}")
    return "\n\n".join(blocks)


def _monotone(theorem: Theorem) -> str:
    words = (("decreasing", theorem.increasing), ("increasing", theorem.decreasing))
    return "".join(f"Non-{word} in {', '.join(f'`{s}`' for s in symbols)}. " for word, symbols in words if symbols)


def _attained(theorem: Theorem) -> str:
    """Which witnesses attain which terms."""
    near = [f"`{witness}` (within a factor {factor:g})" for witness, factor in theorem.within]
    return f"Attained by: {', '.join([f'`{witness}` ({term})' for witness, term in theorem.tight] + near)}."


def page(proved: Set[str], unproved: Mapping[str, str]) -> str:
    """The page.

    Args:
        proved: keys that have a proof page.
        unproved: the other keys, with the reason.

    Raises:
        KeyError: a statement that is neither.

    Example:
        >>> "## theorem_9" in page(set(catalog), {})
        True
    """
    table = ["| name | symbol | meaning | values | default |", "|---|---|---|---|---|", *map(_symbol, SYMBOLS.values())]
    sections = [_section(theorem, _evidence(theorem, proved, unproved)) for theorem in catalog.values()]
    return "\n\n".join([_INTRODUCTION.rstrip(), *sections, "## Symbols", "\n".join(table)]) + "\n"
