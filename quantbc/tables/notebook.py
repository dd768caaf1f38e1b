"""Lines and a table as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["html_table"]


def html_table(lines: Sequence[str], columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> str:
    """Return lines of text and a table below them.

    Args:
        lines: of text.
        columns: heading of each column, and whether it is numeric.
        rows: cells as text.

    >>> html_table(["a < b"], [("n", True)], [["1"]])
    '<pre>a &lt; b</pre><table><tr><th>n</th></tr><tr><td style="text-align:right">1</td></tr></table>'
    """
    sides = [' style="text-align:right"' if numeric else "" for _, numeric in columns]
    head = "".join(f"<th>{escape(name)}</th>" for name, _ in columns)
    body = "".join(
        "<tr>" + "".join(f"<td{side}>{escape(cell)}</td>" for side, cell in zip(sides, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<pre>{escape(chr(10).join(lines))}</pre><table><tr>{head}</tr>{body}</table>"
