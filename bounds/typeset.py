"""Statements as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bounds.symbols import SYMBOLS, symbol

if TYPE_CHECKING:
    import sympy

    from bounds.theorem import Theorem


RELATIONS = {"upper": r"\leq", "lower": r"\geq"}
"""LaTeX of the relation between a quantity and its bound, by sense."""

_SIZES = {"log_class_size": "N", "log_model_class_size": "M"}


def formula(expression: sympy.Expr) -> str:
    r"""An expression in the table's symbols as LaTeX, with N and M in place of the exponentials of their logarithms.

    Example:
        >>> from bounds.catalog import catalog
        >>> print(formula(catalog["theorem_8"].parts()["quantization"]))
        H \varepsilon_q
    """
    import sympy

    sizes = {symbol(name): sympy.log(sympy.Symbol(size, positive=True)) for name, size in _SIZES.items()}
    names = {symbol(name): entry.latex for name, entry in SYMBOLS.items()}
    text = str(sympy.latex(expression.xreplace(sizes), symbol_names=names))
    return text.replace(r"\bmod", r"\,\mathrm{mod}\,")  # which readers of mathematics besides TeX know


def align(theorem: Theorem, form: str | None = None) -> str:
    r"""The statement's inequality as an ``align`` block, one term per line, ready to paste into a paper.

    Args:
        theorem: the statement.
        form: ``"sharp"`` or ``"simple"``; by default the preferred form.

    Raises:
        ParameterError: the statement has no such form.

    Example:
        >>> from bounds.catalog import catalog
        >>> print(align(catalog["theorem_9"]))
        \begin{align}
        \mathrm{Regret} \geq{} & \frac{3 H \left(1 - 2 \varepsilon_q\right)}{8 \sqrt{n}} && \text{imitation} \\
        & + H \varepsilon_q && \text{quantization}
        \end{align}
    """
    parts = [(name, expression) for name, expression in theorem.parts(form).items() if expression != 0]
    lead = f"{theorem.left} {RELATIONS[theorem.sense.value]}{{}} & "
    lines = [rf"{formula(expression)} && \text{{{name}}}" for name, expression in parts]
    body = (lead + " \\\\\n& + ".join(lines)).rstrip()
    return f"\\begin{{align}}\n{body}\n\\end{{align}}"
