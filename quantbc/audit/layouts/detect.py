"""Which layout a file or folder has, by content; the user's word goes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from quantbc.audit.layouts.hdf5 import D4rlFile, MinariFile, RobomimicFile, hdf5_layout
from quantbc.audit.layouts.lerobot import LeRobotFolder, lerobot_layout
from quantbc.audit.layouts.npz import NpzFile
from quantbc.audit.source import Source
from quantbc.errors import ProblemError

__all__ = ["LAYOUTS", "open_source"]

LAYOUTS: dict[str, Callable[[Path, tuple[str, ...]], Source]] = {
    "minari": MinariFile,
    "robomimic": RobomimicFile,
    "d4rl": D4rlFile,
    "lerobot_v2": lambda path, keys: LeRobotFolder(path, "lerobot_v2", keys),
    "lerobot_v3": lambda path, keys: LeRobotFolder(path, "lerobot_v3", keys),
    "npz": NpzFile,
}
"""Readers by layout."""

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"


def open_source(path: Path, layout: str | None = None, observations: Sequence[str] = ()) -> Source:
    """Return a reader for demonstrations.

    Args:
        path: a file; for LeRobot the folder with data/ and meta/, for Minari also the data set's folder.
        layout: a key of `LAYOUTS`; found from the content if None.
        observations: which observation vectors to read, in this order; the layout's usual ones if empty.

    Raises:
        ProblemError: no such file, an unknown layout, content that fits none, or an observation it does not have.
    """
    if not path.exists():
        raise ProblemError(f"data must be an existing file or folder, got {str(path)!r}")
    if layout is not None and layout not in LAYOUTS:
        raise ProblemError(f"--layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    file = _minari_file(path)
    found = layout or (lerobot_layout(path) if file.is_dir() else _file_layout(file))
    if found is None:
        raise ProblemError(
            f"data must have a known layout ({', '.join(LAYOUTS)}), got {str(path)!r}; name one with --layout"
        )
    if file.is_dir() != found.startswith("lerobot"):
        raise ProblemError(f"--layout {found} needs a {'folder' if file.is_file() else 'file'}, got {str(path)!r}")
    source = LAYOUTS[found](file, tuple(observations))
    if observations:
        _ = source.observed  # a key that is not there is said before anything is read
    return source


def _minari_file(path: Path) -> Path:
    """The data file of a Minari folder, the path itself otherwise."""
    candidates = (path / "data" / "main_data.hdf5", path / "main_data.hdf5")
    return next((file for file in candidates if file.is_file()), path)


def _file_layout(path: Path) -> str | None:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == _HDF5:
        return hdf5_layout(path)
    return "npz" if head.startswith(_ZIP) else None
