"""The problem on the page: every key, the constants as they are computed, assumptions and how they are met."""

import itertools
import tomllib
from pathlib import Path

import bounds
from proofs_check.comparison import constants as scalars
from quantbc.problem.file import Problem, load
from quantbc.report import default_problem
from quantbc.report.blocks import Fold, Table
from quantbc.report.problem import constants, entries, section

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_every_value_of_the_file_is_there(problem: Problem, problem_text: str) -> None:
    data = tomllib.loads(problem_text)
    found = dict(entries(data))
    assert found["experts[1].std"] == "0.3"
    assert found["experts[0].class.count"] == "3"
    assert found["sweep.horizons"] == "[3, 6]"
    fold = next(block for block in section(problem, data).blocks if isinstance(block, Fold))
    assert isinstance(fold.blocks[0], Table)
    assert dict(fold.blocks[0].rows) == found


def test_constants_are_those_of_the_experiment(problem: Problem) -> None:
    found = constants(problem)
    for expert, quantizer, H in itertools.product(problem.experts, problem.quantizers, problem.grid.horizons):
        for name, value in scalars(problem.experiment(expert, quantizer).symbols(H)).items():
            mine = [
                number
                for words, number in found[name]
                if all(word in (expert.name, quantizer.label, f"H = {H}") for word in words.split(", ") if word)
            ]
            assert mine == [value]


def test_settings_are_told_apart_only_where_they_differ(problem: Problem) -> None:
    found = constants(problem)
    assert [words for words, _ in found["eps_q"]] == ["openvla 256", "uniform 32"]
    assert [words for words, _ in found["log_class_size"]] == ["deterministic", "gaussian"]
    assert [words for words, _ in found["L_x"]] == [""]


def test_every_assumption_has_a_status_other_than_assumed(problem: Problem) -> None:
    parts = {part.name: part for part in section(problem, {}).parts}
    table = parts["assumptions"].blocks[0]
    assert isinstance(table, Table)
    sentences = [row[1] for row in table.rows]
    for key in ("binning_lipschitz", "theorem_2"):
        assert {assumption.sentence for assumption in bounds.catalog[key].assumptions} <= set(sentences)
    assert "assumed" not in [row[2] for row in table.rows]


def test_the_default_problem_is_small() -> None:
    problem = load(default_problem())
    example = load(EXAMPLES / "reach_7dof.toml")
    assert max(problem.grid.horizons) <= max(example.grid.horizons)
    assert problem.grid.episodes * len(problem.grid.seeds) <= example.grid.episodes / 3
