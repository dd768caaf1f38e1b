"""Sphinx settings. Build with ``sphinx-build -W --keep-going -b html docs out/docs``; no network is needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import latex2mathml.converter
import numpy as np
import numpy.typing as npt
from sphinx.util.typing import stringify_annotation

from quantbc import __version__

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

CODE = re.compile("(`+[^`]*`+)")
LINE = 80
SHORTER = {
    stringify_annotation(long, "smart"): f"~numpy.{short}"
    for long, short in (
        (npt.ArrayLike, "typing.ArrayLike"),
        *((npt.NDArray[kind], "ndarray") for kind in (np.float64, np.int64, np.bool_, np.intp)),
    )
}
"""Annotations that numpy writes out, and the names by which readers know them."""

project = "quantbc"
author = "the quantbc authors"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.apidoc", "sphinx.ext.napoleon"]
suppress_warnings = [
    "ref.python",  # two packages have a class of the same name; a field's annotation does not say whose
]

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
exclude_patterns = ["reference/*/modules.rst"]  # tables of one line
apidoc_modules = [
    {
        "path": f"../{package}",
        "destination": f"reference/{package}",
        "module_first": True,
        "automodule_options": {"members"},
    }
    for package in ("bounds", "simulators", "proofs_check", "figures", "quantbc")
]
default_role = "py:obj"
python_maximum_signature_line_length = 90
add_module_names = False
toc_object_entries = False  # modules are enough; every page carries the whole tree

html_theme = "furo"
html_title = f"quantbc {version}"
html_static_path = ["_static"]
html_css_files = ["quantbc.css"]
html_copy_source = False
html_show_copyright = False
smartquotes_action = "D"  # dashes; x' is a state, no quotation
html_math_renderer = "mathml"


def _formula(tex: str, display: str) -> str:
    return str(latex2mathml.converter.convert(tex, display=display))


def inline_math(writer: HTML5Translator, node: nodes.math) -> None:
    """MathML, which browsers draw by themselves: no script and nothing to fetch."""
    writer.body.append(_formula(node.astext(), "inline"))
    raise _skip()


def block_math(writer: HTML5Translator, node: nodes.math_block) -> None:
    """A formula on lines of its own, which scrolls sideways if the screen is too narrow."""
    writer.body.append(f'<div class="formula">{_formula(node.astext(), "block")}</div>\n')
    raise _skip()


def _skip() -> Exception:
    from docutils.nodes import SkipNode

    return SkipNode()


def plain_docstring(_app: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Take docstrings as they are meant, before napoleon and reStructuredText read more into them.

    |x| is an absolute value, outside code, where a substitution would be looked for. "The bound: its terms' sum" of a
    property is a sentence, where napoleon would see a type; an empty comment in front keeps it from that.
    """
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[number] = "".join(
                part if part.startswith("`") else part.replace("|", r"\|") for part in CODE.split(line)
            )
    if what in ("attribute", "data", "property") and lines:
        lines[:0] = ["..", ""]


def short_signature(
    _app: Sphinx, _what: str, _name: str, _obj: object, _options: object, arguments: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Arrays by their usual names."""
    for long, short in SHORTER.items():
        arguments, returned = (text and text.replace(long, short) for text in (arguments, returned))
    return arguments, returned


def drop_long_values(_app: Sphinx, page: nodes.document) -> None:
    """Show a constant's value only if it fits a line; a catalog would fill screens."""
    from sphinx.addnodes import desc_annotation

    for note in list(page.findall(desc_annotation)):
        if note.astext().lstrip().startswith("=") and len(note.astext()) > LINE:
            note.parent.remove(note)


def list_proofs(_app: Sphinx, page: str, source: list[str]) -> None:
    """Give the index of proofs its place in the navigation; as Markdown it stays free of directives."""
    if page == "proofs/index":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def shape_reference(_app: Sphinx, page: str, source: list[str]) -> None:
    """Generated pages: plain names as headings, a package's own modules before a short list of its subpackages.

    What a package re-exports is described where it is defined.
    """
    if page.startswith("reference/"):
        head, subpackages, modules = source[0].partition("Subpackages\n")
        below, submodules, modules = modules.partition("Submodules\n")
        if submodules:
            rule, modules = modules.split("\n", 1)
            below = below.replace(":maxdepth: 4", ":maxdepth: 1")
            source[0] = f"{head}{submodules}{rule}\n{modules}\n{subpackages}{below}"
        source[0] = re.sub(" (package|module)$", "", source[0], flags=re.MULTILINE)
        source[0] = source[0].replace("   :members:\n", "   :no-members:\n", 1)


def setup(app: Sphinx) -> None:
    """Register the formulas' renderer."""
    app.connect("source-read", list_proofs)
    app.connect("source-read", shape_reference)
    app.connect("doctree-read", drop_long_values)
    app.connect("autodoc-process-signature", short_signature)
    app.connect("autodoc-process-docstring", plain_docstring, priority=400)
    app.add_html_math_renderer("mathml", (inline_math, None), (block_math, None))
