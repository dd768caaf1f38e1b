"""Formulas inside a line as MathML, which browsers draw by themselves, and where templates come from."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from latex2mathml.converter import convert
from markupsafe import Markup, escape

import bounds

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def environment() -> Environment:
    """Where templates come from: this package, with everything escaped that is not markup already."""
    return Environment(
        loader=PackageLoader("quantbc.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def formula(latex: str) -> Markup:
    """A formula; a command that is not known stays as it is written.

    Example:
        >>> "<msup><mi>K</mi><mn>2</mn></msup>" in formula("K^2")
        True
    """
    plain = convert(latex).replace(f' xmlns="{_NAMESPACE}"', "")  # which HTML does not write
    return Markup(plain)  # noqa: S704 - the converter escapes


def symbol(name: str) -> Markup:
    """A symbol of the table."""
    return formula(bounds.SYMBOLS[name].latex)


def with_formulas(text: str) -> Markup:
    """A text with formulas between dollar signs.

    Example:
        >>> with_formulas("a < $H$").startswith("a &lt; <math ")
        True
    """
    parts = text.split("$")
    return Markup("").join(formula(part) if i % 2 else escape(part) for i, part in enumerate(parts))
