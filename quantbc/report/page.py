"""A page as HTML: one file, styles inside, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from jinja2 import Environment
from markupsafe import Markup

from quantbc.report.blocks import Page
from quantbc.report.explorer import script
from quantbc.report.typeset import environment


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
    template = (templates or environment()).get_template("report.html")
    # a page allows the program that has this hash, and nothing else
    allowed = b64encode(sha256(script().encode()).digest()).decode()
    scripts = Markup(f"'sha256-{allowed}'")  # noqa: S704 - of letters, digits, + / =
    return template.render(page=page, scripts=scripts).lstrip()
