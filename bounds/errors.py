"""Errors of the package: each names the argument, the requirement and the value."""

from collections.abc import Iterable
from difflib import get_close_matches


class ParameterError(ValueError):
    """An argument is missing, unknown, contradictory or outside its domain."""


class AssumptionError(ValueError):
    """The arguments are well formed, but they violate an assumption of the statement."""


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> str:
    """A suggestion for an unknown name; empty if no known name is close.

    Example:
        >>> did_you_mean("eps", ["eps_q", "eta"])
        'did you mean eps_q?'
    """
    near = get_close_matches(name, list(known), most)
    return f"did you mean {' or '.join(near)}?" if near else ""
