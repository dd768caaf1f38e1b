r"""Formulas inside a line as HTML: the few LaTeX commands that symbols and captions use, without a script.

Example:
    >>> str(formula(r"\varepsilon_q"))
    '<span class="math"><i>ε</i><sub><i>q</i></sub></span>'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

import bounds

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[^\s]")
_LETTERS = {
    "alpha": "α", "beta": "β", "chi": "χ", "delta": "δ", "epsilon": "ϵ", "eta": "η", "kappa": "κ", "lambda": "λ",
    "rho": "ρ", "sigma": "σ", "theta": "θ", "varepsilon": "ε",
    "ell": "ℓ", "Gamma": "Γ", "Pi": "Π",
}  # fmt: skip
_SIGNS = {"star": "⋆", "leq": " ≤ ", "geq": " ≥ ", "cdot": "·", "times": " × ", "to": " → "}
_WORDS = {"log", "exp", "max", "min", "sqrt"}
_SPACED = {"=", "+", "<", ">"}
_MACRON = "\u0304"


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
    """A formula; a command that is not known stays as it is written."""
    return Markup('<span class="math">{}</span>').format(_row(iter(_TOKEN.findall(latex))))


def symbol(name: str) -> Markup:
    """A symbol of the table."""
    return formula(bounds.SYMBOLS[name].latex)


def with_formulas(text: str) -> Markup:
    """A text with formulas between dollar signs.

    Example:
        >>> str(with_formulas("a < $H$"))
        'a &lt; <span class="math"><i>H</i></span>'
    """
    parts = text.split("$")
    return Markup("").join(formula(part) if i % 2 else escape(part) for i, part in enumerate(parts))


def _row(tokens: Iterator[str]) -> Markup:
    """Atoms up to the end of the group."""
    made = Markup("")
    for token in tokens:
        if token == "}":  # noqa: S105
            break
        made += _atom(token, tokens)
    return made


def _atom(token: str, tokens: Iterator[str]) -> Markup:
    if not token:
        return Markup("")
    if token == "{":  # noqa: S105
        return _row(tokens)
    if token in "_^":  # noqa: S105
        tag = Markup("sub") if token == "_" else Markup("sup")  # noqa: S105
        return Markup("<{0}>{1}</{0}>").format(tag, _atom(next(tokens, ""), tokens))
    if token == r"\bar":  # noqa: S105
        letter = next(tokens, "")
        return Markup("<i>{}</i>").format(_LETTERS.get(letter.removeprefix("\\"), letter) + _MACRON)
    if token == r"\mathrm":  # noqa: S105
        return _atom(next(tokens, ""), tokens)
    if token.startswith("\\"):
        return _command(token[1:])
    if token.isalpha():
        return Markup("<i>{}</i>").format(token)
    return escape(f" {token} " if token in _SPACED else token)


def _command(name: str) -> Markup:
    if name in _LETTERS:
        return Markup("<i>{}</i>").format(_LETTERS[name])
    if name in _WORDS:
        return escape(f"{name} ")
    return escape(_SIGNS.get(name, f"\\{name}"))
