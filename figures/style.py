"""A common style for all figures: column width, readable type, colours that survive greyscale and colour blindness.

Line styles carry the sense: a bound is dashed, what was measured is solid, a lower bound is dotted. Shades, whose
lightness rises, carry the level of a setting; labels stand beside the curves.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bounds
from figures.files import whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


COLUMN = 3.35  # inches, one of two columns
TEXT = 5.5  # inches, the text of a one-column page
FULL_WIDTH = 7.0  # inches, both columns
SMALL = 7  # points, the smallest type; figures are drawn at the width they are printed at
# How a bound is drawn, in every figure: dashed.
BOUND: dict[str, Any] = {"color": "#b3312c", "linestyle": "--", "linewidth": 1.4}
# A certificate, from the data of the run itself: dash-dotted, between bound and measurement.
CERTIFICATE: dict[str, Any] = {"color": "#8a6d1a", "linestyle": "-.", "linewidth": 1.3}
# A measurement: solid.
MEASURED: dict[str, Any] = {"color": "#10355f", "linestyle": "-", "linewidth": 1.4, "marker": "o", "markersize": 3.5}
# A lower bound: dotted.
LOWER: dict[str, Any] = {"color": "#5f5f5f", "linestyle": ":", "linewidth": 1.6}
FORMATS = ("png", "svg", "pdf")

_POINTS_PER_CHARACTER = 3.95  # of DejaVu Sans at SMALL, on average
_INK = 0.65  # of a line's brightness is left for type
_LIGHTEST = 0.7  # share of the colour map; beyond it lines are too pale on white

_RC: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "pdf.fonttype": 42,  # TrueType, which journals ask for and editors can change
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "quantbc",
    "figure.dpi": 100,
}


# Computer Modern, the type of LaTeX, as matplotlib brings it; STIX where it has no letter.
_LATEX: Any = {"font.family": ["cmr10", "STIXGeneral"], "mathtext.fontset": "cm"}
_LATEX |= {"axes.formatter.use_mathtext": True}


@dataclass(frozen=True)
class Look:
    """The options of a figure that a paper decides.

    Attributes:
        captions: whether the caption stands below the panels; without, `save` writes it beside the figure as text.
        latex: whether type is set in the fonts of LaTeX.
    """

    captions: bool = True
    latex: bool = False


SCREEN = Look()


@contextmanager
def styled(look: Look = SCREEN) -> Iterator[None]:
    """Apply the style inside the block only; draw without a screen."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC | (_LATEX if look.latex else {}))
        yield


def shades(count: int) -> list[str]:
    """Colours from dark to light, distinguishable by lightness alone: in greyscale and for the colour-blind."""
    import matplotlib as mpl
    from matplotlib.colors import to_hex

    colours = mpl.colormaps["viridis"]
    return [to_hex(colours(_LIGHTEST * i / max(count - 1, 1))) for i in range(count)]


