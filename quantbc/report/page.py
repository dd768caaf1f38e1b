"""A page as HTML: one file, styles inside, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from quantbc.report.blocks import Page

__all__ = ["environment", "render", "script"]


def environment() -> Environment:
    """Where templates come from: this package, with everything escaped that is not markup already."""
    return Environment(
        loader=PackageLoader("quantbc.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def script() -> str:
    """The program of the interactive part, to the letter: a page allows what has its hash, and nothing else."""
    return files("quantbc.report").joinpath("explorer.js").read_text(encoding="utf-8")


def render(page: Page, templates: Environment | None = None) -> str:
    """The page as one HTML document.

    Args:
        page: what it says.
        templates: where the template is; by default this package.

    Example:
        >>> from quantbc.report.blocks import Section, Text
        >>> page = Page("a < b", "", (), (), (Section("s", "S", (Text("x"),)),), "2026-01-01")
        >>> "a &lt; b" in render(page)
        True
    """
    style = files("quantbc.report").joinpath("style.css").read_text(encoding="utf-8")
    template = (templates or environment()).get_template("report.html")
    allowed = b64encode(sha256(script().encode()).digest()).decode()
    scripts = Markup(f"'sha256-{allowed}'")  # noqa: S704 - of letters, digits, + / =
    return template.render(page=page, scripts=scripts, style=Markup(style)).lstrip()  # noqa: S704 - of this package
