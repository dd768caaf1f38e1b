"""Errors the command line turns into one line, and exit status 2 or 1."""

from collections.abc import Iterator
from contextlib import contextmanager


class ProblemError(ValueError):
    """A problem file or a command-line value is not usable; the message names key, requirement and value."""


class LostError(RuntimeError):
    """What a run had at its start is gone, such as its store; the command line says so and exits with 1."""


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
