"""Bounds by term on the page are those of the evaluation."""

import itertools
from dataclasses import replace

import pytest

from proofs_check.comparison import rows
from quantbc.problem.file import Problem
from quantbc.problem.quantizers import QuantizerSpec
from quantbc.report.blocks import Bar, Fold, Table
from quantbc.report.terms import section, settings


def tables(problem: Problem, place: int) -> list[Table]:
    blocks = section(problem).parts[place].blocks
    inside = [inner for block in blocks if isinstance(block, Fold) for inner in block.blocks]
    return [block for block in (*blocks, *inside) if isinstance(block, Table)]


@pytest.mark.parametrize("place", [0, 1])
def test_numbers_equal_the_evaluation(problem: Problem, place: int) -> None:
    expert = problem.experts[place]
    found = {(row[0], row[1], row[2]): row for row in tables(problem, place)[-1].rows}
    grid = problem.grid
    for quantizer, H, n in itertools.product(problem.quantizers, grid.horizons, grid.demonstrations):
        smallest = rows(problem.experiment(expert, quantizer), grid.budget(H, n))[0]
        row = found.pop((quantizer.label, str(H), str(n)))
        assert list(row[3:7]) == [smallest.statement, *(f"{term:.4g}" for term in smallest.terms.values())]
        assert row[8] == f"{smallest.bound:.4g}"
        assert str(row[9]).startswith("vacuous") == smallest.vacuous
    assert not found


def test_shares_add_up(problem: Problem) -> None:
    for setting in settings(problem, problem.experts[1]):
        bar = setting.row()[7]
        assert isinstance(bar, Bar)
        assert sum(share for _, share in bar.shares) == pytest.approx(1)


def test_a_vacuous_bound_is_called_so_in_words(problem: Problem) -> None:
    one, many = (QuantizerSpec("uniform", (("bins", bins),)) for bins in (1, 1000))
    coarse = replace(problem, quantizers=(one, many), grid=replace(problem.grid, demonstrations=(10**6,)))
    words = {(s.quantizer, s.H): s.row()[9] for s in settings(coarse, coarse.experts[0])}
    assert words["uniform 1", 6] == "vacuous: at least H = 6"
    assert words["uniform 1000", 3] == "below H = 3"
