"""One self-contained HTML page: bounds, checks, plots."""

from pathlib import Path


def default_problem() -> Path:
    """The problem file of a report for which none is given.

    Example:
        >>> default_problem().name
        'reach_3dof.toml'
    """
    return Path(__file__).with_name("reach_3dof.toml")
