"""A page for every headline theorem, rendered from index and record: what Rocq prints, and what we say."""

from __future__ import annotations

from proofs_check.kernel.definitions import definitions
from proofs_check.kernel.index import Headline, headlines
from proofs_check.kernel.record import Printed, committed

_INTRODUCTION = """# The kernel

The theorems below were accepted by a proof kernel (Rocq with MathComp), for all finite spaces, all horizons and any
real closed field; each page shows the statement as Rocq prints it. [How to read one](../read-a-kernel-statement.md).
`quantbc verify --kernel` recompiles them where Rocq is installed. An entry of the catalog is called PROVED if a theorem
here bounds the catalog's own expression, printed into `Catalog.v`; the others are lemmas, cores and forms.
The kernel covers finite spaces, the preferred form (the simple one is [no smaller](../proofs/shapes.md)), gains Cη^j,
and errors bounded by one number for all steps or on average;
[what that leaves out](../read-a-kernel-statement.md#what-proved-covers).
"""


def slug(name: str) -> str:
    """The name of a theorem's page, without ending.

    Example:
        >>> slug("Hellinger.lemma_s2")
        'hellinger-lemma_s2'
    """
    return name.replace(".", "-").lower()


def _axioms(printed: Printed) -> str:
    return ", ".join(f"`{name}`" for name in printed.assumptions) or "none (closed under the global context)"


def _page(headline: Headline, printed: Printed) -> str:
    proves = ", ".join(f"[{key}](../proofs/statements.md#{key})" for key in headline.proves)
    facts = [
        f"- source: `proofs_check/kernel/{headline.file}`; {printed.lines} lines with all files it rests on",
        f"- axioms: {_axioms(printed)}",
        *([f"- proves the catalog entry: {proves}"] if proves else []),
    ]
    blocks = [f"# {headline.name}", headline.notation, "\n".join(facts)]
    blocks.append("As Rocq prints it ([how to read it](../read-a-kernel-statement.md)):")
    blocks.append(f"```none\n{printed.statement}\n```")
    if headline.instance:
        words = f"An instance, `{headline.instance}`: its hypotheses have a model in which both sides are positive."
        blocks += [words, f"```none\n{printed.instance}\n```"]
    if named := definitions(f"{printed.statement} {printed.instance}"):
        blocks.append("Definitions used above, directly or indirectly, from the sources:")
        blocks.append(f"```none\n{named}\n```")
    if headline.kind == "lemma":
        blocks.append("A lemma: it has no instance of its own.")
    if headline.kind == "concrete":
        blocks.append("It is about one system and has no hypotheses: it is its own instance.")
    return "\n\n".join(blocks) + "\n"


def pages() -> dict[str, str]:
    """File name to text: an index and a page a theorem.

    Example:
        >>> "As Rocq prints it" in pages()["statements-theorem_2.md"]
        True
    """
    record = committed()
    rows = [
        f"| [{h.name}]({slug(h.name)}.md) | {', '.join(h.proves) or h.kind} | {_axioms(record.theorems[h.name])} |"
        for h in headlines()
    ]
    table = ["| theorem | catalog entry | axioms |", "|---|---|---|", *rows]
    tree = ["```{toctree}", ":hidden:", "", *(slug(h.name) for h in headlines()), "```"]
    sources = f"Sources: SHA-256 `{record.sources}`."
    index = "\n\n".join([_INTRODUCTION.rstrip(), sources, "\n".join(table), "\n".join(tree)]) + "\n"
    return {"index.md": index} | {f"{slug(h.name)}.md": _page(h, record.theorems[h.name]) for h in headlines()}