def ink(colour: str) -> str:
    """A darker version of a curve's colour for the words beside it: small type needs more contrast than a line."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    return to_hex((_INK * red, _INK * green, _INK * blue))


def tex(name: str) -> str:
    r"""A symbol of the table, typeset.

    Example:
        >>> tex("eps_q")
        '$\\varepsilon_q$'
    """
    return f"${bounds.SYMBOLS[name].latex}$"


def axis_label(name: str, unit: str = "") -> str:
    """Name, symbol and unit of a quantity, from the symbol table.

    Example:
        >>> axis_label("H", "steps")
        'horizon $H$ (steps)'
    """
    words = re.split(r"[,:(]", bounds.SYMBOLS[name].meaning)[0].strip()
    return f"{words} {tex(name)}" + (f" ({unit})" if unit else "")


def equals(name: str, value: object) -> str:
    r"""A symbol and its value, never broken apart; large and small powers of ten are written as such.

    Example:
        >>> equals("H", 50), equals("n", 10**6), equals("L", 1e-5)
        ('$H$\xa0=\xa050', '$n$\xa0=\xa0$10^{6}$', '$L$\xa0=\xa0$10^{-5}$')
    """
    large, small = re.fullmatch(r"1(0{4,})", str(value)), re.fullmatch(r"1e-0*(\d+)", str(value))
    power = f"$10^{{{len(large[1])}}}$" if large else f"$10^{{-{small[1]}}}$" if small else f"{value}"
    return f"{tex(name)}\u00a0=\u00a0{power}"


def _visible(word: str) -> int:
    """Characters that a word shows, its formulas typeset."""
    return len(re.sub(r"[${}_^]", "", re.sub(r"\\[a-zA-Z]+", "x", word)))


def caption(figure: Figure, text: str) -> None:
    """Set the caption below the panels, broken to the figure's width."""
    width = figure.get_figwidth() * 72 / _POINTS_PER_CHARACTER
    lines: list[str] = []
    room = 0.0
    for word in re.split(r"[ \n]+", text):  # no-break spaces hold
        if _visible(word) + 1 > room:
            lines.append(word)
            room = width - _visible(word)
        else:
            lines[-1] += f" {word}"
            room -= _visible(word) + 1
    figure.supxlabel("\n".join(lines), fontsize=SMALL, x=0.01, ha="left")


def beside(axes: Axes, x: float, y: float, text: str, *, color: str, dx: float = 3.0, dy: float = 0.0) -> None:
    """A label beside a point of a curve, in points to the right and above; left of it if ``dx`` is negative."""
    axes.annotate(
        text,
        (x, y),
        (dx, dy),
        textcoords="offset points",
        color=ink(color),
        fontsize=SMALL,
        ha="left" if dx >= 0 else "right",
        va="center",
        annotation_clip=False,
    )


def panels(rows: int, columns: int, *, width: float, height: float, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of the given width with independent panels, row by row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False, sharey=sharey).flat)


def new_figure(rows: int, columns: int, *, height: float) -> tuple[Figure, list[list[Axes]]]:
    """A figure of full text width with a grid of panels that share both axes' scales."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(FULL_WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey="row", squeeze=False)
    return figure, [list(row) for row in axes]


def band(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    joined: bool,
) -> None:
    """Measured values with their intervals on a logarithmic axis.

    An interval that reaches zero has no lower end on such an axis: its bar runs to the bottom, and where even the
    estimate is not positive only the upper end is drawn, as a caret, and the line has a gap.
    """
    floor = axes.get_ylim()[0]
    positive = [value > floor for value in y]
    shown = [b if good else float("nan") for b, good in zip(y, positive, strict=True)]
    look = MEASURED if joined else MEASURED | {"linestyle": "none", "marker": "D", "markerfacecolor": "white"}
    axes.plot(x, shown, **look)
    axes.vlines(x, [max(value, floor) for value in low], [max(value, floor) for value in high], color=MEASURED["color"])
    hidden = [(a, max(c, floor)) for a, c, good in zip(x, high, positive, strict=True) if not good]
    axes.plot([a for a, _ in hidden], [c for _, c in hidden], "v", color=MEASURED["color"], markersize=4)


def save(figure: Figure, stem: Path, look: Look = SCREEN) -> list[Path]:
    """Write the figure in every format, each file whole or not at all; a caption that is not drawn as a text file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # the dates of Computer Modern's files are no news
    written = []
    if not look.captions:
        written = [stem.with_suffix(".txt")]
        with whole(written[0]) as file:
            file.write((" ".join(figure.get_supxlabel().split()) + "\n").encode())
        figure.supxlabel("")
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # laid out once: the same in every format
    for suffix in FORMATS:
        target = stem.with_suffix(f".{suffix}")
        metadata = {"Date": None} if suffix == "svg" else {"CreationDate": None} if suffix == "pdf" else {}
        with whole(target) as file:
            figure.savefig(file, format=suffix, dpi=200, metadata=metadata)
        written.append(target)
    return written
