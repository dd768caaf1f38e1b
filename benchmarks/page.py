"""The measured tables of docs/benchmarks.md, written into the page by the runs that measured them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from figures.files import whole


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]], around: Mapping[str, str]) -> str:
    r"""A table with the environment it was measured in.

    Example:
        >>> print(markdown(["work", "ratio"], [["a | b", "1.2"]], {"python": "3.11"}))
        Measured with: python 3.11.
        <BLANKLINE>
        | work | ratio |
        | --- | --- |
        | a \| b | 1.2 |
    """
    lines = [[*headings], ["---"] * len(headings), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    head = "; ".join(f"{name} {value}" for name, value in around.items())
    return f"Measured with: {head}.\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def insert(page: Path, name: str, text: str) -> None:
    """Put a text between the page's comments ``begin NAME`` and ``end NAME``; the page changes whole or not at all.

    Raises:
        ValueError: the page does not have both comments once each.
    """
    before = page.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if before.count(begin) != 1 or before.count(end) != 1:
        raise ValueError(f"page must have {begin.strip()!r} and {end!r} once each, got {str(page)!r}")
    head, rest = before.split(begin)
    with whole(page) as file:
        file.write(f"{head}{begin}\n{text}\n\n{end}{rest.split(end)[1]}".encode())
