"""What a page is made of: plain, frozen pieces without any HTML of their own; the template gives them their look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup

Tone = Literal["plain", "good", "bad"]


@dataclass(frozen=True)
class Bar:
    """Shares of a whole, drawn beside the numbers they come from.

    Attributes:
        shares: name and share, adding up to 1.
    """

    shares: tuple[tuple[str, float], ...]
    kind: str = "bar"


Cell: TypeAlias = str | Bar
"""A cell of a table; markup is a string too, and the only one that is not escaped."""


@dataclass(frozen=True)
class Text:
    """A paragraph.

    Attributes:
        text: what it says.
        tone: whether it tells good or bad news.
    """

    text: str
    tone: Tone = "plain"
    kind: str = "text"


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]
    tone: Tone = "plain"
    kind: str = "items"


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        columns: heading of each column, and whether it holds numbers.
        rows: cells; the first one heads its row.
    """

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"rows of {self.caption!r} must have {len(self.columns)} cells, got {len(row)}")


@dataclass(frozen=True)
class Picture:
    """A drawing inside the page.

    Attributes:
        name: file stem of its table, and its anchor.
        title: a phrase.
        svg: the drawing, which names itself and says what it shows to those who cannot see it.
        caption: what it shows, with source and seed.
        width: its printed width in inches.
        table: where its numbers are, relative to the page.
    """

    name: str
    title: str
    svg: Markup
    caption: str
    width: float
    table: str
    kind: str = "picture"


@dataclass(frozen=True)
class Raw:
    """Markup that another part of the package made."""

    markup: Markup
    kind: str = "raw"


@dataclass(frozen=True)
class Fold:
    """Something long, behind a line that opens it.

    Attributes:
        summary: the line.
        blocks: what it hides.
        anchor: what links lead to; "" for none.
    """

    summary: str
    blocks: tuple[Block, ...]
    anchor: str = ""
    kind: str = "fold"


Block: TypeAlias = Text | Items | Table | Picture | Raw | Fold
"""Whatever a section may hold."""


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading.

    Attributes:
        name: anchor.
        title: heading.
        blocks: what it holds.
        parts: sections below it.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole page.

    Attributes:
        title: of the document.
        lead: one sentence below the title.
        failures: claims that failed; empty if all is as it should be.
        summary: what to know at a glance, as name and value.
        sections: in order.
        made: when the page was written; the only thing that differs between two pages of the same results.
    """

    title: str
    lead: str
    failures: tuple[str, ...]
    summary: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    made: str
