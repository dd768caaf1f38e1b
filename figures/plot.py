"""What a figure is: frozen settings, a table computed from them, a drawing of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from figures.style import SCREEN, Look, save, styled
from figures.tables import Row, write_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Progress = Callable[[int], None]
"""Called with the number of cells just finished."""


def silent(count: int) -> None:
    """Progress that is not displayed."""


class Settings(Protocol):
    """Frozen settings of a figure; their text goes into the head of its table."""

    @property
    def cells(self) -> int:
        """Units of work, for progress."""


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Drawing:
    """A way to draw a table.

    Attributes:
        name: file stem and command-line name.
        title: a phrase.
        alt: what a reader who cannot see it should know.
        draw: rows to figure.
    """

    name: str
    title: str
    alt: str
    draw: Callable[[Sequence[Row]], Figure]


@dataclass(frozen=True)
class Plot(Drawing, Generic[S]):
    """A drawing with a table of its own.

    Attributes:
        settings: what is computed.
        quick: smaller settings for a first look.
        compute: settings and progress callback to rows.
    """

    settings: S
    quick: S
    compute: Callable[[S, Progress], list[dict[str, Any]]]


def render(
    plot: Drawing,
    rows: Sequence[Row],
    folder: Path,
    *,
    notes: Sequence[str],
    look: Look = SCREEN,
) -> list[Path]:
    """Write a figure's table and its drawing in every format.

    Args:
        plot: the figure.
        rows: its table.
        folder: where to; made if absent.
        notes: what produced the table, for the head of the CSV file.
        look: captions and fonts.

    Returns:
        The files written.
    """
    table = write_csv(rows, folder / f"{plot.name}.csv", notes=notes)
    with styled(look):
        return [table, *save(plot.draw(rows), folder / plot.name, look)]
