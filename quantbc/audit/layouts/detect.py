"""Which layout a file or folder has, by content; the user's word goes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType

from quantbc.audit.layouts import (
    flat,
    grouped,
    lerobot,
)
from quantbc.audit.layouts.arrays import Arrays
from quantbc.audit.layouts.layout import Layout
from quantbc.audit.source import DEFAULT_NAMES, Names, Source, require_file
from quantbc.errors import ProblemError

_KNOWN = (
    *lerobot.LAYOUTS,
    *grouped.LAYOUTS,
    *flat.LAYOUTS,
)

LAYOUTS: Mapping[str, Layout] = MappingProxyType({layout.name: layout for layout in _KNOWN})
"""Layouts by name, in the order in which they are tried."""

_PICKLE = (b"\x80\x03", b"\x80\x04", b"\x80\x05")


def open_source(path: Path, layout: str | None = None, names: Names = DEFAULT_NAMES) -> Source:
    """Return a reader for demonstrations.

    Args:
        path: a file or folder; for LeRobot the folder with data/ and meta/, for Minari also the data set's folder.
        layout: a key of `LAYOUTS`; found from the content if None.
        names: what the user calls actions, observations and the ends of episodes.

    Raises:
        ProblemError: no such file, an unknown layout, content that fits none, or a name that is not there.
    """
    if not path.exists():
        raise ProblemError(f"data must be an existing file or folder, got {str(path)!r}")
    if layout is not None and layout not in LAYOUTS:
        raise ProblemError(f"--layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    place = _minari_file(path)
    if not place.is_dir():
        require_file(place)
        _refuse_pickle(place)
    chosen = LAYOUTS[layout] if layout else next((known for known in LAYOUTS.values() if known.fits(place)), None)
    if chosen is None and names.actions:
        chosen = next((LAYOUTS[name] for name, fits, _ in flat.CONTAINERS if fits(place)), None)
    if chosen is None:
        raise ProblemError(_nothing_fits(path, place))
    source = chosen.opened(place, names)
    if names.observations:
        _ = source.observed  # a name that is not there is said before anything is read
    return source


def _minari_file(path: Path) -> Path:
    """The data file of a Minari folder, the path itself otherwise."""
    candidates = (path / "data" / "main_data.hdf5", path / "main_data.hdf5")
    return next((file for file in candidates if file.is_file()), path)


def _refuse_pickle(path: Path) -> None:
    with path.open("rb") as stream:
        if stream.read(2) in _PICKLE:
            raise ProblemError(f"data must not be a pickle, which can run code when it is read, got {path}")


def _nothing_fits(path: Path, place: Path) -> str:
    known = f"data must have a known layout ({', '.join(LAYOUTS)}), got {str(path)!r}"
    opens = next((opens for _, fits, opens in flat.CONTAINERS if fits(place)), None)
    if opens is None:
        return f"{known}, {_entries(place)}"
    held = ", ".join(_shown(opens(place))) or "no arrays"
    return f"{known}, which holds {held}; name the actions with --action and the ends with --episode-ends"


def _entries(place: Path) -> str:
    """What a folder holds, or that there is nothing in it."""
    if not place.is_dir():
        return "which is " + ("a file of another kind" if place.stat().st_size else "empty")
    names = sorted(entry.name + "/" * entry.is_dir() for entry in place.iterdir())
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"a folder with {', '.join(names[:20])}{more}" if names else "an empty folder"


def _shown(opened: AbstractContextManager[Arrays]) -> Iterator[str]:
    with opened as arrays:
        names = arrays.names()
        for name in names[:20]:
            yield f"{name} {'x'.join(map(str, arrays.shape(name)))}"
        if len(names) > 20:
            yield f"and {len(names) - 20} more"
