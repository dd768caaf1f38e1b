"""What a layout is: a name, how it is recognised, and how it is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quantbc.audit.source import Names, Source


@dataclass(frozen=True)
class Layout:
    """A way to keep demonstrations.

    Attributes:
        name: for ``--layout`` and in the output.
        summary: one line on what it looks like.
        fits: whether a file or folder has it, by content.
        opened: a reader for a file or folder that has it; refuses one that breaks the rules.
    """

    name: str
    summary: str
    fits: Callable[[Path], bool]
    opened: Callable[[Path, Names], Source]
