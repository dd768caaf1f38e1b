"""Files that appear under their own name once they are complete, or not at all."""

from __future__ import annotations

import errno
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """An open file beside the path, which takes its place at the end of the block.

    Its name is unpredictable and it is created exclusively, so that two runs with one output folder do not disturb each
    other, and nothing is ever written through a link: a link under the path's own name is replaced, not followed.

    Raises:
        OSError: it cannot be written, or what is there is no file; the path is its ``filename``.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with whole(Path(folder, "new", "a.txt")) as file:
        ...         _ = file.write(b"text")
        ...     Path(folder, "new", "a.txt").read_bytes()
        b'text'
    """
    partial = path.parent / f".{secrets.token_hex(8)}.partial"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _replaceable(path):
            raise OSError(errno.EINVAL, "there is something else than a file", str(path))
        try:
            with partial.open("xb") as file:
                yield file
            partial.replace(path)
        finally:
            with suppress(FileNotFoundError):
                partial.unlink()
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(partial)):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None


def _replaceable(path: Path) -> bool:
    if not path.name:
        return False
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)
