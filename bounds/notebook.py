r"""An evaluated statement in a notebook: the table of its terms, and the inequality with its numbers.

Example:
    >>> from bounds import catalog, evaluate
    >>> print(with_numbers(evaluate(catalog["theorem_8"], H=50, n=1000, eps_q=0.001)).replace(" + ", "\n+ "))
    \mathrm{Regret} \geq \underbrace{0.00915562}_{\text{imitation}}
    + \underbrace{0.05}_{\text{quantization}} = 0.0591556 \quad (H = 50,\ n = 1000,\ \varepsilon_q = 0.001)
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from bounds.symbols import SYMBOLS
from bounds.typeset import RELATIONS

if TYPE_CHECKING:
    from bounds.evaluate import Evaluation

_MOST_ROWS = 20


def _number(value: float) -> str:
    return f"{value:.6g}"


def _latex(value: float) -> str:
    mantissa, mark, power = _number(value).partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if mark else mantissa.replace("inf", r"\infty")


def line(result: Evaluation) -> str:
    """One line: the statement, its total and its terms; of an array only the shape.

    Example:
        >>> from bounds import catalog, evaluate
        >>> evaluate(catalog["theorem_8"], H=50, n=1000, eps_q=0.001)
        theorem_8 (sharp): 0.0591556 = 0.00915562 imitation + 0.05 quantization
    """
    name = f"{result.theorem.key} ({result.form})"
    if result.shape:
        return f"{name}: shape {result.shape}, terms {', '.join(result.terms)}"
    terms = " + ".join(f"{_number(float(value))} {term}" for term, value in result.terms.items())
    return f"{name}: {_number(float(result.total))} = {terms}{', vacuous' if result.vacuous else ''}"


def with_numbers(result: Evaluation) -> str:
    """The inequality in LaTeX with the values of its terms, and the values of scalar symbols behind it.

    Raises:
        ValueError: the evaluation is of an array.
    """
    if result.shape:
        raise ValueError(f"result must be of scalars to be written as one inequality, got shape {result.shape}")
    terms = [rf"\underbrace{{{_latex(float(value))}}}_{{\text{{{name}}}}}" for name, value in result.terms.items()]
    known = [
        rf"{SYMBOLS[name].latex} = {_latex(float(value))}"
        for name, value in result.values.arrays.items()
        if value.ndim == 0
    ]
    relation = RELATIONS[result.theorem.sense.value]
    inequality = f"{result.theorem.left} {relation} {' + '.join(terms)} = {_latex(float(result.total))}"
    listed = r",\ ".join(known)
    return rf"{inequality} \quad ({listed})" if known else inequality


def share(result: Evaluation, term: str) -> str:
    """What a term of a scalar evaluation contributes, in percent; empty where the total is 0 or infinite.

    Example:
        >>> from bounds import catalog, evaluate
        >>> share(evaluate(catalog["theorem_8"], H=50, n=1000, eps_q=0.001), "imitation")
        '15 %'
    """
    total = float(result.total)
    return f"{100 * float(result.terms[term]) / total:.0f} %" if 0 < total < float("inf") else ""


def _of_array(result: Evaluation) -> str:
    """A row for every entry of an array, with the symbols that vary in it."""
    varied = {name: v for name, v in result.values.arrays.items() if v.ndim}
    columns = [(name, True) for name in (*varied, *result.terms, "total")]
    arrays = [np.broadcast_to(v, result.shape) for v in (*varied.values(), *result.terms.values(), result.total)]
    rows = []
    for i in islice(np.ndindex(result.shape), _MOST_ROWS):
        rows.append([_number(float(array[i])) for array in arrays])
        rows[-1][-1] += " (vacuous)" if result.vacuous[i] else ""
    entries = prod(result.shape)
    more = f"; {_MOST_ROWS} of {entries} entries" if entries > _MOST_ROWS else ""
    return html_table(columns, rows, caption=f"{result.theorem.title}, {result.form} form{more}")


def table(result: Evaluation) -> str:
    """The terms as an HTML table, of an array a row for each entry.

    Example:
        >>> from bounds import catalog, evaluate
        >>> table(evaluate(catalog["theorem_8"], H=50, n=1000, eps_q=0.001)).count("<tr>")
        4
    """
    if result.shape:
        return _of_array(result)
    rows = [(name, _number(float(value)), share(result, name)) for name, value in result.terms.items()]
    rows.append((f"total{' (vacuous)' if result.vacuous else ''}", _number(float(result.total)), ""))
    columns = (("term", False), ("value", True), ("share", True))
    return html_table(columns, rows, caption=f"{result.theorem.title}, {result.form} form")


def html_table(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], *, caption: str = "") -> str:
    """A table as HTML.

    Args:
        columns: heading of each column, and whether it is numeric.
        rows: cells as text.
        caption: above them; its lines stay lines.

    Example:
        >>> html_table([("n", True)], [["<1"]])
        '<table><tr><th>n</th></tr><tr><td style="text-align:right">&lt;1</td></tr></table>'
    """
    sides = [' style="text-align:right"' if numeric else "" for _, numeric in columns]
    head = "".join(f"<th>{escape(name)}</th>" for name, _ in columns)
    body = "".join(
        "<tr>" + "".join(f"<td{side}>{escape(cell)}</td>" for side, cell in zip(sides, row, strict=True)) + "</tr>"
        for row in rows
    )
    above = f'<caption style="text-align:left;white-space:pre-wrap">{escape(caption)}</caption>' if caption else ""
    return f"<table>{above}<tr>{head}</tr>{body}</table>"
