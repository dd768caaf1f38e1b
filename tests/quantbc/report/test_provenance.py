"""Versions, seeds and the command."""

import platform

import numpy as np

from figures.catalog import FIGURES
from quantbc import __version__
from quantbc.problem.file import Problem
from quantbc.report.blocks import Fold, Table
from quantbc.report.provenance import section, versions
from quantbc.sweeps.gallery import Drawn


def test_versions_are_those_that_run() -> None:
    found = versions()
    assert (found["quantbc"], found["python"], found["numpy"]) == (
        __version__,
        platform.python_version(),
        np.__version__,
    )


def test_seeds_of_everything_random_are_there(problem: Problem) -> None:
    plot = FIGURES["trap"]
    drawn = Drawn(plot, [], "", ("quantbc", f"{plot.settings}"))
    made = section(problem, (drawn,), command="quantbc report", verify_seed=5, audit_seed=7)
    tables = [block for block in made.blocks if isinstance(block, Table)]
    assert [row[1] for row in tables[1].rows][1:] == ["5", "7"]
    assert str(tables[1].rows[0][1]).startswith("0, 1;")
    fold = made.blocks[-1]
    assert isinstance(fold, Fold)
    assert "seed=" in str(fold.blocks[0])
    assert "audit" not in str(section(problem, (), command="", verify_seed=5, audit_seed=None))
