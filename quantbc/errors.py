"""Errors the command line turns into one line and exit status 2."""

from collections.abc import Iterator
from contextlib import contextmanager


class ProblemError(ValueError):
    """A problem file or a command-line value is not usable; the message names key, requirement and value."""


@contextmanager
def optional(what: str, extra: str) -> Iterator[None]:
    """Imports of an optional dependency: if it is missing, say in one line how to install it.

    Args:
        what: what needs it, in the plural.
        extra: the extra that brings it.

    Raises:
        ProblemError: an import in the block failed.

    >>> with optional("HDF5 files", "data"):
    ...     raise ImportError
    Traceback (most recent call last):
    quantbc.errors.ProblemError: HDF5 files need an extra: pip install 'quantbc[data]' (in a clone: '.[data]')
    """
    try:
        yield
    except ImportError:
        command = f"pip install 'quantbc[{extra}]' (in a clone: '.[{extra}]')"
        raise ProblemError(f"{what} need an extra: {command}") from None
