"""Errors the command line turns into one line, and exit status 2 or 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


class ProblemError(ValueError):
    """A problem file or a command-line value is not usable; the message names key, requirement and value."""


class LostError(RuntimeError):
    """What a run had at its start is gone, such as its store; the command line says so and exits with 1."""


def require_own_packages() -> None:
    """Make sure that no file of the user's hides one of the packages that lie beside this one.

    Raises:
        ProblemError: another module of that name comes first on the path.
    """
    home = Path(__file__).parents[1]
    for name in ("bounds", "simulators", "proofs_check", "figures"):
        spec = find_spec(name)
        if spec is None or spec.origin == str(home / name / "__init__.py"):
            continue
        place = spec.origin or next(iter(spec.submodule_search_locations or ()))  # a file, or a folder without one
        raise ProblemError(f"{place} hides quantbc's package {name!r}: rename it, or work in another folder")


_EXTRAS = {
    "cvc5": "proofs",
    "distributed": "cluster",
    "flint": "proofs",
    "gymnasium": "gym",
    "h5py": "data",
    "hypothesis": "proofs",
    "imageio": "gym",
    "jinja2": "report",
    "latex2mathml": "report",
    "mujoco": "gym",
    "pyarrow": "data",
    "sklearn": "learned",
    "z3": "proofs",
    "zarr": "data",
}


def missing_extra(module: str | None) -> str | None:
    """For a module that is not installed, the one line that says what brings it; None if none of our extras does.

    >>> missing_extra("z3.z3core")
    "z3 is not installed; it comes with: pip install 'quantbc[proofs]' (in a clone: pip install '.[proofs]')"
    """
    name = (module or "").partition(".")[0]
    if name not in _EXTRAS:
        return None
    extra = _EXTRAS[name]
    return f"{name} is not installed; it comes with: {_command(extra)}"


def _command(extra: str) -> str:
    return f"pip install 'quantbc[{extra}]' (in a clone: pip install '.[{extra}]')"


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
    quantbc.errors.ProblemError: HDF5 files need an extra: ...
    """
    try:
        yield
    except ImportError:
        raise ProblemError(f"{what} need an extra: {_command(extra)}") from None
