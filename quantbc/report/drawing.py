"""Figures as SVG that lives inside a page: the drawing of `quantbc figures`, its caption as text of the page.

Type is drawn as outlines, so that labels stay where they were put whatever fonts the reader has.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from markupsafe import Markup

from figures.plot import Drawing
from figures.style import styled
from figures.tables import Row
from quantbc.report.blocks import Picture
from quantbc.report.typeset import with_formulas

_REFERENCE = re.compile(r"(url\(#|^#)([^)]+)")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_DIGITS = 2  # of a point, 1/72 inch: far below a pixel
_ROUNDED = ("d", "x", "y")


def picture(drawing: Drawing, rows: Sequence[Row], *, table: str) -> Picture:
    """Draw a table for a page.

    Args:
        drawing: what draws it.
        rows: the table.
        table: where the table is, relative to the page.
    """
    import matplotlib as mpl

    with styled():
        mpl.rcParams["svg.fonttype"] = "path"
        figure = drawing.draw(rows)
        caption = " ".join(figure.get_supxlabel().split("\n"))
        figure.supxlabel("")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = embedded(text.getvalue(), name=drawing.name, title=drawing.title, alt=drawing.alt)
    return Picture(drawing.name, drawing.title, svg, with_formulas(caption), float(figure.get_figwidth()), table)


def embedded(svg: str, *, name: str, title: str, alt: str) -> Markup:
    """An SVG file as an element of a page.

    Metadata, sizes, styles for whole documents and names that nothing refers to are left out; the other names get a
    prefix, so that several drawings do not take each other's clip paths and letters.

    Args:
        svg: the file.
        name: prefix.
        title: what the drawing is called.
        alt: what a reader who cannot see it should know.

    Example:
        >>> print(embedded('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', name="a", title="T", alt="D"))
        <svg viewBox="0 0 1 1" role="img" aria-labelledby="a-title a-alt"><title id="a-title">T</title><desc id="a-alt">D</desc></svg>
    """  # noqa: E501
    root = ElementTree.fromstring(svg)  # noqa: S314 - written by matplotlib a moment ago
    _prune(root)
    for element in root.iter():
        element.tag = _local(element.tag)
        attributes = {_local(key): value for key, value in element.attrib.items()}
        element.attrib.clear()
        element.attrib.update(attributes)
    used = {found for element in root.iter() for found in _references(element)}
    for element in root.iter():
        _rename(element, name, used)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-alt"}
    for place, (tag, kind, text) in enumerate((("title", "title", title), ("desc", "alt", alt))):
        element = ElementTree.Element(tag, {"id": f"{name}-{kind}"})
        element.text = text
        root.insert(place, element)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704 - escaped by the serializer


def _local(name: str) -> str:
    """A name without its namespace, which HTML does not write."""
    return name.rpartition("}")[2]


def _prune(element: ElementTree.Element) -> None:
    for child in list(element):
        if _local(child.tag) in ("metadata", "style"):
            element.remove(child)
        else:
            _prune(child)


def _references(element: ElementTree.Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key != "d":
            yield from (match[2] for match in _REFERENCE.finditer(value))


def _rename(element: ElementTree.Element, name: str, used: set[str]) -> None:
    for key, value in list(element.attrib.items()):
        if key == "id":
            if value in used:
                element.set(key, f"{name}-{value}")
            else:
                del element.attrib[key]
        elif key in _ROUNDED:
            element.set(key, _NUMBER.sub(lambda match: f"{float(match[0]):.{_DIGITS}f}", value))
        else:
            element.set(key, _REFERENCE.sub(rf"\g<1>{name}-\g<2>", value))
