"""What a page was made with: versions, seeds, the command."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from markupsafe import Markup

from quantbc import __version__
from quantbc.problem.file import Problem
from quantbc.report.blocks import Block, Fold, Section, Table, Text
from quantbc.sweeps.gallery import Drawn

_LIBRARIES = (
    *("numpy", "scipy", "sympy", "matplotlib", "z3-solver", "python-flint", "scikit-learn", "cvc5", "h5py", "pyarrow"),
    *("jinja2", "latex2mathml", "markupsafe"),
)


def versions() -> dict[str, str]:
    """quantbc, Python, and the libraries that are installed.

    Example:
        >>> {"quantbc", "python", "numpy"} <= set(versions())
        True
    """
    found = {"quantbc": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def section(
    problem: Problem | None, figures: tuple[Drawn, ...], *, command: str, verify_seed: int, audit_seed: int | None
) -> Section:
    """The section.

    Args:
        problem: the study; None without one.
        figures: the package's figures, whose settings hold their seeds.
        command: what makes the page again.
        verify_seed: of the empirical checks.
        audit_seed: of the audit; None without one.
    """
    listed = "" if problem is None else ", ".join(map(str, problem.grid.seeds))
    seeds = [
        *([("study", f"{listed}; each cell's generator is keyed by its settings and seed")] if listed else []),
        ("empirical checks", str(verify_seed)),
        *([] if audit_seed is None else [("audit", str(audit_seed))]),
    ]
    settings = tuple((drawn.plot.name, drawn.notes[-1]) for drawn in figures)
    blocks: list[Block] = [
        Text(Markup("Made by: <code>{}</code>").format(command)),
        Table("Versions", (("name", False), ("version", False)), tuple(versions().items())),
        Table("Seeds", (("of", False), ("seed", False)), tuple(seeds)),
    ]
    if settings:
        table = Table("Settings of the figures", (("figure", False), ("settings, with seeds", False)), settings)
        blocks.append(Fold("Settings and seeds of the figures", (table,)))
    return Section("versions", "Versions and seeds", tuple(blocks))
